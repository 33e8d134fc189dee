"""A call instead of waiting: asked for, made, made in vain, forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.handoff import service
from bot.handoff.models import CaseCallback, HandoffCase
from core import database
from core.errors import Conflict, InvalidInput
from core.identity.models import Account

from .conftest import EVENING, OPEN, Clock, People

NUMBER = "+8613800138000"


def call(people: People) -> str:
    opened = conversations.open_conversation(
        channel="web", locale="zh-CN", actor=people.applicant, enterprise_id=people.enterprise_id
    )
    return service.request_handoff(
        opened.conversation_id, "asked_for", service_item_code="cosmetic_filing"
    ).case_id


def row(case_id: str) -> HandoffCase:
    with database.reading() as session:
        return session.scalars(select(HandoffCase).where(HandoffCase.id == case_id)).one()


def kept(case_id: str) -> CaseCallback:
    with database.reading() as session:
        return session.scalars(select(CaseCallback).where(CaseCallback.case_id == case_id)).one()


def ask(people: People, case_id: str, **wish: str) -> service.CaseTicket:
    return service.ask_callback(row(case_id).conversation_id, people.applicant, **wish)


def told(case_id: str) -> list[str]:
    return [m.text for m in conversations.read_messages(row(case_id).conversation_id)]


def test_asked_at_night_the_call_is_due_two_hours_after_the_office_opens(now: Clock, people: People) -> None:
    now.moment = EVENING
    case_id = call(people)
    found = ask(people, case_id, phone="138 0013 8000")
    assert found.callback is not None
    assert (found.callback.phone, found.callback.state) == ("138****8000", "waiting")
    due = datetime(2026, 5, 21, 3, 0, tzinfo=UTC)
    assert (kept(case_id).phone, kept(case_id).due_by, row(case_id).reply_by) == (NUMBER, due, due)
    assert "2026年5月21日 11:00" in told(case_id)[-1]
    assert "13800138000" not in " ".join(told(case_id))
    now.moment = datetime(2026, 5, 21, 2, 59, tzinfo=UTC)
    assert service.tick().escalated == 0
    now.pass_s(120)
    assert service.tick().escalated == 1


@pytest.mark.parametrize(
    ("slot", "due"),
    [
        ("any", OPEN + timedelta(hours=2)),
        ("morning", OPEN + timedelta(hours=2)),
        ("afternoon", OPEN + timedelta(hours=7)),
    ],
)
def test_the_half_day_decides_when_the_call_is_due(
    now: Clock, people: People, slot: str, due: datetime
) -> None:
    case_id = call(people)
    ask(people, case_id, phone="010-66551234", slot=slot)
    assert kept(case_id).due_by == due


def test_a_morning_that_is_nearly_over_is_the_next_one(now: Clock, people: People) -> None:
    now.moment = datetime(2026, 5, 22, 3, 45, tzinfo=UTC)  # Friday, 11:45 in China
    case_id = call(people)
    ask(people, case_id, phone="13800138000", slot="morning")
    assert kept(case_id).due_by == datetime(2026, 5, 25, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("phone", ["123", "1380013800", "not a number", "13800138000 ext 5", ""])
def test_a_number_that_cannot_be_called_is_refused(now: Clock, people: People, phone: str) -> None:
    case_id = call(people)
    with pytest.raises(InvalidInput) as refused:
        ask(people, case_id, phone=phone)
    assert refused.value.code == "handoff.callback_phone"
    with pytest.raises(InvalidInput):
        ask(people, case_id, phone="13800138000", slot="night")
    assert service.case_of_conversation(row(case_id).conversation_id).callback is None


def test_without_a_number_that_of_the_account_is_called(now: Clock, people: People) -> None:
    with database.transaction() as session:
        session.get_one(Account, people.applicant.account_id).mobile = "13912345678"
    case_id = call(people)
    assert service.known_phone(people.applicant.account_id) == "139****5678"
    ask(people, case_id)
    assert kept(case_id).phone == "+8613912345678"


def test_asked_again_the_number_changes(now: Clock, people: People) -> None:
    case_id = call(people)
    ask(people, case_id, phone="13800138000")
    ask(people, case_id, phone="+44 20 7946 0958", slot="afternoon")
    assert (kept(case_id).phone, kept(case_id).slot) == ("+442079460958", "afternoon")


def test_only_the_officer_who_has_the_case_sees_the_number_and_reports_the_call(
    now: Clock, people: People
) -> None:
    case_id = call(people)
    ask(people, case_id, phone="13800138000")
    shown = service.get_case(people.officer, case_id)
    assert (shown.callback.phone, "call" in shown.actions) == ("138****8000", False)
    with pytest.raises(Conflict):
        service.log_call(people.officer, case_id, was_reached=True)
    service.claim_case(people.officer, case_id)
    shown = service.get_case(people.officer, case_id)
    assert (shown.callback.phone, "call" in shown.actions) == ("138 0013 8000", True)
    assert service.get_case(people.supervisor, case_id).callback.phone == "138****8000"
    now.pass_s(1200)
    service.seen(people.officer.account_id)
    assert service.tick().returned == 0
    service.log_call(people.officer, case_id, was_reached=True, note="说明了备案材料")
    found = row(case_id)
    assert (kept(case_id).state, found.first_response_at, found.reply_by) == ("reached", now.moment, None)
    notes = service.get_case(people.officer, case_id).notes
    assert "说明了备案材料" in notes[-1].text
    assert "通话" in told(case_id)[-1]
    with pytest.raises(InvalidInput):
        service.log_call(people.officer, case_id, was_reached=True)


def test_three_calls_in_vain_end_the_calls_and_the_person_is_told_each_time(
    now: Clock, people: People
) -> None:
    case_id = call(people)
    ask(people, case_id, phone="13800138000")
    service.claim_case(people.officer, case_id)
    for number in range(1, 4):
        service.log_call(people.officer, case_id, was_reached=False)
        assert kept(case_id).attempts == number
        assert "未能接通" in told(case_id)[-1]
        now.pass_s(60)
    assert (kept(case_id).state, row(case_id).reply_by) == ("unreached", None)
    assert row(case_id).first_response_at is None


def test_the_number_is_forgotten_when_the_case_closes(now: Clock, people: People) -> None:
    closed, left = call(people), call(people)
    for case_id in (closed, left):
        ask(people, case_id, phone="13800138000")
    service.claim_case(people.officer, closed)
    service.close_case(people.officer, closed, resolution="已电话答复")
    service.leave_queue(row(left).conversation_id)
    assert (kept(closed).phone, kept(left).phone) == ("", "")
    assert service.get_case(people.officer, closed).callback.phone == ""


def test_who_does_not_wait_cannot_ask_for_a_call(now: Clock, people: People) -> None:
    case_id = call(people)
    service.claim_case(people.officer, case_id)
    with pytest.raises(Conflict):
        ask(people, case_id, phone="13800138000")
