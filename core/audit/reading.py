"""The audit trail as the auditor reads it.

1. ``search`` returns a page of events, newest first; an event's id leads on to the page after it, so that a
   page costs the same wherever it lies.
2. ``find_event`` shows one event with its place in the chain: what stands before and after it, whether its
   hash is the one that follows from both, which signed checkpoint covers it.
3. ``export`` hands out all that a search finds, oldest page last; that it was done is itself an event.

Only auditors read the trail.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, tuple_
from sqlalchemy.orm import Session

from core import clock
from core.audit import service
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Actor, Role
from core.identity.models import Account
from core.identity.service import display_names

PAGE_SIZE = 50
MOST_EXPORTED = 1_000_000
_PART = 2000
_STAFF = {Role.OFFICER, Role.SUPERVISOR, Role.EDITOR, Role.ADMINISTRATOR, Role.AUDITOR}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; "" and None leave a side open.

    Attributes:
        since: from this moment on.
        until: before this moment.
        actor: an account's id, or the name under which staff sign in.
        action: an action's code.
        subject: the id of what was acted on.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""


@dataclass(frozen=True)
class EventView:
    """One event; ``actor_name`` is told of staff alone, "" of everybody else."""

    id: str
    at: datetime
    actor_id: str
    action: str
    subject_type: str
    subject_id: str
    data: dict[str, Any]
    sequence: int | None  # None until it is sealed, within a second or two
    chain_hash: str | None
    actor_name: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what an export holds."""
        return {**asdict(self), "at": clock.isoformat(self.at)}


@dataclass(frozen=True)
class Page:
    """A page of events and the id that leads to the next one, "" on the last."""

    events: list[EventView] = field(default_factory=list)
    following: str = ""


@dataclass(frozen=True)
class Place:
    """An event's place in the chain.

    Attributes:
        previous_hash: of the event before it, the beginning of the chain for the first.
        is_fitting: whether its hash follows from its words and from the event before it; None where it is
            not sealed yet.
        earlier: the id of the event before it in the chain, "" where there is none.
        later: the id of the one after it.
        checkpoint: the sequence number of the first signed checkpoint that covers it, 0 where none does yet.
        checkpoint_at: when that was written, ISO 8601.
        is_checkpoint_signed: whether it bears the installation's signature.
    """

    previous_hash: str
    is_fitting: bool | None
    earlier: str = ""
    later: str = ""
    checkpoint: int = 0
    checkpoint_at: str = ""
    is_checkpoint_signed: bool = False


def _require_auditor(actor: Actor) -> None:
    if actor.role is not Role.AUDITOR:
        raise NotAvailable


def search(actor: Actor, wanted: Wanted, *, after: str = "") -> Page:
    """Return a page of events, newest first.

    Args:
        after: the id of the event after which the page begins, "" for the newest.

    Raises:
        NotAvailable: the actor is no auditor.
    """
    _require_auditor(actor)
    with reading() as session:
        rows = session.execute(_query(session, wanted, after).limit(PAGE_SIZE + 1)).all()
        views = _views(session, rows[:PAGE_SIZE])
    return Page(views, views[-1].id if len(rows) > PAGE_SIZE else "")


def _query(session: Session, wanted: Wanted, after: str) -> Select[Any]:
    query = select(*service.COLUMNS).where(*_conditions(session, wanted))
    last = session.get(AuditEvent, after) if after else None
    if last is not None:
        query = query.where(
            tuple_(AuditEvent.at, AuditEvent.id)
            < tuple_(last.at, last.id, types=[AuditEvent.at.type, AuditEvent.id.type])
        )
    return query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.since:
        found.append(AuditEvent.at >= wanted.since)
    if wanted.until:
        found.append(AuditEvent.at < wanted.until)
    if wanted.actor:
        by_name = session.scalar(select(Account.id).where(Account.login == wanted.actor))
        found.append(AuditEvent.actor_id == (by_name or wanted.actor))
    if wanted.action:
        found.append(AuditEvent.action == wanted.action)
    if wanted.subject:
        found.append(AuditEvent.subject_id == wanted.subject)
    return found


def _views(session: Session, rows: Sequence[Row[Any]]) -> list[EventView]:
    ids = {row.actor_id for row in rows}
    roles = [role.value for role in _STAFF]
    staff = set(session.scalars(select(Account.id).where(Account.id.in_(ids), Account.role.in_(roles))))
    names = display_names(session, staff)
    return [EventView(**row._mapping, actor_name=names.get(row.actor_id, "")) for row in rows]


def find_event(actor: Actor, event_id: str) -> tuple[EventView, Place]:
    """Return an event and its place in the chain.

    Raises:
        NotAvailable: there is none, or the actor is no auditor.
    """
    _require_auditor(actor)
    with reading() as session:
        rows = session.execute(select(*service.COLUMNS).where(AuditEvent.id == event_id)).all()
        if not rows:
            raise NotAvailable
        return _views(session, rows)[0], _place(session, rows[0])


def event_about(session: Session, subject_id: str, action: str) -> EventView | None:
    """Return the first event of an action on a subject, for the system's own checks; None where none is."""
    query = select(*service.COLUMNS).where(AuditEvent.subject_id == subject_id, AuditEvent.action == action)
    row = session.execute(query.order_by(AuditEvent.at, AuditEvent.id).limit(1)).first()
    return EventView(**row._mapping) if row else None


def place_of(session: Session, event_id: str) -> Place:
    """Return an event's place in the chain, for the system's own checks."""
    return _place(session, session.execute(select(*service.COLUMNS).where(AuditEvent.id == event_id)).one())


def _place(session: Session, event: Row[Any]) -> Place:
    if event.sequence is None:
        return Place("", None)
    beside = select(AuditEvent.sequence, AuditEvent.id, AuditEvent.chain_hash).where(
        AuditEvent.sequence.in_((event.sequence - 1, event.sequence + 1))
    )
    near = {row.sequence: row for row in session.execute(beside)}
    before, following = near.get(event.sequence - 1), near.get(event.sequence + 1)
    previous = str(before.chain_hash) if before else service.GENESIS
    is_whole = before is not None or event.sequence == 1
    covering = next((c for c in service.read_checkpoints() if c["sequence"] >= event.sequence), None)
    return Place(
        previous_hash=previous,
        is_fitting=is_whole and service.event_hash(previous, event) == event.chain_hash,
        earlier=before.id if before else "",
        later=following.id if following else "",
        checkpoint=covering["sequence"] if covering else 0,
        checkpoint_at=covering["at"] if covering else "",
        is_checkpoint_signed=bool(covering and service.is_signed(covering)),
    )


def export(actor: Actor, wanted: Wanted, file_format: str) -> Iterator[EventView]:
    """Record that the events are handed out, then return them, newest first, a million at most.

    Raises:
        NotAvailable: the actor is no auditor.
    """
    _require_auditor(actor)
    with transaction() as session:
        given = {name: value for name, value in asdict(wanted).items() if value}
        service.record(
            session,
            actor_id=actor.account_id,
            action="audit.exported",
            subject_type="audit_trail",
            subject_id=file_format,
            data={name: one if isinstance(one, str) else clock.isoformat(one) for name, one in given.items()},
        )
    return _parts(wanted)


def _parts(wanted: Wanted) -> Iterator[EventView]:
    after, left = "", MOST_EXPORTED
    while left:
        with reading() as session:
            rows = session.execute(_query(session, wanted, after).limit(min(_PART, left))).all()
            views = _views(session, rows)
        yield from views
        left -= len(views)
        if len(views) < _PART:
            return
        after = views[-1].id
