"""Transactions on a real SQLite file."""

import threading
import time

import pytest
from sqlalchemy import select

from core import database
from core.audit.models import AuditEvent
from core.audit.service import record
from core.database.engine import PATIENCE_S, Database


def _add(session: object, subject: str) -> None:
    record(session, actor_id="a", action="test", subject_type="t", subject_id=subject)  # type: ignore[arg-type]


def _subjects() -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.subject_id).order_by(AuditEvent.subject_id)))


def test_a_failing_unit_of_work_leaves_nothing_and_runs_no_hook(db: Database) -> None:
    ran: list[str] = []
    with pytest.raises(RuntimeError), database.transaction() as session:
        _add(session, "lost")
        database.after_commit(session, lambda: ran.append("hook"))
        raise RuntimeError
    assert _subjects() == []
    assert ran == []


def test_hooks_run_once_the_rows_can_be_read(db: Database) -> None:
    seen: list[list[str]] = []
    with database.transaction() as session:
        _add(session, "kept")
        database.after_commit(session, lambda: seen.append(_subjects()))
    assert seen == [["kept"]]


def test_writers_queue_instead_of_failing(db: Database) -> None:
    def write(number: int) -> None:
        for step in range(10):
            with database.transaction() as session:
                session.scalars(select(AuditEvent)).all()
                _add(session, f"{number}-{step}")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_subjects()) == 40


def test_many_threads_with_a_unit_of_work_inside_another_do_not_wait_for_each_other(db: Database) -> None:
    def write(number: int) -> None:
        with database.transaction() as session:
            _add(session, f"{number}")
            _subjects()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(100)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_subjects()) == 100
    assert time.monotonic() - began < PATIENCE_S


def test_a_reader_does_not_wait_for_a_writer(db: Database) -> None:
    with database.transaction() as session:
        _add(session, "open")
        session.flush()
        assert _subjects() == []


def test_naive_moments_are_refused(db: Database) -> None:
    from datetime import datetime

    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError, match="naive"), database.transaction() as session:
        event = AuditEvent(
            id="x", at=datetime(2026, 1, 1), actor_id="", action="", subject_type="", subject_id="", data={}
        )
        session.add(event)
