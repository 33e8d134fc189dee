"""Anybody who holds a printed receipt can verify it: number and code must belong together."""

from flask import Blueprint, Response, request

from core.errors import NotAvailable
from forms import service as forms
from web.pages.viewer import page, viewer
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/verify")(verify)


@access(Access.PUBLIC)
@limited(SIGN_IN)
def verify() -> Response:
    """Show what a number and a receipt code belong to, or that they do not belong together."""
    filing_no, code = request.args.get("filing_no", "")[:80], request.args.get("code", "")[:40]
    found = None
    if filing_no and code:
        try:
            found = forms.verify_receipt(filing_no, code, viewer().locale)
        except NotAvailable:
            found = None
    is_wrong = bool(filing_no and code) and found is None
    return page(
        "verify.html",
        404 if is_wrong else 200,
        found=found,
        is_wrong=is_wrong,
        filing_no=filing_no,
        code=code,
    )
