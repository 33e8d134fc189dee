"""Addresses that take notices: all of them for the administrator, with what died and can be sent again."""

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.errors import Conflict, InvalidInput
from core.identity import keys
from core.webhooks import endpoints
from core.webhooks.endpoints import STATES, NewEndpoint
from core.webhooks.events import SUBSCRIBED
from core.webhooks.guard import URL_MOST
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

SHOWN = ("", *STATES)


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff/webhooks")(webhook_list)
    blueprint.post("/staff/webhooks")(make_webhook)
    blueprint.get("/staff/webhooks/<webhook_id>")(one_webhook)
    blueprint.post("/staff/webhooks/<webhook_id>/secret")(rotate_webhook)
    blueprint.post("/staff/webhooks/<webhook_id>/test")(test_webhook)
    blueprint.post("/staff/webhooks/<webhook_id>/activation")(enable_webhook)
    blueprint.post("/staff/webhooks/<webhook_id>/deactivation")(disable_webhook)
    blueprint.post("/staff/webhooks/<webhook_id>/removal")(remove_webhook)
    blueprint.post("/staff/webhooks/<webhook_id>/deliveries/<delivery_id>/repetition")(repeat_delivery)


def owners() -> dict[str, str]:
    """Return the names of the systems behind addresses, by their keys."""
    return {one.id: one.name for one in keys.list_keys(viewer().actor)}


@access(Access.ADMINISTRATOR)
def webhook_list() -> Response:
    """List the addresses, with the form for a new one of the authority's own."""
    return _list()


def _list(status: int = 200, problem: str = "", **context: Any) -> Response:
    shown = {
        "webhooks": endpoints.list_endpoints(viewer().actor),
        "owners": owners(),
        "events": SUBSCRIBED,
        "typed": request.form,
        "chosen": request.form.getlist("events"),
        "url_most": URL_MOST,
        "description_most": endpoints.DESCRIPTION_MOST,
        "problems": {},
        "problem_text": problem,
    }
    return page("webhooks/list.html", status, **(shown | context))


@access(Access.ADMINISTRATOR)
def make_webhook() -> Response:
    """Register an address of the authority's own systems and show its secret, this once."""
    form = request.form
    wanted = NewEndpoint(form.get("url", ""), form.getlist("events"), form.get("description", ""))
    try:
        issued = endpoints.register(viewer().actor, wanted)
    except InvalidInput as error:
        return _list(error.http_status, problems=error.fields)
    except Conflict as error:
        return _list(error.http_status, viewer().t(error.code, **error.params))
    return page("webhooks/secret.html", 201, issued=issued)


@access(Access.ADMINISTRATOR)
def one_webhook(webhook_id: str) -> Response:
    """Show an address with what was sent to it."""
    return _one(webhook_id)


def _one(webhook_id: str, status: int = 200, problem: str = "") -> Response:
    actor, wanted = viewer().actor, request.args.get("state", "")
    state = wanted if wanted in STATES else ""
    return page(
        "webhooks/one.html",
        status,
        webhook=endpoints.get_endpoint(actor, webhook_id),
        deliveries=endpoints.list_deliveries(actor, webhook_id, state),
        owners=owners(),
        states=SHOWN,
        chosen=state,
        most=endpoints.MOST_LISTED,
        problem=problem,
    )


@access(Access.ADMINISTRATOR)
def rotate_webhook(webhook_id: str) -> Response:
    """Make a new secret and show it, this once."""
    return page("webhooks/secret.html", issued=endpoints.rotate_secret(viewer().actor, webhook_id))


@access(Access.ADMINISTRATOR)
def test_webhook(webhook_id: str) -> BaseResponse:
    """Send a test notice."""
    try:
        endpoints.send_test(viewer().actor, webhook_id)
    except Conflict as error:
        return _one(webhook_id, error.http_status, viewer().t(error.code))
    return to(f"/staff/webhooks/{webhook_id}")


@access(Access.ADMINISTRATOR)
def enable_webhook(webhook_id: str) -> BaseResponse:
    """Let an address take notices again."""
    endpoints.enable(viewer().actor, webhook_id)
    return to(f"/staff/webhooks/{webhook_id}")


@access(Access.ADMINISTRATOR)
def disable_webhook(webhook_id: str) -> BaseResponse:
    """Send an address nothing more."""
    endpoints.disable(viewer().actor, webhook_id)
    return to(f"/staff/webhooks/{webhook_id}")


@access(Access.ADMINISTRATOR)
def remove_webhook(webhook_id: str) -> BaseResponse:
    """Forget an address."""
    endpoints.remove(viewer().actor, webhook_id)
    return to("/staff/webhooks")


@access(Access.ADMINISTRATOR)
def repeat_delivery(webhook_id: str, delivery_id: str) -> BaseResponse:
    """Send a notice again."""
    try:
        endpoints.send_again(viewer().actor, webhook_id, delivery_id)
    except Conflict as error:
        return _one(webhook_id, error.http_status, viewer().t(error.code))
    return to(f"/staff/webhooks/{webhook_id}")
