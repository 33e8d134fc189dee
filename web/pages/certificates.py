"""What an enterprise holds: certificates with their terms, and what can be begun from each."""

from flask import Blueprint, Response

from forms import service as forms
from web.pages.viewer import page, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/certificates")(certificate_list)


@access(Access.SIGNED_IN)
def certificate_list() -> Response:
    """List the certificates of the person's enterprises, the soonest to end first."""
    who = viewer()
    return page("filings/certificates.html", certificates=forms.list_certificates(who.actor, who.locale))
