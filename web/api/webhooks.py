"""Addresses of other systems that take signed notices, and what was sent to them."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.errors import InvalidInput
from core.identity.keys import Scope
from core.webhooks import endpoints
from core.webhooks.endpoints import IssuedSecret, NewEndpoint
from core.webhooks.views import EndpointView
from web.api import serialise
from web.api.body import read_body
from web.security.access import Access, access
from web.security.keys import by_key
from web.security.sessions import current_actor

blueprint = Blueprint("api_webhooks", __name__, url_prefix="/api/v1")


def webhook_json(found: EndpointView) -> dict[str, Any]:
    """Return an endpoint in its wire form: whose it is, its caller knows."""
    shown: dict[str, Any] = serialise.to_json(found)
    del shown["key_id"]
    return shown


def issued_json(issued: IssuedSecret) -> dict[str, Any]:
    """Return an endpoint with its secret."""
    until = serialise.to_json(issued.previous_valid_until)
    return {
        "webhook": webhook_json(issued.endpoint),
        "secret": issued.secret,
        "previous_secret_valid_until": until,
    }


def _one(webhook_id: str) -> dict[str, Any]:
    return {"webhook": webhook_json(endpoints.get_endpoint(current_actor(), webhook_id))}


@blueprint.get("/webhooks")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def list_webhooks() -> ResponseReturnValue:
    """The system's addresses, the newest first."""
    return {"webhooks": [webhook_json(one) for one in endpoints.list_endpoints(current_actor())]}


@blueprint.post("/webhooks")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def register() -> ResponseReturnValue:
    """Register an address; its secret is told this once."""
    body = read_body("RegisterWebhook")
    wanted = NewEndpoint(body["url"], body["events"], body.get("description", ""))
    return issued_json(endpoints.register(current_actor(), wanted)), 201


@blueprint.get("/webhooks/<webhook_id>")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def get_webhook(webhook_id: str) -> ResponseReturnValue:
    """One address."""
    return _one(webhook_id)


@blueprint.delete("/webhooks/<webhook_id>")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def remove(webhook_id: str) -> ResponseReturnValue:
    """Forget an address with its notices."""
    endpoints.remove(current_actor(), webhook_id)
    return {}


@blueprint.post("/webhooks/<webhook_id>/secret")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def rotate_secret(webhook_id: str) -> ResponseReturnValue:
    """Make a new secret; the former counts beside it for a day."""
    return issued_json(endpoints.rotate_secret(current_actor(), webhook_id))


@blueprint.post("/webhooks/<webhook_id>/activation")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def enable(webhook_id: str) -> ResponseReturnValue:
    """Let a disabled address take notices again."""
    endpoints.enable(current_actor(), webhook_id)
    return _one(webhook_id)


@blueprint.post("/webhooks/<webhook_id>/test")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def send_test(webhook_id: str) -> ResponseReturnValue:
    """Send a notice of the event ``webhook.ping``."""
    return {"delivery": serialise.to_json(endpoints.send_test(current_actor(), webhook_id))}, 202


@blueprint.get("/webhooks/<webhook_id>/deliveries")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def deliveries(webhook_id: str) -> ResponseReturnValue:
    """What was sent, the newest first."""
    state = request.args.get("state", "")
    if state not in ("", *endpoints.STATES):
        raise InvalidInput("web.api.invalid_input", fields={"state": "web.api.field.choice"})
    found = endpoints.list_deliveries(current_actor(), webhook_id, state)
    return {"deliveries": [serialise.to_json(one) for one in found]}


@blueprint.post("/webhooks/<webhook_id>/deliveries/<delivery_id>/repetition")
@access(Access.KEY)
@by_key(Scope.WEBHOOKS)
def send_again(webhook_id: str, delivery_id: str) -> ResponseReturnValue:
    """Send a notice again under its own id."""
    found = endpoints.send_again(current_actor(), webhook_id, delivery_id)
    return {"delivery": serialise.to_json(found)}, 202
