"""The worker is killed while jobs wait or run: every job is done in the end, none is lost."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from core import database
from core.database import reading, transaction
from core.database.engine import Database
from core.queue import enqueue
from core.queue.models import OutboxJob
from web.supervisor.stack import Stack

from .person import wait_until

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]
TASK = "core.audit.seal"


@pytest.fixture
def jobs(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process writes into the installation's database, as its web process would."""
    monkeypatch.setattr("core.queue.service.wake_worker", lambda: None)
    monkeypatch.setattr("core.database.engine._current", None)
    opened = database.use(Database(f"sqlite:///{stack.home / 'database.sqlite3'}"))
    yield
    opened.dispose()


def write_jobs(count: int, lease_s: int = 120) -> list[str]:
    with transaction() as session:
        return [enqueue(session, TASK, {}, lease_s=lease_s) for _ in range(count)]


def done(ids: list[str]) -> int:
    with reading() as session:
        query = select(func.count()).where(OutboxJob.id.in_(ids), OutboxJob.state == "done")
        return session.scalar(query) or 0


@pytest.mark.usefixtures("jobs")
def test_jobs_written_while_the_worker_is_dead_are_done_once_it_is_back(stack: Stack) -> None:
    killed = stack.kill("worker")
    ids = write_jobs(40)
    stack.wait_for_restart("worker", killed)
    assert wait_until(lambda: done(ids) == 40, 60)


@pytest.mark.usefixtures("jobs")
def test_a_worker_killed_again_and_again_loses_no_job(stack: Stack) -> None:
    ids: list[str] = []
    for _ in range(3):
        ids += write_jobs(20, lease_s=5)
        killed = stack.kill("worker")
        stack.wait_for_restart("worker", killed)
    assert wait_until(lambda: done(ids) == 60, 120)
