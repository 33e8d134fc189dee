"""The audit trail finds what was changed, removed, cut off or stamped anew."""

import json

import pytest
from sqlalchemy import delete, update

from core import database
from core.audit import service
from core.audit.models import AuditEvent
from core.database.engine import Database


def _record(count: int) -> None:
    with database.transaction() as session:
        for number in range(count):
            service.record(
                session,
                actor_id="acct_1",
                action="filing.submitted",
                subject_type="filing",
                subject_id=str(number),
                data={"version": number},
            )


@pytest.fixture
def trail(db: Database) -> None:
    _record(5)
    assert service.seal() == 5
    assert service.checkpoint() == 5


def test_an_untouched_trail_is_whole(trail: None) -> None:
    result = service.verify()
    assert result.is_whole
    assert (result.events, result.unsealed, result.checkpoints) == (5, 0, 1)


def test_sealing_goes_on_where_it_stopped(trail: None) -> None:
    _record(2)
    assert service.verify().unsealed == 2
    assert service.seal() == 2
    assert service.verify().events == 7


def test_a_changed_event_is_found(trail: None) -> None:
    with database.transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.sequence == 3).values(actor_id="acct_2"))
    result = service.verify()
    assert (result.problem, result.sequence) == ("core.audit_event_changed", 3)


def test_a_removed_event_is_found(trail: None) -> None:
    with database.transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.sequence == 2))
    assert service.verify().problem == "core.audit_event_missing"


def test_a_truncated_tail_is_found_by_the_checkpoint(trail: None) -> None:
    with database.transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.sequence > 3))
    assert service.verify().problem == "core.audit_tail_missing"


def test_a_trail_stamped_anew_is_found_by_the_checkpoint(trail: None) -> None:
    with database.transaction() as session:
        session.execute(update(AuditEvent).values(actor_id="someone", sequence=None, chain_hash=None))
    service.seal()
    assert service.verify().problem == "core.audit_event_changed"


def test_a_forged_checkpoint_is_found(trail: None) -> None:
    path = service.checkpoint_path()
    entry = json.loads(path.read_text()) | {"hash": "0" * 64}
    path.write_text(json.dumps(entry) + "\n")
    assert service.verify().problem == "core.audit_checkpoint_forged"


def test_nothing_new_makes_no_new_checkpoint(trail: None) -> None:
    service.checkpoint()
    assert len(service.checkpoint_path().read_text().splitlines()) == 1
