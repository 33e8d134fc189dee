"""The register as screens, commands and the evidence pack read it; the history is the audit trail's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.models import AuditEvent
from core.database import reading
from core.errors import Conflict, NotAvailable
from core.identity import Actor
from core.identity.service import display_names
from core.model_register.models import ModelRun, RegisteredModel, ServedModel
from core.model_register.service import KINDS, PROPOSED, SHIPPED, SUBJECT
from core.model_register.states import State, Step, require_keeper, require_reader, require_step
from core.settings import get_settings

STORE = "models"
WITH_FILES = frozenset({"encoder", "purpose", "thresholds", "rasa"})
ENDPOINT = "endpoint"


@dataclass(frozen=True)
class EntryView:
    """An entry as screens and commands show it; ``may`` holds the steps that the reader may take."""

    id: str
    kind: str
    model_id: str
    version: str
    sha256: str
    card: dict[str, Any]
    state: str
    origin: str
    is_serving: bool
    proposed_by: str
    proposed_at: datetime
    evaluated_by: str
    evaluated_at: datetime | None
    released_by: str
    released_at: datetime | None
    retired_by: str
    retired_at: datetime | None
    reason: str
    may: tuple[str, ...] = ()


@dataclass(frozen=True)
class HistoryLine:
    """One step of an entry's life, from the audit trail."""

    at: datetime
    who: str
    step: str
    data: dict[str, Any]


@dataclass(frozen=True)
class RunView:
    """A trial and what it found."""

    id: str
    entry_id: str
    kind: str
    action: str
    state: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    report: dict[str, Any]
    problem: str


def get_run(run_id: str) -> RunView:
    """Return a trial.

    Raises:
        NotAvailable: there is none.
    """
    with reading() as session:
        row = session.get(ModelRun, run_id)
        if row is None:
            raise NotAvailable
        return _run_view(row, {})


def runs(actor: Actor, *, entry_id: str = "", limit: int = 20) -> list[RunView]:
    """Return trials, the latest first."""
    require_reader(actor)
    query = select(ModelRun).order_by(ModelRun.asked_at.desc()).limit(limit)
    with reading() as session:
        rows = list(session.scalars(query.where(ModelRun.entry_id == entry_id) if entry_id else query))
        names = display_names(session, (row.asked_by for row in rows))
        return [_run_view(row, names) for row in rows]


def all_runs() -> list[RunView]:
    """Return every trial, the latest first."""
    with reading() as session:
        rows = list(session.scalars(select(ModelRun).order_by(ModelRun.asked_at.desc())))
        names = display_names(session, (row.asked_by for row in rows))
        return [_run_view(row, names) for row in rows]


def reports(entry_id: str) -> list[Path]:
    """Return the reports kept with an entry."""
    folder = get_settings().home / STORE / "reports" / entry_id
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _run_view(row: ModelRun, names: Mapping[str, str]) -> RunView:
    return RunView(
        row.id,
        row.entry_id,
        row.kind,
        row.action,
        row.state,
        names.get(row.asked_by, row.asked_by),
        row.asked_at,
        row.ended_at,
        dict(row.report),
        row.problem,
    )


def list_entries(actor: Actor, *, kind: str = "", state: str = "") -> list[EntryView]:
    """Return the register, by kind, the latest first.

    Raises:
        NotAvailable: the actor may not read it.
    """
    require_reader(actor)
    return [one for one in all_entries(actor) if kind in ("", one.kind) and state in ("", one.state)]


def all_entries(actor: Actor | None = None) -> list[EntryView]:
    """Return every entry; names of persons as they are shown to others."""
    with reading() as session:
        rows = list(session.scalars(select(RegisteredModel).order_by(RegisteredModel.registered_at.desc())))
        serving = serving_of(session)
        names = _names(session, rows)
        found = [_view(row, serving, names, actor) for row in rows]
    return sorted(found, key=lambda one: (KINDS.index(one.kind), not one.is_serving))


def get_entry(actor: Actor, entry_id: str) -> EntryView:
    """Return an entry.

    Raises:
        NotAvailable: there is none, or the actor may not read it.
    """
    require_reader(actor)
    with reading() as session:
        row = entry_row(session, entry_id)
        return _view(row, serving_of(session), _names(session, [row]), actor)


def history(entry_id: str) -> list[HistoryLine]:
    """Return the steps of an entry's life, the first one first."""
    query = select(AuditEvent).where(AuditEvent.subject_type == SUBJECT, AuditEvent.subject_id == entry_id)
    with reading() as session:
        events = list(session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))
        names = display_names(session, (event.actor_id for event in events))
    return [
        HistoryLine(
            event.at,
            names.get(event.actor_id, event.actor_id),
            event.action.removeprefix("model."),
            dict(event.data),
        )
        for event in events
    ]


def entry_row(session: Session, entry_id: str) -> RegisteredModel:
    """Return an entry's row, locked.

    Raises:
        NotAvailable: there is none.
    """
    found = session.get(RegisteredModel, entry_id, with_for_update=True)
    if found is None:
        raise NotAvailable
    return found


def serving_of(session: Session) -> dict[str, str]:
    """Return the entries that were switched to, by kind."""
    return {row.kind: row.entry_id for row in session.scalars(select(ServedModel))}


def switched_kinds() -> list[str]:
    """Return the kinds that were switched and have a former version to return to."""
    with reading() as session:
        return list(session.scalars(select(ServedModel.kind).order_by(ServedModel.kind)))


def is_serving_now(entry: RegisteredModel, serving: Mapping[str, str]) -> bool:
    """Whether an entry serves: the one switched to, or what ships where none was."""
    if entry.kind in ("push", ENDPOINT) or entry.state != State.RELEASED:
        return entry.state == State.RELEASED and entry.kind == "push"
    chosen = serving.get(entry.kind, "")
    return entry.id == chosen if chosen else _is_default(entry)


def _is_default(entry: RegisteredModel) -> bool:
    """Whether an entry serves where nobody switched: what a setting names, else what ships."""
    named = get_settings().embedding_model if entry.kind == "encoder" else ""
    return entry.place == str(Path(named).expanduser().resolve()) if named else entry.origin == SHIPPED


def _names(session: Session, rows: list[RegisteredModel]) -> dict[str, str]:
    persons = {
        one for row in rows for one in (row.registered_by, row.evaluated_by, row.released_by, row.retired_by)
    }
    return display_names(session, persons)


def _view(
    row: RegisteredModel, serving: Mapping[str, str], names: Mapping[str, str], actor: Actor | None
) -> EntryView:
    is_serving = is_serving_now(row, serving)
    return EntryView(
        id=row.id,
        kind=row.kind,
        model_id=row.model_id,
        version=row.version,
        sha256=row.sha256,
        card=dict(row.card),
        state=row.state,
        origin=row.origin,
        is_serving=is_serving,
        proposed_by=names.get(row.registered_by, row.registered_by),
        proposed_at=row.registered_at,
        evaluated_by=names.get(row.evaluated_by, row.evaluated_by),
        evaluated_at=row.evaluated_at,
        released_by=names.get(row.released_by, row.released_by),
        released_at=row.released_at,
        retired_by=names.get(row.retired_by, row.retired_by),
        retired_at=row.retired_at,
        reason=row.reason,
        may=_steps(row, actor, is_serving=is_serving),
    )


def _steps(row: RegisteredModel, actor: Actor | None, *, is_serving: bool) -> tuple[str, ...]:
    if actor is None:
        return ()
    try:
        require_keeper(actor)
    except NotAvailable:
        return ()
    found = []
    for step in Step:
        try:
            require_step(row.state, step)
        except Conflict:
            continue
        is_own = step is Step.RELEASE and row.registered_by == actor.account_id
        is_tried = row.kind in (*WITH_FILES, ENDPOINT) and row.origin == PROPOSED
        has_trial = step not in (Step.EVALUATE, Step.SWITCH) or is_tried
        is_idle = step not in (Step.RETIRE, Step.SWITCH) or not is_serving
        can_switch = step is not Step.SWITCH or row.kind != ENDPOINT
        if not is_own and has_trial and is_idle and can_switch and row.kind != "push":
            found.append(step.value)
    return tuple(found)
