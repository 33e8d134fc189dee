"""Signing in, signing out, who am I."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from bot.handoff import service as handoff
from core.identity import Actor
from core.identity import service as identity
from forms import service as forms
from web.api import serialise
from web.api.body import read_body
from web.locale import current_locale
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited
from web.security.sessions import csrf_token, current_actor, device, end_session, start_session

blueprint = Blueprint("api_sessions", __name__, url_prefix="/api/v1")


@blueprint.post("/sessions")
@access(Access.PUBLIC, without_csrf=True)
@limited(SIGN_IN)
def sign_in() -> ResponseReturnValue:
    """Check login and password; the session goes into a cookie."""
    body = read_body("SignIn")
    signed_in = identity.sign_in(body["login"], body["password"], body.get("code", ""), device())
    response = jsonify({"actor": serialise.actor(signed_in.actor), "csrf_token": signed_in.csrf_token})
    response.status_code = 201
    return start_session(response, signed_in)


@blueprint.delete("/sessions/current")
@access(Access.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End the session; an officer's cases whose person waits go back into the queue."""
    if current_actor().handles_cases:
        handoff.leave_desk(current_actor(), is_signing_out=True)
    response = jsonify({})
    return end_session(response)


@blueprint.get("/me")
@access(Access.PUBLIC)
def me() -> ResponseReturnValue:
    """Who the session belongs to, and what its forms must carry."""
    actor = current_actor()
    return {
        "actor": serialise.actor(actor),
        "csrf_token": csrf_token(),
        "enterprises": _enterprises(actor),
        "locale": current_locale(),
    }


@blueprint.get("/enterprises")
@access(Access.SIGNED_IN)
def enterprises() -> ResponseReturnValue:
    """The enterprises for which the person may act."""
    return {"enterprises": _enterprises(current_actor())}


def _enterprises(actor: Actor) -> list[dict[str, Any]]:
    return [serialise.enterprise(view) for view in forms.list_enterprises(actor)]
