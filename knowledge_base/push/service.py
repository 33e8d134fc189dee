"""Pushes of policies: written by one person, reviewed by another, sent on a day.

1. ``create`` and ``edit`` keep the words (both languages), the topic, the condition. A draft may be
   unfinished.
2. ``problems`` tells what is missing, where the condition is broken, and whether it can never hold or holds
   for all. ``submit`` refuses a draft with errors.
3. ``approve`` or ``send_back``: by another person than everyone who wrote a word of it.
   An approved condition stands in the register of models (``registering``); one that was changed past it
   tells nobody.
4. ``schedule`` names the day; ``due`` are those whose day has come, ``mark_sent`` ends one. ``cancel`` ends
   one that was not sent.
5. ``keep_count`` notes what a dry run counted; an edit of the condition forgets it. ``doubtful`` lists open
   pushes whose condition can never hold, holds for all, or met nobody or everybody in the dry run.

Who is told is found above, where profiles of enterprises are at hand; what a condition may speak of comes
as a ``Schema``. Every step is kept with who, when and why, and stands in the audit trail.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from knowledge_base.curation.content import clean
from knowledge_base.push import drafting, registering
from knowledge_base.push.drafting import PushContent, PushProblem
from knowledge_base.push.models import PolicyPush, PushEvent
from knowledge_base.push.requirements import Requirement, requirements_of
from knowledge_base.push.schema import Schema
from knowledge_base.push.states import NEEDS_REASON, TRANSITIONS, State, Step, next_state
from knowledge_base.push.tagging import require_editor
from knowledge_base.push.views import PushLine, PushView, line_of, view_of

ENDED = (State.SENT.value, State.CANCELLED.value)


@contextmanager
def _writing() -> Iterator[Session]:
    try:
        with transaction() as session:
            yield session
    except StaleDataError as error:
        raise Conflict("push.changed_meanwhile") from error


def list_pushes(actor: Actor, *, state: State | None = None) -> list[PushLine]:
    """Return the pushes, the latest change first.

    Raises:
        NotAvailable: the actor is no editor.
    """
    require_editor(actor)
    query = select(PolicyPush).order_by(PolicyPush.updated_at.desc()).limit(300)
    with reading() as session:
        rows = session.scalars(query.where(PolicyPush.state == state.value) if state else query)
        return [line_of(row) for row in rows]


def get_push(actor: Actor, push_id: str) -> PushView:
    """Return a push with its history and the steps that the actor may take.

    Raises:
        NotAvailable: there is none, or the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        row = _row(session, push_id)
        events = session.scalars(
            select(PushEvent).where(PushEvent.push_id == row.id).order_by(PushEvent.at, PushEvent.id)
        )
        return view_of(session, row, list(events), _steps(row, actor))


def _steps(row: PolicyPush, actor: Actor) -> tuple[Step, ...]:
    wrote = actor.account_id in (*row.editors, row.submitted_by)
    return tuple(
        step
        for (state, step) in TRANSITIONS
        if state.value == row.state and step is not Step.SEND and not (step is Step.APPROVE and wrote)
    )


def problems(content: PushContent, schema: Schema) -> list[PushProblem]:
    """Return what is wrong with a push, errors first."""
    with reading() as session:
        return drafting.problems(session, content, schema)


def create(actor: Actor, fields: Mapping[str, Any]) -> str:
    """Open a draft; return its id.

    Raises:
        NotAvailable: the actor is no editor.
        InvalidInput: it has no words at all.
    """
    require_editor(actor)
    content = PushContent.of(fields)
    if not any((*content.title.values(), *content.text.values())):
        raise InvalidInput("push.empty")
    with _writing() as session:
        row = PolicyPush(
            id=new_id("push"),
            state=State.DRAFT.value,
            send_on=None,
            editors=[actor.account_id],
            audience=None,
            population=None,
            created_at=clock.now(),
            updated_at=clock.now(),
            sent_at=None,
        )
        drafting.fill(row, content)
        session.add(row)
        session.flush()
        _note(session, row, actor.account_id, Step.EDIT)
        return row.id


def edit(actor: Actor, push_id: str, fields: Mapping[str, Any], *, lock: int) -> None:
    """Write a draft.

    Raises:
        NotAvailable: absent, or the actor is no editor.
        Conflict: it is no draft, or was changed meanwhile.
    """
    content = PushContent.of(fields)
    with _writing() as session:
        row = _taken(session, actor, push_id, Step.EDIT, lock)
        if content.condition != row.condition:
            row.audience = row.population = None
        drafting.fill(row, content)
        row.editors = list(dict.fromkeys([*row.editors, actor.account_id]))
        _move(session, row, actor.account_id, Step.EDIT)


def submit(actor: Actor, push_id: str, schema: Schema, *, lock: int) -> None:
    """Hand a draft in for review.

    Raises:
        InvalidInput: it has errors; the first is named.
    """
    with _writing() as session:
        row = _taken(session, actor, push_id, Step.SUBMIT, lock)
        _refuse_errors(session, row, schema)
        row.submitted_by = actor.account_id
        _move(session, row, actor.account_id, Step.SUBMIT)


def approve(actor: Actor, push_id: str, schema: Schema, *, lock: int) -> None:
    """Approve what others wrote.

    Raises:
        Conflict: the actor wrote a part of it, or nobody has counted its audience yet.
        InvalidInput: it has errors by now.
    """
    with _writing() as session:
        row = _taken(session, actor, push_id, Step.APPROVE, lock)
        if actor.account_id in (*row.editors, row.submitted_by):
            raise Conflict("push.second_person")
        if row.audience is None:
            raise Conflict("push.not_counted")
        _refuse_errors(session, row, schema)
        row.approved_by = actor.account_id
        registering.enter(session, row)
        _move(session, row, actor.account_id, Step.APPROVE)


def schedule(actor: Actor, push_id: str, *, lock: int, send_on: date) -> None:
    """Let an approved push be sent on a day.

    Raises:
        InvalidInput: the day is past.
    """
    if send_on < clock.today():
        raise InvalidInput("push.too_early", date=clock.today().isoformat())
    with _writing() as session:
        row = _taken(session, actor, push_id, Step.SCHEDULE, lock)
        row.send_on = send_on
        _move(session, row, actor.account_id, Step.SCHEDULE)


def send_back(actor: Actor, push_id: str, *, lock: int, reason: str) -> None:
    """Give a push back to its writers, with the reason."""
    _end(actor, push_id, Step.SEND_BACK, lock, reason)


def cancel(actor: Actor, push_id: str, *, lock: int, reason: str) -> None:
    """End a push that was not sent, with the reason."""
    _end(actor, push_id, Step.CANCEL, lock, reason)


def _end(actor: Actor, push_id: str, step: Step, lock: int, reason: str) -> None:
    words = clean(reason)[:500]
    if step in NEEDS_REASON and not words:
        raise InvalidInput("push.reason_missing")
    with _writing() as session:
        row = _taken(session, actor, push_id, step, lock)
        registering.withdraw(session, row, actor.account_id)
        if step is Step.SEND_BACK:
            row.submitted_by = row.approved_by = ""
        _move(session, row, actor.account_id, step, words)


def keep_count(push_id: str, condition: str, *, audience: int, population: int) -> None:
    """Note what a dry run counted, unless the condition has changed meanwhile."""
    mine = (PolicyPush.id == push_id, PolicyPush.condition == condition, PolicyPush.state.not_in(ENDED))
    with transaction() as session:  # past the lock: who edits meanwhile is not disturbed by a count
        session.execute(update(PolicyPush).where(*mine).values(audience=audience, population=population))


def due() -> list[str]:
    """Return the scheduled pushes whose day has come, the earliest first."""
    wanted = select(PolicyPush.id).where(
        PolicyPush.state == State.SCHEDULED.value, PolicyPush.send_on <= clock.today()
    )
    with reading() as session:
        return list(session.scalars(wanted.order_by(PolicyPush.send_on, PolicyPush.id)))


def sendable(session: Session, push_id: str) -> PolicyPush | None:
    """Return a push whose day has come and whose condition is the approved one, None for any other."""
    row = session.get(PolicyPush, push_id)
    is_due = row is not None and row.send_on is not None and row.send_on <= clock.today()
    if row is None or not is_due or row.state != State.SCHEDULED.value:
        return None
    return row if registering.is_released(session, row) else None


def mark_sent(push_id: str, *, told: int, population: int) -> bool:
    """Note that everybody was told; return whether it was noted now."""
    with _writing() as session:
        row = sendable(session, push_id)
        if row is None:
            return False
        row.sent_at, row.audience, row.population = clock.now(), told, population
        registering.withdraw(session, row, "system")
        _move(session, row, "system", Step.SEND, data={"told": told, "population": population})
        return True


def doubtful(actor: Actor, schema: Schema) -> list[tuple[PushLine, PushProblem]]:
    """Return open pushes whose condition can never hold, holds for all, or met nobody or everybody.

    Raises:
        NotAvailable: the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        rows = session.scalars(select(PolicyPush).where(PolicyPush.state.not_in(ENDED)))
        return [
            (line_of(row), found)
            for row in rows
            for found in drafting.doubts(row.condition, schema, row.audience, row.population)
        ]


def demands(push_id: str) -> list[Requirement]:
    """Return what the policy that a push rests on demands, the soonest day first."""
    with reading() as session:
        row = session.get(PolicyPush, push_id)
        return requirements_of(session, row.document_id) if row is not None and row.document_id else []


def _refuse_errors(session: Session, row: PolicyPush, schema: Schema) -> None:
    for problem in drafting.problems(session, PushContent.of_row(row), schema):
        if problem.is_error:
            raise InvalidInput(problem.code, fields=None, **problem.params)


def _row(session: Session, push_id: str) -> PolicyPush:
    found = session.get(PolicyPush, push_id)
    if found is None:
        raise NotAvailable
    return found


def _taken(session: Session, actor: Actor, push_id: str, step: Step, lock: int) -> PolicyPush:
    require_editor(actor)
    row = _row(session, push_id)
    next_state(State(row.state), step)
    if row.lock != lock:
        raise Conflict("push.changed_meanwhile")
    return row


def _move(
    session: Session,
    row: PolicyPush,
    actor_id: str,
    step: Step,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    row.state, row.updated_at = next_state(State(row.state), step).value, clock.now()
    _note(session, row, actor_id, step, reason, data)


def _note(
    session: Session,
    row: PolicyPush,
    actor_id: str,
    step: Step,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    event = PushEvent(
        id=new_id("pue"), push_id=row.id, at=clock.now(), actor_id=actor_id, step=step.value, reason=reason
    )
    session.add(event)
    record(
        session,
        actor_id=actor_id,
        action=f"push.{step.value}",
        subject_type="policy_push",
        subject_id=row.id,
        data={"state": row.state, **(data or {})},
    )
