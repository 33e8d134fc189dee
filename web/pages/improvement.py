"""Follow-up tasks: bad ratings, answers that did not help, questions often asked in vain."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core.errors import Conflict, InvalidInput
from core.identity import Actor
from i18n.service import has_message
from knowledge_base.curation.regression import Asked
from knowledge_base.curation.states import EDITORS
from knowledge_base.improvement import service as improvement
from knowledge_base.passages.labels import provision_name
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/tasks"
REASON = "web.page.js.feedback.reason."


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(task_list)
    blueprint.get(f"{HOME}/<task_id>")(task_page)
    blueprint.add_url_rule(f"{HOME}/<task_id>/take", "take_task", take_task, methods=["POST"])
    blueprint.add_url_rule(f"{HOME}/<task_id>/close", "close_task", close_task, methods=["POST"])


@access(Access.IMPROVER)
def task_list() -> Response:
    """List tasks, late ones first."""
    chosen = request.args.get("show", "open")
    chosen = chosen if chosen in improvement.CHOICES else "open"
    tasks = improvement.list_tasks(viewer().actor, chosen)
    ratings = handoff.ratings_told([one.subject_id for one in tasks if one.kind == "rating"])
    return page("staff/tasks.html", tasks=tasks, ratings=ratings, chosen=chosen, choices=improvement.CHOICES)


@access(Access.IMPROVER)
def task_page(task_id: str) -> Response:
    """Show one task."""
    return _task(task_id)


def _task(task_id: str, *, status: int = 200, problem: str = "") -> Response:
    who = viewer()
    task = improvement.get_task(who.actor, task_id)
    reason = f"{REASON}{task.reason}"
    return page(
        "staff/task.html",
        status,
        task=task,
        line=task.line,
        rating=handoff.ratings_told([task.line.subject_id]).get(task.line.subject_id),
        reason=who.t(reason) if has_message(reason) else task.reason,
        cited=[(provision_name(one.key, who.locale), one) for one in task.cited],
        causes=improvement.ROOT_CAUSES,
        may_see_case=bool(task.line.case_id) and who.actor.handles_cases,
        may_add_question=who.actor.role in EDITORS and bool(task.line.question and task.language),
        typed=request.form,
        problem=problem,
    )


@access(Access.IMPROVER)
def take_task(task_id: str) -> BaseResponse:
    """Take a task."""
    try:
        improvement.take_task(viewer().actor, task_id)
    except Conflict as error:
        return _refused(task_id, error)
    return to(f"{HOME}/{task_id}")


@access(Access.IMPROVER)
def close_task(task_id: str) -> BaseResponse:
    """Close a task."""
    actor, form = viewer().actor, request.form
    try:
        improvement.close_task(
            actor,
            task_id,
            root_cause=form.get("root_cause", ""),
            note=form.get("note", ""),
            question=_question(actor, task_id),
        )
    except (InvalidInput, Conflict) as error:
        return _refused(task_id, error)
    return to(HOME)


def _refused(task_id: str, error: InvalidInput | Conflict) -> Response:
    return _task(task_id, status=error.http_status, problem=viewer().t(error.code, **error.params))


def _question(actor: Actor, task_id: str) -> Asked | None:
    """Return the question that is to join the regression set, where one was named."""
    expected = request.form.get("expected", "").strip()
    if not expected:
        return None
    language = improvement.get_task(actor, task_id).language
    return Asked(request.form.get("question", ""), language, expected)
