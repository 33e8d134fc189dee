"""Two officers stand behind a decision where the item asks for it: one proposes, another confirms."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.audit.models import AuditEvent
from core.database import reading
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from forms import service as forms
from forms.models import HistoricalRecord
from forms.service import Move
from tests.integration.forms.complete import at_once, officer
from tests.integration.forms.every_item import applicant_of, file_completely, hand_in, officer_for

CODE = "drug_prod_licence"
ONE_OF_TWO = 1


@pytest.fixture
def reviewed(regulator: Path) -> tuple[str, Actor, Actor]:
    """A filing in review, and two officers who may decide on it."""
    actor = applicant_of(CODE)
    filing_id = file_completely(actor, CODE, "renewal", "zh-CN")
    hand_in(actor, filing_id, "zh-CN")
    first = officer_for(CODE)
    for state in ("accepted", "in_review"):
        forms.move_filing(first, filing_id, Move(state))
    return filing_id, first, replace(first, account_id="acct_colleague")


def state_of(filing_id: str) -> str:
    return forms.get_filing(officer_for(CODE), filing_id, "zh-CN").state


def certificates(filing_id: str) -> int:
    with reading() as session:
        query = select(func.count()).where(HistoricalRecord.id == f"lic_{filing_id}")
        return session.scalar(query) or 0


def test_one_officer_proposes_and_another_confirms(reviewed: tuple[str, Actor, Actor]) -> None:
    filing_id, first, second = reviewed
    forms.move_filing(first, filing_id, Move("approved", "材料齐全"))
    assert state_of(filing_id) == "in_review"
    assert certificates(filing_id) == 0
    proposal = forms.proposed_decision(second, filing_id)
    assert proposal is not None
    assert (proposal.to_state, proposal.reason) == ("approved", "材料齐全")
    assert proposal.by_account_id == first.account_id
    forms.move_filing(second, filing_id, Move("approved"))
    assert state_of(filing_id) == "approved"
    assert certificates(filing_id) == 1
    assert forms.proposed_decision(second, filing_id) is None
    with reading() as session:
        query = select(AuditEvent.actor_id, AuditEvent.action).where(AuditEvent.subject_id == filing_id)
        acts = [(actor, action) for actor, action in session.execute(query.order_by(AuditEvent.at))]
    assert acts[-2:] == [
        (first.account_id, "filing.proposed"),
        (second.account_id, "filing.approved"),
    ]


def test_nobody_confirms_what_they_proposed(reviewed: tuple[str, Actor, Actor]) -> None:
    filing_id, first, _ = reviewed
    forms.move_filing(first, filing_id, Move("approved"))
    with pytest.raises(Conflict, match="second_person_needed"):
        forms.move_filing(first, filing_id, Move("approved"))
    assert state_of(filing_id) == "in_review"


def test_another_decision_first_sends_the_proposal_back(reviewed: tuple[str, Actor, Actor]) -> None:
    filing_id, first, second = reviewed
    forms.move_filing(first, filing_id, Move("approved"))
    with pytest.raises(Conflict, match="other_decision_proposed"):
        forms.move_filing(second, filing_id, Move("refused", "不符合条件"))
    with pytest.raises(InvalidInput, match="reason_needed"):
        forms.move_filing(second, filing_id, Move("in_review"))
    forms.move_filing(second, filing_id, Move("in_review", "现场检查报告缺页"))
    assert forms.proposed_decision(first, filing_id) is None
    with pytest.raises(InvalidInput, match="move_not_allowed"):
        forms.move_filing(second, filing_id, Move("in_review", "再退一次"))
    forms.move_filing(second, filing_id, Move("refused", "不符合条件"))
    forms.move_filing(first, filing_id, Move("refused"))
    status = forms.get_filing(first, filing_id, "zh-CN")
    assert status.state == "refused"
    assert status.history[-1].reason == "不符合条件"


def test_a_return_for_correction_takes_one_officer_and_ends_the_proposal(
    reviewed: tuple[str, Actor, Actor],
) -> None:
    filing_id, first, second = reviewed
    forms.move_filing(first, filing_id, Move("approved"))
    forms.move_filing(second, filing_id, Move("returned_for_correction", "缺一页"))
    assert state_of(filing_id) == "returned_for_correction"
    assert forms.proposed_decision(second, filing_id) is None


def test_two_officers_at_once_leave_one_proposal_or_one_decision(
    reviewed: tuple[str, Actor, Actor],
) -> None:
    filing_id, first, second = reviewed
    both = [first, second]
    met = at_once(2, lambda number: forms.move_filing(both[number], filing_id, Move("approved")))
    assert met == [None, None]
    assert state_of(filing_id) == "approved"
    assert certificates(filing_id) == 1


def test_many_confirmations_at_once_decide_once(reviewed: tuple[str, Actor, Actor]) -> None:
    filing_id, first, _ = reviewed
    forms.move_filing(first, filing_id, Move("approved"))
    colleagues = [replace(first, account_id=f"acct_{number}") for number in range(6)]
    met = at_once(6, lambda number: forms.move_filing(colleagues[number], filing_id, Move("approved")))
    assert met.count(None) == ONE_OF_TWO
    assert all(isinstance(one, InvalidInput) for one in met if one is not None)
    assert certificates(filing_id) == 1


def test_the_proposal_is_not_told_to_those_who_may_not_decide(reviewed: tuple[str, Actor, Actor]) -> None:
    filing_id, first, _ = reviewed
    forms.move_filing(first, filing_id, Move("approved"))
    for other in (applicant_of(CODE), officer("藏"), officer("", "cosmetic")):
        with pytest.raises(NotAvailable):
            forms.proposed_decision(other, filing_id)
    told = forms.get_filing(applicant_of(CODE), filing_id, "zh-CN")
    assert all(event.action != "proposed" for event in told.history)
