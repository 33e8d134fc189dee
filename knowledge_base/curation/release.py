"""Release: first the regression set on an index that holds the new version, then the version goes live.

1. ``request`` notes who wants which approved version released from which day, and leaves the trial to the
   worker; the command line tries at once.
2. ``try_and_release`` builds an index beside the serving one, puts every question to it, and refuses where a
   question that is led right would be led wrong, or where the version's own questions do not lead to it, the
   one that it brings for the set included.
3. A version that passes is released, brought into the knowledge base, and goes live with the next index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import AssistantError, Conflict, NotAvailable
from core.ids import new_id
from core.queue import enqueue
from knowledge_base.curation import attached, publish, regression, steps
from knowledge_base.curation.content import EntryContent
from knowledge_base.curation.models import CuratedEntry, CuratedVersion, RegressionRun
from knowledge_base.curation.regression import Asked, Trial
from knowledge_base.curation.states import Step
from knowledge_base.embedding.service import get_encoder
from knowledge_base.index.service import live, try_index
from knowledge_base.passages import PassageView, store

log = structlog.get_logger(__name__)
TASK = "knowledge_base.release"
LEASE_S = 1800
WAITING, PASSED, REFUSED, FAILED = "waiting", "passed", "refused", "failed"


@dataclass(frozen=True)
class Outcome:
    """What a trial found."""

    questions: int
    led: int
    broken: list[dict[str, Any]]


def request(
    session: Session, version: CuratedVersion, actor_id: str, effective_from: date, *, is_left: bool
) -> str:
    """Note the wish to release a version; return the run's id.

    Args:
        is_left: whether the worker runs the trial; else the caller does.

    Raises:
        Conflict: a trial of this version is waiting already.
    """
    waiting = select(RegressionRun.id).where(
        RegressionRun.version_id == version.id, RegressionRun.state == WAITING
    )
    if session.scalar(waiting.limit(1)):
        raise Conflict("knowledge_base.curation.being_tried")
    run = RegressionRun(
        id=new_id("run"),
        version_id=version.id,
        version_lock=version.lock,
        effective_from=effective_from,
        requested_by=actor_id,
        requested_at=clock.now(),
        ended_at=None,
        state=WAITING,
        broken=[],
    )
    session.add(run)
    if is_left:
        enqueue(session, TASK, {"run_id": run.id}, lease_s=LEASE_S)
    return run.id


def try_and_release(run_id: str) -> bool:
    """Run the trial that was asked for, and release where it passes; return whether it did.

    Raises:
        NotAvailable: there is no such run.
    """
    with reading() as session:
        run = session.get(RegressionRun, run_id)
        if run is None:
            raise NotAvailable
        if run.state != WAITING:
            return run.state == PASSED
        version = session.get_one(CuratedVersion, run.version_id)
        entry = session.get_one(CuratedEntry, version.entry_id)
        content, key, day = EntryContent.of(version.content), entry.key, run.effective_from
        passages, added = store.indexed_passages(session), regression.added(session)
        brought = attached.question_of(session, entry.id)
    try:
        outcome = _try(key, content, max(day, clock.today()), passages, added, brought)
    except AssistantError as error:
        log.error("curation.trial_failed", run=run_id, code=error.code)
        _end(run_id, FAILED, problem=error.code)
        return False
    if outcome.broken:
        _end(run_id, REFUSED, outcome)
        return False
    return _release(run_id, outcome)


def _try(
    key: str,
    content: EntryContent,
    day: date,
    passages: Sequence[PassageView],
    added: Sequence[Asked],
    brought: Asked | None,
) -> Outcome:
    changed = [
        *(p for p in passages if p.kind != "faq" or p.data.get("id") != key),
        *_views(key, content, day),
    ]
    before = Trial(live().get(), passages, day)
    after = Trial(try_index(changed, get_encoder()), changed, day)
    own = {*regression.of_entries(changed, key), *([brought] if brought else ())}
    asked = list(dict.fromkeys([*own, *regression.of_entries(changed), *added]))
    broken, led = [], 0
    for one in asked:
        now = after.leads_to(one)
        if regression.is_met(one, now):
            led += 1
            continue
        earlier = before.leads_to(one)
        if one in own or regression.is_met(one, earlier):
            broken.append(_told(one, earlier, now))
    return Outcome(len(asked), led, broken)


def _told(asked: Asked, before: str, after: str) -> dict[str, Any]:
    return {
        "text": asked.text,
        "language": asked.language,
        "expected": asked.expected,
        "is_negative": asked.is_negative,
        "before": before,
        "after": after,
    }


def _views(key: str, content: EntryContent, day: date) -> list[PassageView]:
    parsed = publish.document(key, content, day)
    return [
        PassageView(
            id=f"trial-{one.language}",
            document_id="trial",
            version_id="trial",
            kind="faq",
            title=key,
            level="other",
            status="current",
            sha256="trial",
            text=one.text,
            language=one.language,
            heading=one.title,
            in_force_from=day,
            basis=one.basis,
            service_item_code=one.service_item_code,
            search_texts=one.search_texts,
            data=dict(one.data),
        )
        for one in parsed.passages
    ]


def _end(run_id: str, state: str, outcome: Outcome | None = None, *, problem: str = "") -> None:
    with transaction() as session:
        _close(session.get_one(RegressionRun, run_id), state, outcome, problem)


def _close(run: RegressionRun, state: str, outcome: Outcome | None, problem: str = "") -> None:
    run.state, run.ended_at, run.problem = state, clock.now(), problem
    if outcome:
        run.questions, run.led, run.broken = outcome.questions, outcome.led, outcome.broken


def _release(run_id: str, outcome: Outcome) -> bool:
    with transaction() as session:
        run = session.get_one(RegressionRun, run_id)
        version = session.get_one(CuratedVersion, run.version_id)
        if version.lock != run.version_lock:
            _close(run, FAILED, outcome, "knowledge_base.curation.changed_meanwhile")
            return False
        entry = session.get_one(CuratedEntry, version.entry_id)
        version.effective_from = max(run.effective_from, clock.today())
        steps.move(session, entry, version, run.requested_by, Step.RELEASE)
        publish.publish(session, entry, version)
        attached.join_set(session, entry.id)
        enqueue(session, "knowledge_base.build_index", {}, lease_s=LEASE_S)
        _close(run, PASSED, outcome)
    return True


def try_all() -> Outcome:
    """Put the whole set to the serving index; ``broken`` are the questions that are led wrong now."""
    with reading() as session:
        passages, added = store.indexed_passages(session), regression.added(session)
    trial = Trial(live().get(), passages, clock.today())
    asked = list(dict.fromkeys([*regression.of_entries(passages), *added]))
    led_to = [(one, trial.leads_to(one)) for one in asked]
    broken = [_told(one, found, found) for one, found in led_to if not regression.is_met(one, found)]
    return Outcome(len(asked), len(asked) - len(broken), broken)
