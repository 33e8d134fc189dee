"""The queue: places, waits, office hours, and what happens by itself."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.handoff import service, timers
from bot.handoff.models import HandoffCase
from core import database
from core.errors import InvalidInput
from core.identity import ANONYMOUS

from .conftest import EVENING, OPEN, Clock, People


@pytest.fixture
def people(now: Clock, people: People) -> People:
    """The same people, with authority from the day on which the clock of these tests stands."""
    assert now.moment == OPEN
    return people


def _call(people: People, reason: str = "asked_for") -> service.CaseTicket:
    opened = conversations.open_conversation(
        channel="web", locale="en", actor=people.applicant, enterprise_id=people.enterprise_id
    )
    return service.request_handoff(opened.conversation_id, reason, service_item_code="cosmetic_filing")


def _row(case_id: str) -> HandoffCase:
    with database.reading() as session:
        return session.scalars(select(HandoffCase).where(HandoffCase.id == case_id)).one()


def test_places_count_up_and_urgent_matters_come_first(people: People, now: Clock) -> None:
    first = _call(people)
    now.pass_s(1)
    second = _call(people)
    now.pass_s(1)
    urgent = _call(people, "sensitive")
    assert (first.position, second.position, urgent.position) == (1, 2, 1)
    ids = [case.case_id for case in service.list_cases(people.officer)]
    assert ids == [urgent.case_id, first.case_id, second.case_id]
    assert [case.position for case in service.list_cases(people.officer)] == [1, 2, 3]


def test_provinces_queue_apart(people: People, now: Clock) -> None:
    _call(people)
    opened = conversations.open_conversation(channel="web", locale="en", actor=ANONYMOUS)
    assert service.request_handoff(opened.conversation_id, "asked_for").position == 1


def test_numbers_count_anew_each_day_in_china(people: People, now: Clock) -> None:
    assert [_call(people).case_no, _call(people).case_no] == ["GD20260520-0001", "GD20260520-0002"]
    now.moment = datetime(2026, 5, 20, 16, 30, tzinfo=UTC)
    assert _call(people).case_no == "GD20260521-0001"


def test_the_expected_wait_follows_recent_answers_and_is_never_under_a_minute(
    people: People, now: Clock
) -> None:
    service.seen(people.officer.account_id)
    first = _call(people)
    assert first.expected_wait_s == 60
    now.pass_s(300)
    service.claim_case(people.officer, first.case_id)
    service.reply(people.officer, first.case_id, client_message_id="r", text="hi")
    assert _call(people).expected_wait_s == 300
    assert _call(people).expected_wait_s == 600
    for one in (people.officer, people.colleague, people.drug_officer, people.elsewhere):
        service.seen(one.account_id)
    service.claim_case(people.colleague, service.list_cases(people.colleague, state="queued")[0].case_id)
    assert [_call(people).position, _call(people).expected_wait_s] == [2, 600]


def test_in_the_evening_the_person_learns_when_the_office_opens(people: People, now: Clock) -> None:
    now.moment = EVENING
    ticket = _call(people)
    assert not ticket.is_open_hours
    assert ticket.opens_at == datetime(2026, 5, 21, 1, 0, tzinfo=UTC)
    assert ticket.expected_wait_s == 13 * 3600 + 60
    conversation_id = _row(ticket.case_id).conversation_id
    assert "May 21, 2026 09:00" in conversations.read_messages(conversation_id)[-1].text
    assert service.tick().escalated == 0


def test_on_a_holiday_the_office_opens_after_it(people: People, now: Clock) -> None:
    now.moment = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
    assert _call(people).opens_at == datetime(2026, 10, 8, 1, 0, tzinfo=UTC)


def test_a_case_without_an_answer_for_a_minute_is_shown_to_supervisors_once(
    people: People, now: Clock
) -> None:
    ticket = _call(people)
    now.pass_s(59)
    assert service.tick().escalated == 0
    now.pass_s(2)
    assert service.tick().escalated == 1
    assert service.tick().escalated == 0
    assert service.list_cases(people.supervisor)[0].is_escalated
    assert _row(ticket.case_id).state == "queued"


def test_an_answered_case_is_not_escalated(people: People, now: Clock) -> None:
    ticket = _call(people)
    service.claim_case(people.officer, ticket.case_id)
    service.reply(people.officer, ticket.case_id, client_message_id="r", text="hi")
    now.pass_s(3600)
    assert service.tick().escalated == 0


def test_the_minute_of_a_case_of_the_night_begins_when_the_office_opens(people: People, now: Clock) -> None:
    now.moment = EVENING
    _call(people)
    now.moment = datetime(2026, 5, 21, 1, 0, 30, tzinfo=UTC)
    assert service.tick().escalated == 0
    now.pass_s(31)
    assert service.tick().escalated == 1


def test_a_claimed_case_without_a_reply_for_ten_minutes_is_queued_again(people: People, now: Clock) -> None:
    ticket = _call(people)
    service.claim_case(people.officer, ticket.case_id)
    now.pass_s(599)
    service.seen(people.officer.account_id)
    assert service.tick().returned == 0
    now.pass_s(2)
    assert service.tick().returned == 1
    row = _row(ticket.case_id)
    assert (row.state, row.officer_id) == ("queued", "")
    told = conversations.read_messages(row.conversation_id)[-1]
    assert (told.role, ticket.case_no in told.text) == ("system", True)
    service.claim_case(people.colleague, ticket.case_id)


def test_while_it_is_the_persons_move_a_case_stays_with_its_officer(people: People, now: Clock) -> None:
    ticket = _call(people)
    service.claim_case(people.officer, ticket.case_id)
    service.reply(people.officer, ticket.case_id, client_message_id="r", text="hi")
    now.pass_s(3600)
    assert service.tick().returned == 0
    conversations.post_message(
        _row(ticket.case_id).conversation_id,
        client_message_id="m",
        text="and then?",
        actor=people.applicant,
    )
    now.pass_s(300)
    conversations.post_message(
        _row(ticket.case_id).conversation_id,
        client_message_id="m2",
        text="hello?",
        actor=people.applicant,
    )
    now.pass_s(301)
    assert service.tick().returned == 1


def test_one_broken_case_does_not_hold_up_the_others(
    people: People, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [_call(people) for _ in range(3)]
    now.pass_s(61)
    escalate = timers._escalate

    def fail_for_first(case_id: str) -> int:
        if case_id == tickets[0].case_id:
            raise RuntimeError
        return escalate(case_id)

    monkeypatch.setattr(timers, "_escalate", fail_for_first)
    assert service.tick().escalated == 2


def test_an_unknown_state_is_refused(people: People) -> None:
    with pytest.raises(InvalidInput):
        service.list_cases(people.officer, state="lost")


def test_officers_to_whom_a_case_can_go_are_listed_with_their_load(people: People, now: Clock) -> None:
    service.claim_case(people.officer, _call(people).case_id)
    listed = {one.account_id: one for one in service.list_officers(people.officer)}
    assert set(listed) == {
        one.account_id
        for one in (
            people.officer,
            people.colleague,
            people.drug_officer,
            people.elsewhere,
            people.supervisor,
        )
    }
    assert (listed["acct_officer"].open_cases, listed["acct_colleague"].open_cases) == (1, 0)


def test_the_periodic_task_is_registered_under_the_name_that_the_schedule_uses(people: People) -> None:
    from bot.handoff.tasks import tick
    from core.queue.app import PERIODIC

    assert tick.name == PERIODIC["handoff-clock"]["task"]
    assert tick.run() == {"ended_turns": 0, "escalated": 0, "returned": 0}
