"""The monthly totals for everybody, as the open data page publishes them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from core.identity.keys import Scope
from web.pages.open_data import published
from web.security.access import Access, access
from web.security.keys import by_key

blueprint = Blueprint("api_open_data", __name__, url_prefix="/api/v1")


@blueprint.get("/open-data")
@access(Access.PUBLIC)
@by_key(Scope.OPEN_DATA)
def open_data() -> ResponseReturnValue:
    """The totals of the last twelve whole months; small numbers are withheld."""
    return published()
