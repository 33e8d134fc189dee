"""The desk of knowledge: the list, one entry with its history, the editor, the regression set.

Every action is a form that works without JavaScript. What a person typed is shown again where it could not be
taken, with the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from forms import service as forms
from knowledge_base.curation import service as curation
from knowledge_base.curation.attached import CANDIDATE
from knowledge_base.curation.content import LANGUAGES, EntryContent
from knowledge_base.curation.regression import Asked
from knowledge_base.curation.states import EDITORS, State
from knowledge_base.curation.views import EntryView, Problem
from knowledge_base.passages.labels import provision_name
from knowledge_base.passages.views import split_provision
from knowledge_base.service import find_provision
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/knowledge"
STATES = ("all", *State, "flagged")
_LISTED = ("similar", "negative")


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(entries)
    blueprint.get(f"{HOME}/new")(new_entry)
    blueprint.add_url_rule(f"{HOME}/new", "create_entry", create_entry, methods=["POST"])
    blueprint.get(f"{HOME}/regression")(regression_set)
    blueprint.add_url_rule(f"{HOME}/regression", "add_question", add_question, methods=["POST"])
    blueprint.add_url_rule(
        f"{HOME}/regression/<question_id>", "remove_question", remove_question, methods=["POST"]
    )
    blueprint.get(f"{HOME}/<entry_id>")(entry_page)
    blueprint.get(f"{HOME}/<entry_id>/edit")(edit_page)
    for name in ACTIONS:
        blueprint.add_url_rule(
            f"{HOME}/<entry_id>/{name}", f"knowledge_{name}", _route(name), methods=["POST"]
        )


@access(Access.CURATOR)
def entries() -> Response:
    """List entries."""
    chosen, text = request.args.get("state", "all"), request.args.get("text", "")[:100]
    chosen = chosen if chosen in STATES else "all"
    found = curation.list_entries(
        viewer().actor,
        state=State(chosen) if chosen in tuple(State) else None,
        text=text,
        flagged=chosen == "flagged",
    )
    return page("knowledge/list.html", entries=found, chosen=chosen, text=text, states=STATES)


@access(Access.CURATOR)
def entry_page(entry_id: str) -> Response:
    """Show one entry."""
    return _entry(entry_id)


def _entry(entry_id: str, *, status: int = 200, problem: str = "") -> Response:
    view = curation.get_entry(viewer().actor, entry_id)
    content = view.latest.content
    is_open = view.latest.state in (State.DRAFT, State.IN_REVIEW)
    return page(
        "knowledge/entry.html",
        status,
        view=view,
        found=curation.check(content.to_json(), key=view.key) if is_open else [],
        changed=[provision_name(key, viewer().locale) for key in view.latest.flags],
        basis=[_provision(key) for key in content.basis],
        item_title=_item_titles().get(content.service_item_code, content.service_item_code),
        languages=LANGUAGES,
        today=clock.today().isoformat(),
        is_tried=view.run is not None and view.run.state == "waiting",
        problem=problem,
    )


def _provision(key: str) -> dict[str, str]:
    """Return a provision's name and its words of today, which whoever reviews reads beside the answer."""
    law, article = split_provision(key)
    held = find_provision(law, article)
    text = viewer().t("web.page.js.law_status.text_not_held") if held is None else held.text
    return {"name": provision_name(key, viewer().locale), "text": text}


@access(Access.CURATOR)
def new_entry() -> Response:
    """Show the empty editor, or one that begins with a shipped entry or a person's question."""
    key = request.args.get("from", "")
    if key:
        content = EntryContent.of(curation.shipped(key))
    else:
        question = request.args.get("question", "")[:200]
        content = EntryContent.of({"question": {_language_of(question): question}})
    case = request.args.get("case", "")[:80]
    origin = "shipped" if key else "conversation" if case else "written"
    return _editor(content, source=Source(key, origin, case))


def _language_of(text: str) -> str:
    return "zh" if not text or any(0x3400 <= ord(sign) <= 0x9FFF for sign in text) else "en"


@dataclass(frozen=True)
class Source:
    """What a new entry is made from; an open one has its own page."""

    key: str = ""
    origin: str = "written"
    origin_ref: str = ""


def _editor(
    content: EntryContent,
    *,
    view: EntryView | None = None,
    source: Source = Source(),
    status: int = 200,
    problem: str = "",
    found: Sequence[Problem] = (),
) -> Response:
    return page(
        "knowledge/editor.html",
        status,
        content=content,
        view=view,
        source=source,
        lock=_lock() if request.method == "POST" else view.latest.lock if view else 0,
        items=_item_titles(),
        languages=LANGUAGES,
        problem=problem,
        found=found,
        question=_shown_question(view),
    )


def _shown_question(view: EntryView | None) -> Asked | None:
    """Return the regression question as typed, else as kept; None where the entry needs none."""
    if view is None or (view.question is None and view.origin != CANDIDATE):
        return None
    return _question(view) or view.question or Asked(view.latest.content.question["zh"], "zh", view.key)


def _item_titles() -> dict[str, str]:
    locale = viewer().locale
    return {item.code: item.name.get(locale) for item in forms.list_service_items()}


def _typed() -> EntryContent:
    """Read the editor's fields; wordings and provisions stand one a line."""
    fields: dict[str, Any] = {"basis": _lines("basis")}
    for name in ("question", "answer"):
        fields[name] = {language: request.form.get(f"{name}_{language}", "") for language in LANGUAGES}
    for name in _LISTED:
        fields[name] = {language: _lines(f"{name}_{language}") for language in LANGUAGES}
    for name in ("service_item_code", "topic"):
        fields[name] = request.form.get(name, "")
    return EntryContent.of(fields)


def _lines(name: str) -> list[str]:
    return request.form.get(name, "").splitlines()


@access(Access.CURATOR)
def create_entry() -> BaseResponse:
    """Open an entry with what was typed; "check" only shows what is missing."""
    content, form = _typed(), request.form
    source = Source(form.get("key", ""), form.get("origin", ""), form.get("origin_ref", ""))
    if form.get("check"):
        return _editor(content, source=source, found=curation.check(content.to_json(), key=source.key))
    try:
        entry_id = curation.create(viewer().actor, content.to_json(), **asdict(source))
    except (InvalidInput, Conflict) as error:
        problem = viewer().t(error.code, **error.params)
        return _editor(content, source=source, status=error.http_status, problem=problem)
    return to(f"{HOME}/{entry_id}")


@access(Access.CURATOR)
def edit_page(entry_id: str) -> Response:
    """Show a draft in the editor."""
    view = curation.get_entry(viewer().actor, entry_id)
    if "edit" not in view.steps:
        raise NotAvailable
    found = curation.check(view.latest.content.to_json(), key=view.key)
    return _editor(view.latest.content, view=view, found=found)


def _question(view: EntryView) -> Asked | None:
    """Return the regression question that was typed, where the editor has the fields for one."""
    form = request.form
    if "regression_text" not in form:
        return None
    expected = form.get("regression_expected", "") or view.key
    return Asked(form["regression_text"], form.get("regression_language", ""), expected)


def _save(entry_id: str) -> BaseResponse:
    actor, content = viewer().actor, _typed()
    view = curation.get_entry(actor, entry_id)
    if request.form.get("check"):
        return _editor(content, view=view, found=curation.check(content.to_json(), key=view.key))
    try:
        curation.edit(actor, entry_id, content.to_json(), lock=_lock(), question=_question(view))
    except (InvalidInput, Conflict) as error:
        problem = viewer().t(error.code, **error.params)
        return _editor(content, view=view, status=error.http_status, problem=problem)
    return to(f"{HOME}/{entry_id}")


def _lock() -> int:
    given = request.form.get("lock", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise InvalidInput("knowledge_base.curation.day_missing") from error


def _reason() -> str:
    return request.form.get("reason", "")


def _submit(actor: Actor, entry_id: str) -> None:
    curation.submit(actor, entry_id, lock=_lock())


def _approve(actor: Actor, entry_id: str) -> None:
    curation.approve(actor, entry_id, lock=_lock())


def _send_back(actor: Actor, entry_id: str) -> None:
    curation.send_back(actor, entry_id, lock=_lock(), reason=_reason())


def _discard(actor: Actor, entry_id: str) -> None:
    curation.discard(actor, entry_id, lock=_lock(), reason=_reason())


def _release(actor: Actor, entry_id: str) -> None:
    curation.ask_release(actor, entry_id, lock=_lock(), effective_from=_day())


def _retire(actor: Actor, entry_id: str) -> None:
    curation.retire(actor, entry_id, lock=_lock(), on=_day(), reason=_reason())


def _revise(actor: Actor, entry_id: str) -> None:
    curation.revise(actor, entry_id)


ACTIONS: dict[str, Callable[[Actor, str], None] | None] = {
    "save": None,
    "submit": _submit,
    "approve": _approve,
    "send_back": _send_back,
    "discard": _discard,
    "release": _release,
    "retire": _retire,
    "revise": _revise,
}


def _route(name: str) -> Callable[[str], BaseResponse]:
    @access(Access.CURATOR)
    def act(entry_id: str) -> BaseResponse:
        step = ACTIONS[name]
        if step is None:
            return _save(entry_id)
        try:
            step(viewer().actor, entry_id)
        except (InvalidInput, Conflict) as error:
            problem = viewer().t(error.code, **error.params)
            return _entry(entry_id, status=error.http_status, problem=problem)
        return to(f"{HOME}/{entry_id}/edit" if name == "revise" else f"{HOME}/{entry_id}")

    return act


@access(Access.CURATOR)
def regression_set() -> Response:
    """Show the questions that editors added."""
    return _questions()


def _questions(*, status: int = 200, problem: str = "") -> Response:
    actor = viewer().actor
    return page(
        "knowledge/regression.html",
        status,
        questions=curation.list_questions(actor),
        may_change=actor.role in EDITORS,
        problem=problem,
        typed=request.form,
    )


@access(Access.CURATOR)
def add_question() -> BaseResponse:
    """Add a question to the set."""
    form = request.form
    try:
        curation.add_question(
            viewer().actor,
            form.get("text", ""),
            language=form.get("language", ""),
            expected=form.get("expected", ""),
        )
    except InvalidInput as error:
        return _questions(status=error.http_status, problem=viewer().t(error.code, **error.params))
    return to(f"{HOME}/regression")


@access(Access.CURATOR)
def remove_question(question_id: str) -> BaseResponse:
    """Take a question out of the set."""
    curation.remove_question(viewer().actor, question_id)
    return to(f"{HOME}/regression")
