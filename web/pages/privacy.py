"""What is stored about people, for everybody to read; a person's own copy and erasure."""

from collections.abc import Sequence

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.personal_data import service as personal_data
from core import clock
from core.errors import AssistantError, Conflict, InvalidInput, TooMany
from core.privacy.inventory import Stored, load_inventory
from core.settings import Settings, get_settings
from i18n.service import content_language
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access
from web.security.sessions import end_session

HOME = "/my-data"
AREAS = (
    "account",
    "service",
    "filing",
    "notice",
    "security",
    "supervision",
    "trace",
    "audit",
    "knowledge",
    "operation",
)
PERIODS = {
    "conversation": "keep_conversation_days",
    "trace": "keep_trace_days",
    "delivery": "keep_delivery_days",
    "webhook": "keep_webhook_days",
    "outbox": "keep_outbox_days",
}


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/privacy")(data_inventory)
    blueprint.get(HOME)(my_data)
    blueprint.post(f"{HOME}/export")(export_my_data)
    blueprint.get(f"{HOME}/erasure")(confirm_erasure)
    blueprint.post(f"{HOME}/erasure")(erase_my_data)


@access(Access.PUBLIC)
def data_inventory() -> Response:
    """Show what is stored, why, on what basis, for how long, who sees it."""
    found = load_inventory()
    areas: Sequence[tuple[str, list[Stored]]] = [
        (area, [one for one in found if one.purpose == area]) for area in AREAS
    ]
    return page(
        "privacy.html",
        areas=areas,
        language=content_language(viewer().locale),
        days=_days(get_settings()),
        tables=len(found),
    )


def _days(settings: Settings) -> dict[str, int]:
    return {keep: int(getattr(settings, name)) for keep, name in PERIODS.items()}


@access(Access.SIGNED_IN)
def my_data() -> Response:
    """Show what a person can do about their data."""
    personal_data.own_login(viewer().actor)
    return page("my_data.html")


@access(Access.SIGNED_IN)
def export_my_data() -> Response:
    """Give the person a copy."""
    who = viewer()
    packed = personal_data.export(who.actor, who.actor.account_id, who.locale)
    name = f"my-data-{clock.today().isoformat()}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(packed, mimetype="application/zip", headers=headers)


@access(Access.SIGNED_IN)
def confirm_erasure() -> Response:
    """Ask a second time, with what would go and what stays."""
    return _confirmation()


def _confirmation(error: AssistantError | None = None) -> Response:
    who = viewer()
    return page(
        "my_data_erasure.html",
        error.http_status if error else 200,
        standing=personal_data.what_erasure_touches(who.actor, who.actor.account_id),
        problem=who.t(error.code, **error.params) if error else "",
    )


@access(Access.SIGNED_IN)
def erase_my_data() -> BaseResponse:
    """Erase; the person is signed out for good."""
    actor, form = viewer().actor, request.form
    try:
        personal_data.erase_account(
            actor, actor.account_id, typed_login=form.get("login", ""), password=form.get("password", "")
        )
    except (Conflict, InvalidInput, TooMany) as error:
        return _confirmation(error)
    return end_session(to("/privacy?erased=1"))  # type: ignore[arg-type]
