"""The auditor's screens: the trail searched and exported, one event, how an answer came about."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core import clock
from core.audit import checking, reading
from core.audit.reading import EventView, Wanted
from core.clock import CHINA
from core.errors import InvalidInput, NotAvailable
from i18n.service import has_message, messages
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access
from web.tables import to_csv

HOME = "/staff/audit"
ACTION = "audit.action."
FIELDS = ("since", "until", "actor", "action", "subject")
LONGEST = 120
CSV, JSONL = "csv", "jsonl"
COLUMNS = ("sequence", "at", "actor_id", "action", "subject_type", "subject_id", "data", "chain_hash", "id")
BY_THEMSELVES = ("system", "assistant", "setup")
_PART = 500


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(audit_trail)
    blueprint.get(f"{HOME}/events/<event_id>")(audit_event)
    blueprint.get(f"{HOME}/answers/<trace_id>")(audit_answer)
    blueprint.post(f"{HOME}/export")(export_trail)
    blueprint.post(f"{HOME}/verification")(verify_trail)


def action_words(action: str) -> str:
    """Return the message code of an action's words."""
    return f"{ACTION}{action}"


@access(Access.AUDITOR)
def audit_trail() -> Response:
    """Show a page of events, what is looked for, and the state of verification."""
    try:
        wanted = _wanted(request.args)
    except InvalidInput as error:
        return _trail(Wanted(), error.http_status, problem=viewer().t(error.code))
    return _trail(wanted)


def _trail(wanted: Wanted, status: int = 200, problem: str = "") -> Response:
    who = viewer()
    typed = {name: request.args.get(name, "")[:LONGEST] for name in FIELDS}
    found = reading.search(who.actor, wanted, after=request.args.get("after", "")[:LONGEST])
    kept = {name: value for name, value in typed.items() if value}
    return page(
        "audit/trail.html",
        status,
        events=found.events,
        following=urlencode({**kept, "after": found.following}) if found.following else "",
        newest=urlencode(kept) if request.args.get("after") else None,
        typed=typed,
        problem=problem,
        actions=_actions(),
        said=_said,
        by_themselves=BY_THEMSELVES,
        verification=checking.latest(),
        under_way=checking.under_way(),
    )


def _actions() -> list[tuple[str, str]]:
    """Return the actions with their words, by these."""
    told = messages(ACTION, viewer().locale)
    return sorted(
        ((code.removeprefix(ACTION), words) for code, words in told.items()), key=lambda one: one[1]
    )


def _said(action: str) -> str:
    code = action_words(action)
    return viewer().t(code) if has_message(code, viewer().locale) else action


def _wanted(given: Any) -> Wanted:
    """Read what is looked for; days are China's, the last one included.

    Raises:
        InvalidInput: a day cannot be read.
    """
    until = _day(given.get("until", ""))
    return Wanted(
        since=_day(given.get("since", "")),
        until=until + timedelta(days=1) if until else None,
        **{name: given.get(name, "").strip()[:LONGEST] for name in ("actor", "action", "subject")},
    )


def _day(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(typed.strip()), time(), CHINA)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("audit.page.invalid_day") from error


@access(Access.AUDITOR)
def audit_event(event_id: str) -> Response:
    """Show one event with its place in the chain."""
    event, place = reading.find_event(viewer().actor, event_id)
    shown = json.dumps(event.data, ensure_ascii=False, indent=1, sort_keys=True)
    return page(
        "audit/event.html", event=event, place=place, data=shown, said=_said, by_themselves=BY_THEMSELVES
    )


@access(Access.AUDITOR)
def audit_answer(trace_id: str) -> Response:
    """Show how an answer came about."""
    found = handoff.find_dossier(viewer().actor, trace_id)
    return page("audit/answer.html", found=found, trace=found.trace)


@access(Access.AUDITOR)
def verify_trail() -> BaseResponse:
    """Ask for a verification of the whole trail."""
    checking.request(viewer().actor.account_id)
    return to(HOME)


@access(Access.AUDITOR)
def export_trail() -> BaseResponse:
    """Hand out all events that a search finds."""
    file_format = request.form.get("format", CSV)
    if file_format not in (CSV, JSONL):
        raise NotAvailable
    try:
        wanted = _wanted(request.form)
    except InvalidInput as error:
        return _trail(Wanted(), error.http_status, problem=viewer().t(error.code))
    events = reading.export(viewer().actor, wanted, file_format)
    is_csv = file_format == CSV
    response = Response(
        _as_csv(events) if is_csv else _as_jsonl(events),
        mimetype="text/csv" if is_csv else "application/x-ndjson",
    )
    name = f"{viewer().t('audit.file.name')}-{clock.today().isoformat()}.{file_format}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _as_jsonl(events: Iterator[EventView]) -> Iterator[str]:
    for event in events:
        yield json.dumps(event.to_json(), ensure_ascii=False, sort_keys=True) + "\n"


def _as_csv(events: Iterator[EventView]) -> Iterator[str]:
    """Yield a table in parts, codes as they stand in the trail: the chain can be recomputed from it."""
    yield to_csv(COLUMNS, [])
    rows: list[list[Any]] = []
    for event in events:
        told = event.to_json() | {"data": json.dumps(event.data, ensure_ascii=False, sort_keys=True)}
        rows.append([told[name] for name in COLUMNS])
        if len(rows) == _PART:
            yield _rows(rows)
            rows = []
    yield _rows(rows)


def _rows(rows: list[list[Any]]) -> str:
    return to_csv((), rows).split("\n", 1)[1]
