"""Recall: after a release the answers given are asked again, and those that changed are told of.

1. ``request`` opens a run over the latest answer to each question of the last year, at most ten thousand,
   once for each snapshot of the index; a run that is still going on gives way.
2. ``work`` asks a part of them again, at the lowest priority, and leaves the rest to the next job, so that
   neither the chat nor other jobs wait. What leans on an earlier talk cannot be asked alone: of such an
   answer the cited provisions are held against today's words.
3. Editors see what changed (``list_changed``) and ``confirm`` it, so that whoever got the old answer is told,
   or ``dismiss`` it with a reason.
4. ``untold`` names the conversations to tell, ``mark_told`` that one was told; the telling stands above.
"""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import AssistantError, Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from core.queue import enqueue
from knowledge_base.curation.content import clean
from knowledge_base.curation.states import EDITORS
from knowledge_base.models import AnswerTrace
from knowledge_base.recall.comparing import (
    WORDS,
    again,
    changed_words,
    cited_before_hashes,
    compare,
    is_askable,
    words_of,
)
from knowledge_base.recall.models import RecalledAnswer, RecallRun, RecallTelling

log = structlog.get_logger(__name__)
TASK = "knowledge_base.recall"
LEASE_S = 600
PART = 200
AT_ONCE = 50
MOST = 10_000
REACH = timedelta(days=365)
NICENESS = 10
WAITING, RUNNING, DONE, SUPERSEDED = "waiting", "running", "done", "superseded"
PENDING, SAME, FAILED, CHANGED, CONFIRMED, DISMISSED = (
    "pending",
    "same",
    "failed",
    "changed",
    "confirmed",
    "dismissed",
)


@dataclass(frozen=True)
class RunView:
    """A run in figures."""

    id: str
    asked_at: datetime
    ended_at: datetime | None
    state: str
    total: int
    left: int
    changed: int
    failed: int


@dataclass(frozen=True)
class ChangedAnswer:
    """An answer that would be another today."""

    id: str
    trace_id: str
    question: str
    locale: str
    answered_at: datetime
    kinds: list[str]
    before: list[dict[str, Any]]
    before_status: str
    after: dict[str, Any]
    state: str


def request(snapshot_id: str) -> str:
    """Open a run for a snapshot; return its id, "" where there is one already or nothing to ask again.

    The answers are chosen before anything is written, so that other writers do not wait for that.
    """
    asked_at = clock.now()
    with reading() as session:
        ids = _latest(session, asked_at)
    if not ids:
        return ""
    with transaction() as session:
        if session.scalar(select(RecallRun.id).where(RecallRun.snapshot_id == snapshot_id).limit(1)):
            return ""
        going_on = RecallRun.state.in_((WAITING, RUNNING))
        session.execute(update(RecallRun).where(going_on).values(state=SUPERSEDED))
        _forget(session)
        run = RecallRun(
            id=new_id("rcl"),
            snapshot_id=snapshot_id,
            asked_at=asked_at,
            ended_at=None,
            state=WAITING,
            total=len(ids),
        )
        session.add(run)
        session.flush()
        rows: list[dict[str, Any]] = [{"trace_id": one, "run_id": run.id, "state": PENDING} for one in ids]
        made: list[dict[str, Any]] = [
            {**row, "id": new_id("rca"), "kinds": [], "after": {}, "decided_at": None} for row in rows
        ]
        session.execute(insert(RecalledAnswer), made)
        enqueue(session, TASK, {"run_id": run.id}, lease_s=LEASE_S)
        return run.id


def _forget(session: Session) -> None:
    """Drop what earlier runs found and nobody decided on: the new run finds it again where it still is so."""
    dull = (PENDING, SAME, FAILED, CHANGED)
    session.execute(delete(RecalledAnswer).where(RecalledAnswer.state.in_(dull)))


def _latest(session: Session, until: datetime) -> list[str]:
    """Return the latest answered trace of each question, the newest first."""
    row = AnswerTrace
    newest = (
        select(row.question_hmac, row.locale, func.max(row.answered_at).label("at"))
        .where(row.status.startswith("answered"), row.answered_at.between(until - REACH, until))
        .group_by(row.question_hmac, row.locale)
        .order_by(func.max(row.answered_at).desc())
        .limit(MOST)
        .subquery()
    )
    query = (
        select(func.min(row.id))
        .join(
            newest,
            (newest.c.question_hmac == row.question_hmac)
            & (newest.c.locale == row.locale)
            & (newest.c.at == row.answered_at),
        )
        .group_by(row.question_hmac, row.locale)
    )
    return list(session.scalars(query))


def work(run_id: str) -> int:
    """Ask a part of a run's answers again, leave the rest to the next job; return how many were looked at."""
    with transaction() as session:
        run = session.get(RecallRun, run_id)
        if run is None or run.state not in (WAITING, RUNNING):
            return 0
        run.state = RUNNING
        query = select(RecalledAnswer.id).where(
            RecalledAnswer.run_id == run_id, RecalledAnswer.state == PENDING
        )
        part = list(session.scalars(query.order_by(RecalledAnswer.id).limit(PART)))
    started = time.perf_counter()
    _kindly(part)
    _close(run_id, time.perf_counter() - started)
    return len(part)


def _kindly(part: Sequence[str]) -> None:
    """Work in a thread of low priority: Linux counts it by thread, and this one ends with its part."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
            for start in range(0, len(part), AT_ONCE):
                _look_at(part[start : start + AT_ONCE])
        except BaseException as error:  # noqa: BLE001 - handed on to the job, whose thread this is not
            failures.append(error)

    thread = threading.Thread(target=run, name="recall")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def _look_at(recalled_ids: Sequence[str]) -> None:
    """Ask some answers again; what was found is written in one piece."""
    with reading() as session:
        query = select(RecalledAnswer.id, AnswerTrace).join(
            AnswerTrace, AnswerTrace.id == RecalledAnswer.trace_id
        )
        wanted = query.where(RecalledAnswer.id.in_(recalled_ids), RecalledAnswer.state == PENDING)
        traces = {recalled_id: trace for recalled_id, trace in session.execute(wanted)}
        old = words_of(session, [one for trace in traces.values() for one in cited_before_hashes(trace)])
    found = {recalled_id: _found(trace, old) for recalled_id, trace in traces.items()}
    with transaction() as session:
        rows = session.scalars(select(RecalledAnswer).where(RecalledAnswer.id.in_(recalled_ids)))
        for row in rows:  # fewer where a later release has begun a run of its own
            kinds, after, state = found.get(row.id, ([], {}, row.state))
            if state == CHANGED and _is_known(session, row.trace_id, after):
                kinds, after, state = [], {}, SAME
            row.kinds, row.after, row.state = kinds, after, state


def _is_known(session: Session, trace_id: str, after: dict[str, Any]) -> bool:
    """Whether an editor decided on this very change before."""
    query = select(RecalledAnswer.after).where(
        RecalledAnswer.trace_id == trace_id, RecalledAnswer.state.in_((CONFIRMED, DISMISSED))
    )
    return any(
        (one.get("text"), one.get("words")) == (after.get("text"), after.get("words"))
        for one in session.scalars(query)
    )


def _found(trace: AnswerTrace, old: dict[str, str]) -> tuple[list[str], dict[str, Any], str]:
    if not is_askable(trace):
        with reading() as session:
            words = changed_words(session, trace)
        return ([WORDS], {"words": words}, CHANGED) if words else ([], {}, SAME)
    try:
        now = again(trace)
    except AssistantError as error:
        log.warning("recall.not_asked", trace=trace.id, code=error.code)
        return [], {}, FAILED
    if now.status.value.startswith("error"):
        return [], {}, FAILED
    kinds = compare(trace, now, old)
    if not kinds:
        return [], {}, SAME
    after = {
        "status": now.status.value,
        "text": now.text,
        "blocks": now.blocks,
        "citations": [one.to_json() for one in now.citations],
    }
    return kinds, after, CHANGED


def _close(run_id: str, busy_s: float) -> None:
    """Count what was found; go on with the next part, or end the run."""
    with transaction() as session:
        run = session.get_one(RecallRun, run_id, with_for_update=True)
        counted = select(RecalledAnswer.state, func.count()).where(RecalledAnswer.run_id == run_id)
        counts = {state: number for state, number in session.execute(counted.group_by(RecalledAnswer.state))}
        run.changed, run.failed = counts.get(CHANGED, 0), counts.get(FAILED, 0)
        run.busy_s += busy_s
        if run.state != RUNNING:
            return
        if counts.get(PENDING, 0):
            enqueue(session, TASK, {"run_id": run_id}, lease_s=LEASE_S)
            return
        run.state, run.ended_at = DONE, clock.now()
        record(
            session,
            actor_id="system",
            action="recall.done",
            subject_type="recall_run",
            subject_id=run.id,
            data={"total": run.total, "changed": run.changed, "failed": run.failed},
        )
        log.info("recall.done", run=run.id, total=run.total, changed=run.changed, busy_s=round(run.busy_s, 1))


def _require_editor(actor: Actor) -> None:
    if actor.role not in EDITORS:
        raise NotAvailable


def latest_run(actor: Actor) -> RunView | None:
    """Return the last run in figures.

    Raises:
        NotAvailable: the actor is no editor.
    """
    _require_editor(actor)
    with reading() as session:
        run = session.scalars(select(RecallRun).order_by(RecallRun.asked_at.desc()).limit(1)).first()
        if run is None:
            return None
        pending = select(func.count()).where(RecalledAnswer.run_id == run.id, RecalledAnswer.state == PENDING)
        left = session.scalar(pending) or 0
        return RunView(
            run.id, run.asked_at, run.ended_at, run.state, run.total, left, run.changed, run.failed
        )


def list_changed(actor: Actor, *, state: str = CHANGED, limit: int = 200) -> list[ChangedAnswer]:
    """Return answers that changed, those given last first.

    Raises:
        NotAvailable: the actor is no editor.
    """
    _require_editor(actor)
    query = (
        select(RecalledAnswer, AnswerTrace)
        .join(AnswerTrace, AnswerTrace.id == RecalledAnswer.trace_id)
        .where(RecalledAnswer.state == state)
        .order_by(AnswerTrace.answered_at.desc(), RecalledAnswer.id)
        .limit(limit)
    )
    with reading() as session:
        return [
            ChangedAnswer(
                id=row.id,
                trace_id=trace.id,
                question=trace.question,
                locale=trace.locale,
                answered_at=trace.answered_at,
                kinds=list(row.kinds),
                before=list(trace.citations),
                before_status=trace.status,
                after=dict(row.after),
                state=row.state,
            )
            for row, trace in session.execute(query)
        ]


def confirm(actor: Actor, recalled_id: str) -> int:
    """Take a change for real: whoever got the old answer is told; return how many conversations are.

    Raises:
        NotAvailable: there is none, or the actor is no editor.
        Conflict: somebody decided on it before.
    """
    with transaction() as session:
        row, trace = _undecided(session, actor, recalled_id)
        got = select(AnswerTrace.conversation_id, func.max(AnswerTrace.id)).where(
            AnswerTrace.question_hmac == trace.question_hmac,
            AnswerTrace.locale == trace.locale,
            AnswerTrace.conversation_id != "",
            AnswerTrace.status.startswith("answered"),
            AnswerTrace.answered_at.between(trace.answered_at - REACH, trace.answered_at),
        )
        found = session.execute(got.group_by(AnswerTrace.conversation_id)).all()
        session.add_all(
            RecallTelling(recalled_id=row.id, conversation_id=one, trace_id=by, told_at=None)
            for one, by in found
        )
        _decide(session, row, actor, CONFIRMED, conversations=len(found))
        return len(found)


def dismiss(actor: Actor, recalled_id: str, reason: str) -> None:
    """Let a change go: the old answer still stands.

    Raises:
        NotAvailable: there is none, or the actor is no editor.
        InvalidInput: no reason is given.
        Conflict: somebody decided on it before.
    """
    words = clean(reason)[:500]
    if not words:
        raise InvalidInput("knowledge_base.recall.reason_missing")
    with transaction() as session:
        row, _ = _undecided(session, actor, recalled_id)
        row.reason = words
        _decide(session, row, actor, DISMISSED)


def _undecided(session: Session, actor: Actor, recalled_id: str) -> tuple[RecalledAnswer, AnswerTrace]:
    _require_editor(actor)
    row = session.get(RecalledAnswer, recalled_id, with_for_update=True)
    if row is None or row.state not in (CHANGED, CONFIRMED, DISMISSED):
        raise NotAvailable
    if row.state != CHANGED:
        raise Conflict("knowledge_base.recall.decided")
    return row, session.get_one(AnswerTrace, row.trace_id)


def _decide(session: Session, row: RecalledAnswer, actor: Actor, state: str, **data: object) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.account_id, clock.now()
    record(
        session,
        actor_id=actor.account_id,
        action=f"recall.{state}",
        subject_type="recalled_answer",
        subject_id=row.id,
        data={"trace_id": row.trace_id, **data},
    )


@dataclass(frozen=True)
class Untold:
    """A conversation that got an answer which is another today."""

    recalled_id: str
    conversation_id: str


def untold(limit: int = 500) -> list[Untold]:
    """Return the conversations that have to be told."""
    query = select(RecallTelling.recalled_id, RecallTelling.conversation_id).where(
        RecallTelling.told_at.is_(None)
    )
    with reading() as session:
        return [Untold(one, by) for one, by in session.execute(query.limit(limit))]


def mark_told(session: Session, one: Untold) -> tuple[str, list[dict[str, Any]]] | None:
    """Note in the caller's transaction that a conversation is told; return its question and today's answer.

    The caller holds the conversation, so that of two processes one comes second and gets None.
    """
    row = session.get(
        RecallTelling, (one.recalled_id, one.conversation_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.told_at is not None:
        return None
    row.told_at = clock.now()
    recalled = session.get_one(RecalledAnswer, one.recalled_id)
    trace = session.get_one(AnswerTrace, recalled.trace_id)
    is_answered = str(recalled.after.get("status", "")).startswith("answered")
    return trace.question, list(recalled.after.get("blocks", ())) if is_answered else []
