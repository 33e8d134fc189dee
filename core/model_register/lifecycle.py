"""The way of an entry that a person brings in.

1. ``propose`` copies its files into the installation's store, under their hash, and enters a draft with its
   card: name, version, purpose, data with licences.
2. ``end_run`` keeps what a trial measured; a passed evaluation leads to ``evaluated``.
3. ``release`` is by another person than whoever proposed it.
4. ``retire`` ends it, with a reason; what serves cannot be retired.
5. ``list_entries``, ``get_entry``, ``history`` and ``runs`` show the register; the history is the audit
   trail's.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.identity.service import display_names
from core.ids import new_id
from core.model_register.models import ModelRun, RegisteredModel, ServedModel
from core.model_register.service import KINDS, SHIPPED, SUBJECT, digest, new_entry, note
from core.model_register.states import State, Step, require_keeper, require_reader, require_step
from core.settings import get_settings

STORE = "models"
WITH_FILES = frozenset({"encoder", "purpose", "thresholds", "rasa"})
ENDPOINT = "endpoint"
MOST_BYTES = 8 * 1024**3
LONGEST = timedelta(hours=2)  # a trial that waits longer was broken off
_NEEDED = ("id", "version", "purpose")


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


def propose(actor: Actor, kind: str, card: Mapping[str, Any], path: Path | None = None) -> str:
    """Enter a draft; return its id.

    Args:
        kind: with files, or ``endpoint``, which has a card alone.
        card: ``id``, ``version``, ``purpose`` and ``training_data``, a list of ``{name, licence}``; an
            endpoint's also ``base_url`` and ``model``.
        path: file or folder of the model.

    Raises:
        NotAvailable: the actor keeps no register.
        InvalidInput: the card is incomplete, or the files are missing.
        Conflict: the very same content is in the register.
    """
    require_keeper(actor)
    held = checked_card(kind, card)
    if kind not in WITH_FILES:
        sha256, place = endpoint_hash(held), ""
    else:
        if path is None or not path.exists():
            raise InvalidInput("core.register.no_files")
        sha256, place = _store(kind, path)
    with transaction() as session:
        known = select(RegisteredModel.id).where(
            RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256
        )
        if session.scalar(known) is not None:
            raise Conflict("core.register.known")
        entry = new_entry(
            kind, str(held["id"]), str(held["version"]), sha256, held, actor_id=actor.account_id, place=place
        )
        session.add(entry)
        note(session, entry, actor.account_id, "proposed")
        return entry.id


def checked_card(kind: str, card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card that says what it must.

    Raises:
        InvalidInput: it does not; the parameter names the field.
    """
    if kind not in (*WITH_FILES, ENDPOINT):
        raise InvalidInput("core.register.kind")
    needed = _NEEDED + (("base_url", "model") if kind == ENDPOINT else ())
    for name in needed:
        if not isinstance(card.get(name), str) or not card[name].strip() or len(card[name]) > 2000:
            raise InvalidInput("core.register.card", field=name)
    data = card.get("training_data")
    is_told = isinstance(data, list) and bool(data)
    if not is_told or not all(
        isinstance(one, dict) and one.get("name") and one.get("licence") for one in data
    ):
        raise InvalidInput("core.register.card", field="training_data")
    return dict(card)


def endpoint_hash(card: Mapping[str, Any]) -> str:
    """Return the hash that names an endpoint: its address and its model."""
    named = [str(card["base_url"]).rstrip("/"), str(card["model"])]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def _store(kind: str, path: Path) -> tuple[str, str]:
    """Copy files under their hash; return hash and place."""
    size = sum(p.stat().st_size for p in ([path] if path.is_file() else path.rglob("*")) if p.is_file())
    if size == 0 or size > MOST_BYTES:
        raise InvalidInput("core.register.no_files")
    sha256 = _hash(kind, path)
    place = Path(STORE) / kind / sha256[:16]
    target = get_settings().home / place
    if path.is_file():
        place, target = place / path.name, target / path.name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{new_id('x')[-8:]}")
        if path.is_file():
            shutil.copyfile(path, beside)
        else:
            shutil.copytree(path, beside, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        beside.rename(target)
    return sha256, str(place)


def _hash(kind: str, path: Path) -> str:
    """Return the hash of what is served: of rules the YAML files, of models every file."""
    if path.is_dir() and any(p.is_symlink() for p in path.rglob("*")):
        raise InvalidInput("core.register.no_files")
    files = tuple(sorted(path.glob("*.yml"))) if kind == "thresholds" else (path,)
    if not files or (kind in ("purpose", "rasa") and not path.is_file()):
        raise InvalidInput("core.register.no_files")
    return digest(*files)


def release(actor: Actor, entry_id: str) -> None:
    """Release what another person proposed.

    Raises:
        NotAvailable: there is none, or the actor keeps no register.
        Conflict: the actor proposed it, or it was not evaluated.
    """
    require_keeper(actor)
    with transaction() as session:
        entry = _entry(session, entry_id)
        require_step(entry.state, Step.RELEASE)
        if entry.registered_by == actor.account_id:
            raise Conflict("core.register.second_person")
        entry.state, entry.released_by = State.RELEASED.value, actor.account_id
        entry.released_at = clock.now()
        note(session, entry, actor.account_id, "released", proposed_by=entry.registered_by)


def retire(actor: Actor, entry_id: str, reason: str) -> None:
    """End an entry.

    Raises:
        NotAvailable: there is none, or the actor keeps no register.
        InvalidInput: no reason is given.
        Conflict: it serves, or is retired already.
    """
    require_keeper(actor)
    words = " ".join(reason.split())[:500]
    if not words:
        raise InvalidInput("core.register.reason")
    with transaction() as session:
        entry = _entry(session, entry_id)
        require_step(entry.state, Step.RETIRE)
        if _is_serving(entry, _serving(session)):
            raise Conflict("core.register.serves")
        entry.state, entry.retired_by, entry.reason = State.RETIRED.value, actor.account_id, words
        entry.retired_at = clock.now()
        note(session, entry, actor.account_id, "retired")


def begin_run(
    actor: Actor, entry_id: str, step: Step, also: Callable[[Session, str], object] | None = None
) -> str:
    """Note that a trial is wanted; return its id.

    Args:
        also: what else belongs in the transaction, such as the job that runs it.

    Raises:
        NotAvailable: there is no such entry, or the actor keeps no register.
        Conflict: the step cannot be taken, or a trial of this kind is waiting.
    """
    require_keeper(actor)
    with transaction() as session:
        entry = _entry(session, entry_id)
        require_step(entry.state, step)
        run_id = new_run(session, actor, entry.kind, entry.id, step.value)
        if also is not None:
            also(session, run_id)
        return run_id


def new_run(session: Session, actor: Actor, kind: str, entry_id: str, action: str) -> str:
    """Note a trial in the caller's transaction; return its id.

    Raises:
        Conflict: one of this kind is waiting.
    """
    waiting = select(ModelRun.id).where(
        ModelRun.kind == kind, ModelRun.state == "waiting", ModelRun.asked_at > clock.now() - LONGEST
    )
    if session.scalar(waiting.limit(1)):
        raise Conflict("core.register.being_tried")
    run = ModelRun(
        id=new_id("mrun"),
        entry_id=entry_id,
        kind=kind,
        action=action,
        state="waiting",
        asked_by=actor.account_id,
        asked_at=clock.now(),
        ended_at=None,
        report={},
    )
    session.add(run)
    return run.id


def end_run(session: Session, run_id: str, state: str, report: Mapping[str, Any], problem: str = "") -> None:
    """Keep what a trial found; a passed evaluation makes a draft ``evaluated``."""
    run = session.get_one(ModelRun, run_id, with_for_update=True)
    run.state, run.report, run.problem, run.ended_at = state, dict(report), problem, clock.now()
    entry = session.get(RegisteredModel, run.entry_id)
    if entry is None or run.action != Step.EVALUATE:
        return
    if state == "passed":
        entry.evaluated_by, entry.evaluated_at = run.asked_by, clock.now()
        if entry.state == State.DRAFT:
            entry.state = State.EVALUATED.value
    note(session, entry, run.asked_by, "evaluated", result=state, run=run.id)


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
        serving = _serving(session)
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
        row = _entry(session, entry_id)
        return _view(row, _serving(session), _names(session, [row]), actor)


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
    return _entry(session, entry_id)


def _entry(session: Session, entry_id: str) -> RegisteredModel:
    found = session.get(RegisteredModel, entry_id, with_for_update=True)
    if found is None:
        raise NotAvailable
    return found


def _serving(session: Session) -> dict[str, str]:
    return {row.kind: row.entry_id for row in session.scalars(select(ServedModel))}


def _is_serving(entry: RegisteredModel, serving: Mapping[str, str]) -> bool:
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
    is_serving = _is_serving(row, serving)
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
        is_tried = row.kind in (*WITH_FILES, ENDPOINT) and row.origin == "proposed"
        has_trial = step not in (Step.EVALUATE, Step.SWITCH) or is_tried
        is_idle = step not in (Step.RETIRE, Step.SWITCH) or not is_serving
        can_switch = step is not Step.SWITCH or row.kind != ENDPOINT
        if not is_own and has_trial and is_idle and can_switch and row.kind != "push":
            found.append(step.value)
    return tuple(found)
