"""Answers that would be others today: shown to editors, confirmed or let go."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.conversations import service as conversations
from core.errors import Conflict, InvalidInput
from knowledge_base.recall import service as recall
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/knowledge/recall"
MOST_SHOWN = 50


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(recalled)
    blueprint.post(f"{HOME}/<recalled_id>/confirmation")(confirm)
    blueprint.post(f"{HOME}/<recalled_id>/dismissal")(dismiss)


@access(Access.EDITOR)
def recalled() -> Response:
    """List changed answers beside what was said then."""
    return _page()


def _page(status: int = 200, problem: str = "") -> Response:
    actor = viewer().actor
    found = recall.list_changed(actor, limit=MOST_SHOWN)
    return page(
        "knowledge/recall.html",
        status,
        run=recall.latest_run(actor),
        changed=found,
        said=conversations.texts_told([one.trace_id for one in found]),
        problem=problem,
    )


@access(Access.EDITOR)
def confirm(recalled_id: str) -> BaseResponse:
    """Have who asked told."""
    try:
        recall.confirm(viewer().actor, recalled_id)
    except Conflict as error:
        return _page(error.http_status, viewer().t(error.code, **error.params))
    return to(HOME)


@access(Access.EDITOR)
def dismiss(recalled_id: str) -> BaseResponse:
    """Let a change go."""
    try:
        recall.dismiss(viewer().actor, recalled_id, request.form.get("reason", ""))
    except (Conflict, InvalidInput) as error:
        return _page(error.http_status, viewer().t(error.code, **error.params))
    return to(HOME)
