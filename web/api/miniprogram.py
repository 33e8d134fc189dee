"""What the WeChat mini-program needs beside what every client uses: WeChat's sign-in and its alerts.

The session token goes into the reply, since a mini-program keeps no cookies; it comes back in the header
``X-Yaozheng-Session``. No secret of the mini-program ever leaves the server.
"""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from core.identity import linking, wechat
from core.identity.sessions import SignedIn
from forms import service as forms
from web.api import serialise
from web.api.body import read_body
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited
from web.security.sessions import current_actor

blueprint = Blueprint("api_miniprogram", __name__, url_prefix="/api/v1/miniprogram")


@blueprint.get("")
@access(Access.PUBLIC)
def configuration() -> ResponseReturnValue:
    """What this installation offers to a mini-program."""
    return {"has_sign_in": wechat.is_set_up(), "alert_template": forms.alert_template()}


@blueprint.post("/sessions")
@access(Access.PUBLIC, without_csrf=True)
@limited(SIGN_IN)
def sign_in() -> ResponseReturnValue:
    """Sign in whoever is behind a code of ``wx.login``; without a bound account there is no session."""
    found = linking.sign_in_by_code(read_body("WeChatCode")["code"])
    return _session(found), 201 if found else 200


@blueprint.post("/links")
@access(Access.PUBLIC, without_csrf=True)
@limited(SIGN_IN)
def link() -> ResponseReturnValue:
    """Bind an account to whoever is behind a code, and sign in."""
    body = read_body("WeChatLink")
    return _session(linking.link(body["code"], body["login"], body["password"])), 201


@blueprint.delete("/links")
@access(Access.SIGNED_IN)
def unlink() -> ResponseReturnValue:
    """Take every bond of the account away."""
    linking.unlink(current_actor())
    return {}


@blueprint.post("/alerts")
@access(Access.SIGNED_IN)
def permit_alert() -> ResponseReturnValue:
    """Keep that the person allowed one subscription message on a filing."""
    forms.permit_alert(current_actor(), read_body("PermitAlert")["filing_id"])
    return {}, 201


def _session(found: SignedIn | None) -> dict[str, Any]:
    if found is None:
        return {"session": None, "actor": None}
    return {"session": found.token, "actor": serialise.actor(found.actor)}
