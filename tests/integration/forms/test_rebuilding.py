"""A filing is rebuilt from the trail alone; what was changed behind its back is told."""

import pytest
from sqlalchemy import delete, select, update

from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Actor
from core.privacy.service import find_personal_data
from forms import service as forms
from forms.filing.rebuilding import Outcome, rebuild_filing, record_id
from forms.models import Filing, HistoricalRecord
from tests.integration.forms.conftest import fill, start


@pytest.fixture
def handed_in(maker: Actor) -> str:
    filing = start(maker)
    fill(maker, filing.id)
    forms.confirm_declaration(maker, filing.id, True)
    version = forms.get_filing(maker, filing.id, "zh-CN").version
    forms.submit_filing(maker, filing.id, expected_version=version, idempotency_key="submit-1")
    return filing.id


def test_a_filing_is_rebuilt_from_its_events_and_its_record(handed_in: str) -> None:
    found = rebuild_filing(handed_in)
    with reading() as session:
        filing = session.get_one(Filing, handed_in)
    assert found.outcome is Outcome.SAME
    assert (found.state, found.version, found.filing_no) == (filing.state, filing.version, filing.filing_no)
    assert found.moves[0].action == "filing.started"
    assert "filing.submitted" in [one.action for one in found.moves]
    assert found.values is not None
    assert found.values["product_name_zh"]


def test_a_draft_is_rebuilt_as_far_as_it_went(maker: Actor) -> None:
    filing = start(maker)
    found = rebuild_filing(filing.id)
    assert (found.outcome, found.state, found.values) == (Outcome.SAME, "draft", None)


def test_a_value_that_was_changed_after_handing_in_is_told(handed_in: str) -> None:
    with transaction() as session:
        record = session.get_one(HistoricalRecord, record_id(handed_in))
        record.data = {**record.data, "product_name_zh": "另一个名字"}
    assert rebuild_filing(handed_in).outcome is Outcome.DIFFERENT


def test_a_state_that_no_event_tells_of_is_told(handed_in: str) -> None:
    with transaction() as session:
        session.execute(update(Filing).where(Filing.id == handed_in).values(state="approved"))
    assert rebuild_filing(handed_in).outcome is Outcome.DIFFERENT


def test_an_event_that_is_missing_is_told(handed_in: str) -> None:
    with transaction() as session:
        gone = (AuditEvent.subject_id == handed_in, AuditEvent.action == "filing.checked")
        session.execute(delete(AuditEvent).where(*gone))
    assert rebuild_filing(handed_in).outcome is Outcome.DIFFERENT


def test_the_trail_of_a_filing_holds_no_value_that_a_person_typed(handed_in: str) -> None:
    values = rebuild_filing(handed_in).values or {}
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == handed_in)).all()
    told = " ".join(str(one.data) for one in events)
    assert values["product_name_zh"] not in told
    assert find_personal_data(told) == []


def test_what_is_not_there_cannot_be_rebuilt(maker: Actor) -> None:
    with pytest.raises(NotAvailable):
        rebuild_filing("filing_none")
