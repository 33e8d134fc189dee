"""Clocks of a case, who is here, and what becomes of cases when somebody leaves."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.handoff import service
from bot.handoff.models import HandoffCase
from bot.handoff.service import CaseFilter
from core import database
from core.audit.models import AuditEvent
from core.errors import Conflict, NotAvailable
from core.identity.models import Account

from .conftest import EVENING, OPEN, Clock, People


def call(people: People) -> service.CaseTicket:
    opened = conversations.open_conversation(
        channel="web", locale="zh-CN", actor=people.applicant, enterprise_id=people.enterprise_id
    )
    return service.request_handoff(opened.conversation_id, "asked_for", service_item_code="cosmetic_filing")


def row(case_id: str) -> HandoffCase:
    with database.reading() as session:
        return session.scalars(select(HandoffCase).where(HandoffCase.id == case_id)).one()


def write(people: People, case_id: str, key: str = "m") -> None:
    conversations.post_message(
        row(case_id).conversation_id, client_message_id=key, text="还有呢？", actor=people.applicant
    )


def answered(people: People) -> str:
    """Return a case that the officer has claimed and answered."""
    case_id = call(people).case_id
    service.claim_case(people.officer, case_id)
    service.reply(people.officer, case_id, client_message_id="r", text="您好")
    return case_id


def last_told(case_id: str) -> str:
    return conversations.read_messages(row(case_id).conversation_id)[-1].text


def escalations() -> list[str]:
    with database.reading() as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == "case.escalated"))
        return [event.data["clock"] for event in found]


def test_a_further_question_is_due_an_answer_within_five_minutes(now: Clock, people: People) -> None:
    case_id = answered(people)
    assert row(case_id).reply_by is None
    now.pass_s(600)
    write(people, case_id)
    assert row(case_id).reply_by == now.moment + timedelta(minutes=5)
    now.pass_s(299)
    service.seen(people.officer.account_id)
    assert service.tick().escalated == 0
    now.pass_s(2)
    assert service.tick().escalated == 1
    assert service.list_cases(people.supervisor)[0].late == ["next_response"]
    service.reply(people.officer, case_id, client_message_id="r2", text="还有一份说明")
    shown = service.list_cases(people.supervisor)[0]
    assert (shown.late, shown.is_escalated, shown.reply_by) == ([], False, None)
    assert escalations() == ["next_response"]


def test_a_case_is_to_be_closed_within_a_working_day_and_late_ones_are_found(
    now: Clock, people: People
) -> None:
    case_id, other = answered(people), answered(people)
    assert row(case_id).resolve_by == OPEN + timedelta(days=1)
    service.close_case(people.officer, other, resolution="已说明")
    now.pass_s(24 * 3600 + 1)
    assert service.tick().escalated == 1
    assert service.tick().escalated == 0
    assert escalations() == ["resolution"]
    late = service.list_cases(people.supervisor, wanted=CaseFilter(is_late=True))
    assert [(one.case_id, one.late) for one in late] == [(case_id, ["resolution"])]


def test_the_clocks_stand_still_at_lunch_and_over_the_weekend(now: Clock, people: People) -> None:
    now.moment = datetime(2026, 5, 22, 3, 59, 30, tzinfo=UTC)  # Friday, 11:59:30 in China
    found = row(call(people).case_id)
    assert found.reply_by == datetime(2026, 5, 22, 5, 30, 30, tzinfo=UTC)
    assert found.resolve_by == datetime(2026, 5, 25, 3, 59, 30, tzinfo=UTC)  # Monday


def test_a_case_that_went_back_keeps_its_clock(now: Clock, people: People) -> None:
    ticket = call(people)
    first = row(ticket.case_id).reply_by
    now.pass_s(30)
    service.claim_case(people.officer, ticket.case_id)
    service.release_case(people.officer, ticket.case_id)
    assert row(ticket.case_id).reply_by == first
    now.pass_s(31)
    assert service.tick().escalated == 1


def test_the_wait_counts_the_competent_officers_who_are_here(now: Clock, people: People) -> None:
    assert not call(people).is_staffed
    service.seen(people.drug_officer.account_id)
    service.seen(people.elsewhere.account_id)
    ticket = call(people)
    assert not ticket.is_staffed
    assert "不在线" in last_told(ticket.case_id)
    service.seen(people.officer.account_id)
    assert call(people).is_staffed
    now.pass_s(91)
    assert not call(people).is_staffed


def test_an_officer_who_is_away_does_not_count_and_returns_what_waits(now: Clock, people: People) -> None:
    resting, waiting = answered(people), call(people).case_id
    service.claim_case(people.officer, waiting)
    service.seen(people.officer.account_id)
    assert service.leave_desk(people.officer) == 1
    assert (row(resting).state, row(waiting).state) == ("claimed", "queued")
    assert "已离开" in last_told(waiting)
    assert not call(people).is_staffed
    service.seen(people.officer.account_id)
    assert service.is_away(people.officer.account_id)
    service.return_to_desk(people.officer)
    assert call(people).is_staffed
    states = {one.account_id: one.state for one in service.list_officers(people.colleague)}
    assert (states["acct_officer"], states["acct_colleague"]) == ("here", "gone")


def test_signing_out_returns_what_waits_and_ends_the_presence(now: Clock, people: People) -> None:
    waiting = call(people).case_id
    service.claim_case(people.officer, waiting)
    service.leave_desk(people.officer)
    service.leave_desk(people.officer, is_signing_out=True)
    assert row(waiting).state == "queued"
    assert not service.is_away(people.officer.account_id)
    with pytest.raises(NotAvailable):
        service.leave_desk(people.applicant)


def test_an_officer_who_vanished_loses_what_waits_after_three_minutes(now: Clock, people: People) -> None:
    resting, waiting = answered(people), call(people).case_id
    service.claim_case(people.officer, waiting)
    service.seen(people.officer.account_id)
    now.pass_s(179)
    assert service.tick().returned == 0
    now.pass_s(2)
    assert service.tick().returned == 1
    assert (row(resting).state, row(waiting).state) == ("claimed", "queued")


def test_what_is_written_at_night_stays_with_its_officer_until_the_office_opens(
    now: Clock, people: People
) -> None:
    case_id = answered(people)
    now.moment = EVENING
    write(people, case_id)
    now.pass_s(7200)
    assert service.tick().returned == 0
    now.moment = datetime(2026, 5, 21, 1, 2, tzinfo=UTC)  # 09:02 in China
    assert service.tick().returned == 0
    now.pass_s(61)
    assert service.tick().returned == 1


def test_all_cases_of_an_account_that_was_closed_go_back(now: Clock, people: People) -> None:
    resting, waiting = answered(people), call(people).case_id
    service.claim_case(people.officer, waiting)
    with database.transaction() as session:
        session.get_one(Account, people.officer.account_id).is_active = False
    assert service.tick().returned == 2
    assert {row(resting).state, row(waiting).state} == {"queued"}


def test_a_supervisor_puts_all_cases_of_an_officer_back_and_nobody_else_does(
    now: Clock, people: People
) -> None:
    resting = answered(people)
    with pytest.raises(NotAvailable):
        service.return_cases(people.colleague, people.officer.account_id)
    assert row(resting).state == "claimed"
    assert service.return_cases(people.supervisor, people.officer.account_id) == 1
    assert row(resting).state == "queued"
    assert service.return_cases(people.supervisor, people.officer.account_id) == 0


def test_a_person_leaves_the_queue_and_the_assistant_answers_again(now: Clock, people: People) -> None:
    case_id = call(people).case_id
    conversation_id = row(case_id).conversation_id
    service.leave_queue(conversation_id)
    found = row(case_id)
    assert (found.state, found.outcome, found.closed_at) == ("closed", "left", now.moment)
    told = conversations.read_messages(conversation_id)[-1]
    assert (told.role, told.handoff["state"]) == ("system", "left")
    assert conversations.authorise(conversation_id, actor=people.applicant).owner == "bot"
    assert service.list_cases(people.officer) == []
    with pytest.raises(Conflict):
        service.leave_queue(conversation_id)
    again = service.request_handoff(conversation_id, "asked_for", service_item_code="cosmetic_filing")
    assert again.case_id != case_id


def test_who_has_an_officer_cannot_leave_the_queue(now: Clock, people: People) -> None:
    case_id = answered(people)
    with pytest.raises(Conflict):
        service.leave_queue(row(case_id).conversation_id)
    assert row(case_id).state == "claimed"


def test_the_officer_sees_whether_the_person_is_here(now: Clock, people: People) -> None:
    case_id = call(people).case_id
    shown = service.list_cases(people.officer)[0]
    assert (shown.is_here, shown.seen_at) == (False, None)
    service.seen(row(case_id).conversation_id)
    assert service.list_cases(people.officer)[0].is_here
    seen_at = now.moment
    now.pass_s(100)
    shown = service.list_cases(people.officer)[0]
    assert (shown.is_here, shown.seen_at) == (False, seen_at)
