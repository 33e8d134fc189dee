"""The outbox loses nothing: rows live with their transaction, leases run out, failures are tried again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core import clock, database
from core.database.engine import Database
from core.queue import enqueue, service
from core.queue.models import OutboxJob


def _put(task: str = "t", **payload: Any) -> str:
    with database.transaction() as session:
        return enqueue(session, task, payload)


def _job(job_id: str) -> OutboxJob:
    with database.reading() as session:
        return session.scalars(select(OutboxJob).where(OutboxJob.id == job_id)).one()


def _change(job_id: str, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(OutboxJob).where(OutboxJob.id == job_id).values(**values))


def _collect(into: list[Any]) -> dict[str, Callable[..., Any]]:
    return {"t": lambda **payload: into.append(payload)}


def test_a_job_runs_once(db: Database) -> None:
    seen: list[Any] = []
    job_id = _put(filing_id="f1")
    assert service.drain(_collect(seen)) == 1
    assert service.drain(_collect(seen)) == 0
    assert seen == [{"filing_id": "f1"}]
    assert _job(job_id).state == "done"


def test_a_rolled_back_transaction_leaves_no_job(db: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        enqueue(session, "t", {})
        raise RuntimeError
    assert service.drain(_collect([])) == 0


def test_a_delayed_job_waits(db: Database) -> None:
    with database.transaction() as session:
        enqueue(session, "t", {}, delay_s=60)
    assert service.drain(_collect([])) == 0


def test_a_failing_job_is_tried_again_later_and_does_not_stop_the_others(db: Database) -> None:
    def fail(**_payload: Any) -> None:
        raise ValueError

    seen: list[Any] = []
    bad, _good = _put("bad"), _put("t", n=1)
    service.drain({"bad": fail, **_collect(seen)})
    job = _job(bad)
    assert seen == [{"n": 1}]
    assert (job.state, job.attempts, job.last_error) == ("waiting", 1, "ValueError: ")
    assert job.available_at > clock.now()


def test_a_job_that_never_succeeds_is_kept_as_failed(db: Database) -> None:
    job_id = _put("unknown-task")
    for _ in range(service.MAX_ATTEMPTS):
        _change(job_id, available_at=clock.now())
        service.drain({})
    assert _job(job_id).state == "failed"


def test_a_job_under_a_live_lease_is_left_alone(db: Database) -> None:
    job_id = _put()
    _change(job_id, lease_until=clock.now() + timedelta(seconds=30))
    assert service.drain(_collect([])) == 0


def test_the_job_of_a_dead_worker_is_taken_over_when_its_lease_runs_out(db: Database) -> None:
    seen: list[Any] = []
    job_id = _put(n=2)
    _change(job_id, lease_until=clock.now() - timedelta(seconds=1), attempts=1)
    assert service.drain(_collect(seen)) == 1
    assert seen == [{"n": 2}]
    assert _job(job_id).attempts == 2
