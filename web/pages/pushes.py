"""The desk of pushes: the list with what each led to, one push with its steps, the editor, the dry run."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.notices import service as notices
from core import clock
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from knowledge_base.push import service as pushes
from knowledge_base.push.drafting import PushContent
from knowledge_base.push.states import State
from knowledge_base.push.tagging import get_document
from knowledge_base.push.tags import TOPIC, topics
from knowledge_base.push.views import PushView
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/pushes"
STATES = ("all", *State)


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(push_list)
    blueprint.get(f"{HOME}/new")(new_push)
    blueprint.add_url_rule(f"{HOME}/new", "create_push", create_push, methods=["POST"])
    blueprint.get(f"{HOME}/<push_id>")(push_page)
    blueprint.get(f"{HOME}/<push_id>/edit")(edit_push)
    blueprint.post(f"{HOME}/<push_id>/save")(save_push)
    blueprint.post(f"{HOME}/<push_id>/trial")(try_push)
    for name in STEPS:
        blueprint.add_url_rule(f"{HOME}/<push_id>/{name}", f"push_{name}", _route(name), methods=["POST"])


@access(Access.EDITOR)
def push_list() -> Response:
    """List pushes, with what those that were sent led to, and those whose condition is doubtful."""
    actor, chosen = viewer().actor, request.args.get("state", "all")
    chosen = chosen if chosen in STATES else "all"
    found = pushes.list_pushes(actor, state=None if chosen == "all" else State(chosen))
    sent = [one.push_id for one in found if one.sent_at]
    return page(
        "pushes/list.html",
        pushes=found,
        effects=notices.effects(sent),
        doubtful=pushes.doubtful(actor, notices.schema()),
        chosen=chosen,
        states=STATES,
        topic_name=notices.topic_name,
    )


@access(Access.EDITOR)
def push_page(push_id: str) -> Response:
    """Show one push."""
    return _push(push_id)


def _push(
    push_id: str, *, status: int = 200, problem: str = "", trial: notices.Audience | None = None
) -> Response:
    view = pushes.get_push(viewer().actor, push_id)
    return page(
        "pushes/push.html",
        status,
        view=view,
        found=[] if view.is_ended else pushes.problems(view.content, notices.schema()),
        effect=notices.effects([push_id]).get(push_id) if view.line.sent_at else None,
        trial=trial,
        today=clock.today().isoformat(),
        topic_name=notices.topic_name,
        problem=problem,
    )


@access(Access.EDITOR)
def new_push() -> Response:
    """Show the empty editor, or one that begins with a document's name and confirmed topic."""
    document_id = request.args.get("document", "")
    fields: dict[str, Any] = {}
    if document_id:
        held = get_document(viewer().actor, document_id)
        topic = next((tag for tag in held.confirmed if tag.startswith(f"{TOPIC}/")), "")
        fields = {"title_zh": held.title, "document_id": held.document_id, "topic": topic}
    return _editor(PushContent.of(fields))


def _editor(
    content: PushContent, *, view: PushView | None = None, status: int = 200, problem: str = ""
) -> Response:
    is_typed = request.method == "POST"
    return page(
        "pushes/editor.html",
        status,
        content=content,
        view=view,
        lock=_lock() if is_typed else view.lock if view else 0,
        topics=topics(),
        schema=notices.schema(),
        found=pushes.problems(content, notices.schema()) if is_typed or view else [],
        problem=problem,
    )


@access(Access.EDITOR)
def create_push() -> BaseResponse:
    """Open a draft with what was typed."""
    fields = request.form.to_dict()
    try:
        push_id = pushes.create(viewer().actor, fields)
    except InvalidInput as error:
        problem = viewer().t(error.code, **error.params)
        return _editor(PushContent.of(fields), status=error.http_status, problem=problem)
    return to(f"{HOME}/{push_id}")


@access(Access.EDITOR)
def edit_push(push_id: str) -> Response:
    """Show a draft in the editor."""
    view = pushes.get_push(viewer().actor, push_id)
    if "edit" not in view.steps:
        raise NotAvailable
    return _editor(view.content, view=view)


@access(Access.EDITOR)
def save_push(push_id: str) -> BaseResponse:
    """Keep a draft."""
    actor, fields = viewer().actor, request.form.to_dict()
    view = pushes.get_push(actor, push_id)
    try:
        pushes.edit(actor, push_id, fields, lock=_lock())
    except (InvalidInput, Conflict) as error:
        problem = viewer().t(error.code, **error.params)
        return _editor(PushContent.of(fields), view=view, status=error.http_status, problem=problem)
    return to(f"{HOME}/{push_id}")


@access(Access.EDITOR)
def try_push(push_id: str) -> Response:
    """Count whom the condition names; nobody is told."""
    who = viewer()
    view = pushes.get_push(who.actor, push_id)
    try:
        trial = notices.dry_run(who.actor, view.content.condition, who.locale, push_id=push_id)
    except InvalidInput as error:
        return _push(push_id, status=error.http_status, problem=who.t(error.code, **error.params))
    return _push(push_id, trial=trial)


def _lock() -> int:
    given = request.form.get("lock", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise InvalidInput("push.requirement_day") from error


def _submit(actor: Actor, push_id: str) -> None:
    pushes.submit(actor, push_id, notices.schema(), lock=_lock())


def _approve(actor: Actor, push_id: str) -> None:
    pushes.approve(actor, push_id, notices.schema(), lock=_lock())


def _schedule(actor: Actor, push_id: str) -> None:
    pushes.schedule(actor, push_id, lock=_lock(), send_on=_day())


def _send_back(actor: Actor, push_id: str) -> None:
    pushes.send_back(actor, push_id, lock=_lock(), reason=request.form.get("reason", ""))


def _cancel(actor: Actor, push_id: str) -> None:
    pushes.cancel(actor, push_id, lock=_lock(), reason=request.form.get("reason", ""))


STEPS: dict[str, Callable[[Actor, str], None]] = {
    "submit": _submit,
    "approve": _approve,
    "schedule": _schedule,
    "send_back": _send_back,
    "cancel": _cancel,
}


def _route(name: str) -> Callable[[str], BaseResponse]:
    @access(Access.EDITOR)
    def act(push_id: str) -> BaseResponse:
        try:
            STEPS[name](viewer().actor, push_id)
        except (InvalidInput, Conflict) as error:
            return _push(push_id, status=error.http_status, problem=viewer().t(error.code, **error.params))
        return to(f"{HOME}/{push_id}")

    return act
