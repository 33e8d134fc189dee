"""Bundles (高效办成一件事): what a matter takes, which parts the person needs, and how far each filing is."""

import secrets

from flask import Blueprint, Response, request

from core.errors import NotAvailable
from forms import service as forms
from web.pages.viewer import page, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/bundles/<code>")(bundle_page)


@access(Access.SIGNED_IN)
def bundle_page(code: str) -> Response:
    """Show the steps of a bundle: begun ones with their state, the others with the way to begin."""
    who = viewer()
    made = forms.get_bundle(code)
    bundle_id = request.args.get("id", "") or f"bnd_{secrets.token_hex(12)}"
    if not bundle_id.startswith("bnd_") or len(bundle_id) > 40:
        raise NotAvailable
    begun = {one.item_code: one for one in forms.filings_of_bundle(who.actor, bundle_id, who.locale)}
    items = {step.item: forms.get_service_item(step.item) for step in made.steps}
    return page("items/bundle.html", bundle=made, bundle_id=bundle_id, begun=begun, items=items)
