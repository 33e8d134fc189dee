"""The outbox.

1. ``enqueue`` writes a row in the caller's transaction and, after commit, sends a wake-up.
2. A worker's ``drain`` claims due rows one at a time under a lease and runs the named Celery task inline.
3. A worker that dies leaves a lease that runs out; the periodic drain takes the row again.
4. A failing job is tried again with growing pauses, ``MAX_ATTEMPTS`` times, then kept as ``failed``.

Handlers run at least once, so each is idempotent by its ids.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core import clock
from core.database import after_commit, transaction
from core.ids import new_id
from core.privacy.service import Destination, mask_data
from core.queue.models import OutboxJob

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
Handler = Callable[..., Any]


def enqueue(
    session: Session,
    task: str,
    payload: dict[str, Any],
    *,
    delay_s: float = 0,
    lease_s: int = 120,
    wakes: bool = True,
) -> str:
    """Write a job in the caller's transaction.

    Args:
        session: the caller's open transaction.
        task: the Celery task's name, such as ``forms.render_document``.
        payload: JSON keyword arguments: ids, never values a person typed; such a value would be masked.
        delay_s: earliest start, in seconds from now.
        lease_s: how long one attempt may take before another worker may claim the job.
        wakes: whether a worker is woken; of thousands of jobs at once none need be, they are found anyway.

    Returns:
        The job's id.
    """
    moment = clock.now()
    job = OutboxJob(
        id=new_id("job"),
        task=task,
        payload=mask_data(payload, Destination.QUEUE),
        state="waiting",
        created_at=moment,
        available_at=moment + timedelta(seconds=delay_s),
        lease_s=lease_s,
        attempts=0,
    )
    session.add(job)
    if wakes:
        after_commit(session, wake_worker)
    return job.id


def wake_worker() -> None:
    """Tell a worker that there is work; a lost wake-up only costs the poll interval."""
    from core.queue.app import app

    try:
        app.send_task("core.queue.drain", retry=False)
    except Exception as error:  # noqa: BLE001 - boundary: the broker is a hint, the row is the truth
        log.warning("queue.wake_failed", error=type(error).__name__)


def drain(handlers: dict[str, Handler], limit: int = 50) -> int:
    """Run due jobs until none is left or ``limit`` is reached; return how many were run."""
    done = 0
    while done < limit:
        job = _claim()
        if job is None:
            break
        _run(job, handlers)
        done += 1
    return done


def _claim() -> OutboxJob | None:
    moment = clock.now()
    due = (
        OutboxJob.state == "waiting",
        OutboxJob.available_at <= moment,
        or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until < moment),
    )
    with transaction() as session:
        query = select(OutboxJob).where(*due).order_by(OutboxJob.available_at).limit(1)
        job = session.scalars(query.with_for_update(skip_locked=True)).first()
        if job is None:
            return None
        job.lease_until = moment + timedelta(seconds=job.lease_s)
        job.attempts += 1
        return job


def _run(job: OutboxJob, handlers: dict[str, Handler]) -> None:
    try:
        handlers[job.task](**job.payload)
    except Exception as error:
        log.warning("queue.job_failed", task=job.task, job=job.id, attempt=job.attempts, exc_info=error)
        _finish(job, error)
    else:
        _finish(job, None)


def _finish(job: OutboxJob, error: Exception | None) -> None:
    moment = clock.now()
    values: dict[str, Any] = {"lease_until": None}
    if error is None:
        values |= {"state": "done", "done_at": moment, "last_error": None}
    else:
        pause_s = min(2**job.attempts, 300)
        failed = job.attempts >= MAX_ATTEMPTS
        values |= {
            "state": "failed" if failed else "waiting",
            "available_at": moment + timedelta(seconds=pause_s),
            "last_error": f"{type(error).__name__}: {getattr(error, 'code', '')}"[:500],
        }
    with transaction() as session:
        session.execute(update(OutboxJob).where(OutboxJob.id == job.id).values(**values))
