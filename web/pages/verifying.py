"""Whoever holds a receipt can verify it: a filing's by number and code, an answer's by its code alone."""

from typing import Any

from flask import Blueprint, Response, request

from core.errors import NotAvailable
from forms import service as forms
from knowledge_base import service as knowledge
from web.pages.viewer import page, viewer
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited

LONGEST_TEXT = 20_000


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/verify")(verify)
    blueprint.post("/verify")(verify_answer)


@access(Access.PUBLIC)
@limited(SIGN_IN)
def verify() -> Response:
    """Show what a number and a receipt code belong to, or that they do not belong together.

    A code without a number is that of an answer.
    """
    filing_no, code = request.args.get("filing_no", "")[:80], request.args.get("code", "")[:40]
    if code and "filing_no" not in request.args:
        return _answer(code)
    found = None
    if filing_no and code:
        try:
            found = forms.verify_receipt(filing_no, code, viewer().locale)
        except NotAvailable:
            found = None
    is_wrong = bool(filing_no and code) and found is None
    return _page(404 if is_wrong else 200, found=found, is_wrong=is_wrong, filing_no=filing_no, code=code)


@access(Access.PUBLIC)
@limited(SIGN_IN)
def verify_answer() -> Response:
    """Show what an answer's code tells, and whether a text that was pasted is the answer; it is not kept."""
    return _answer(request.form.get("code", "")[:40], request.form.get("text", "")[:LONGEST_TEXT])


def _answer(code: str, text: str = "") -> Response:
    try:
        receipt = knowledge.receipts.verify(code, text)
    except NotAvailable:
        return _page(404, is_answer_wrong=True, answer_code=code, text=text)
    return _page(200, receipt=receipt, answer_code=receipt.code, text=text)


def _page(status: int, **context: Any) -> Response:
    return page("verify.html", status, **context)
