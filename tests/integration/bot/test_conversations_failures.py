"""Whatever the assistant does wrong, the person is told within the budget and staff have the case."""

import threading
import time
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.conversations import service
from bot.conversations.models import Turn
from bot.handoff import service as handoff
from core import clock, database
from core.errors import InvariantBroken
from core.settings import get_settings

from .conftest import Body, People, RasaStub, saying, wait_until

OUTCOMES: dict[str, Body] = {
    "no_model": {"outcome": "no_model", "messages": []},
    "error": {"outcome": "error", "messages": []},
    "empty": {"outcome": "ok", "messages": []},
    "malformed": {"outcome": "ok", "messages": [{"kind": "text"}]},
    "malformed block": {
        "outcome": "ok",
        "messages": [{"kind": "text", "text": "a", "blocks": [{"type": "html", "text": "<b>"}]}],
    },
    "malformed kind": {"outcome": "ok", "messages": [{"kind": "spell", "text": "a", "blocks": []}]},
    "error status": {"http_status": 500, "outcome": "ok", "messages": []},
    "refused": {"http_status": 403, "error": "forbidden"},
}


def post(conversation_id: str, text: str, people: People, client_id: str = "m1") -> list[service.MessageView]:
    return service.post_message(
        conversation_id, client_message_id=client_id, text=text, actor=people.applicant
    )


def _turns() -> list[Turn]:
    with database.reading() as session:
        return list(session.scalars(select(Turn).order_by(Turn.message_seq)))


def _assert_handed_over(conversation_id: str, people: People, unanswered: str) -> None:
    case = handoff.list_cases(people.officer)[0]
    assert (case.conversation_id, case.reason, case.state) == (conversation_id, "bot_failure", "queued")
    assert case.unanswered == unanswered
    assert service.authorise(conversation_id, actor=people.applicant).owner == "queue"


@pytest.mark.parametrize("name", list(OUTCOMES))
def test_a_failing_assistant_tells_the_person_and_opens_a_case(
    conversation: str, people: People, rasa: RasaStub, name: str
) -> None:
    rasa.reply = lambda _turn: OUTCOMES[name]
    question, told = post(conversation, "备案要多久", people)
    assert question.text == "备案要多久"
    assert (told.role, told.kind, told.blocks[0]["level"]) == ("system", "handoff", "warning")
    assert told.handoff is not None
    assert told.handoff["case_no"] in told.text
    _assert_handed_over(conversation, people, "备案要多久")
    assert len(rasa.turns) == 1


def test_the_notice_is_in_the_persons_language(conversation: str, people: People, rasa: RasaStub) -> None:
    service.set_locale(conversation, "en")
    rasa.reply = lambda _turn: OUTCOMES["error"]
    assert "passed to staff" in post(conversation, "how long", people)[1].text


def test_an_assistant_that_is_not_there_fails_at_once(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_RASA_URL", "http://127.0.0.1:9")
    get_settings.cache_clear()
    started = time.monotonic()
    post(conversation, "hello", people)
    assert time.monotonic() - started < 2
    _assert_handed_over(conversation, people, "hello")


def test_an_assistant_killed_in_the_middle_of_a_turn_is_a_failure(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    def die(_turn: Body) -> Body:
        raise ConnectionError

    rasa.reply = die
    post(conversation, "hello", people)
    assert _turns()[0].outcome == "unreachable"
    _assert_handed_over(conversation, people, "hello")


def test_an_assistant_that_never_answers_is_given_up_within_the_budget_and_its_late_reply_discarded(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    answered = threading.Event()

    def late(_turn: Body) -> Body:
        time.sleep(3.2)
        answered.set()
        return saying("too late")

    rasa.reply = late
    started = time.monotonic()
    post(conversation, "hello", people)
    assert time.monotonic() - started < 3
    assert _turns()[0].outcome == "timeout"
    assert answered.wait(5)
    assert [m.role for m in service.read_messages(conversation)] == ["applicant", "system"]
    _assert_handed_over(conversation, people, "hello")


def test_busy_is_tried_again_until_it_is_answered(conversation: str, people: People, rasa: RasaStub) -> None:
    rasa.reply = lambda _turn: (
        {"outcome": "busy", "messages": []} if len(rasa.turns) < 3 else saying("at last")
    )
    assert post(conversation, "hello", people)[1].text == "at last"
    assert len({turn["turn_id"] for turn in rasa.turns}) == 1


def test_busy_for_good_is_a_failure(conversation: str, people: People, rasa: RasaStub) -> None:
    rasa.reply = lambda _turn: {"outcome": "busy", "messages": []}
    started = time.monotonic()
    post(conversation, "hello", people)
    assert time.monotonic() - started < 3
    assert _turns()[0].outcome == "busy"
    _assert_handed_over(conversation, people, "hello")


def test_what_was_queued_behind_a_failed_turn_goes_to_staff_with_it(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    release = threading.Event()

    def fail(_turn: Body) -> Body:
        release.wait(2)
        return OUTCOMES["error"]

    rasa.reply = fail
    threads = [threading.Thread(target=post, args=(conversation, f"q{n}", people, f"m{n}")) for n in range(2)]
    threads[0].start()
    assert wait_until(lambda: bool(rasa.turns))
    threads[1].start()
    assert wait_until(lambda: len(_turns()) == 2)
    release.set()
    for thread in threads:
        thread.join(5)
    assert [turn.state for turn in _turns()] == ["failed", "void"]
    assert rasa.texts() == ["q0"]
    assert len(handoff.list_cases(people.officer)) == 1


def test_a_reply_that_comes_after_staff_were_called_is_discarded(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    def meanwhile(_turn: Body) -> Body:
        handoff.request_handoff(conversation, "asked_for")
        return saying("I know the answer")

    rasa.reply = meanwhile
    post(conversation, "hello", people)
    assert [m.role for m in service.read_messages(conversation)] == ["applicant", "system"]
    assert _turns()[0].state == "void"


def test_the_turn_that_calls_staff_itself_announces_the_case(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    def call(turn: Body) -> Body:
        handoff.request_handoff(conversation, "sensitive", unanswered=turn["text"], turn_id=turn["turn_id"])
        return saying("first stop using it", "staff are told", kind="handoff")

    rasa.reply = call
    post(conversation, "用了之后皮肤过敏", people)
    roles = [m.role for m in service.read_messages(conversation)]
    assert roles == ["applicant", "assistant", "assistant"]
    assert _turns()[0].state == "done"


def test_the_turn_that_calls_staff_and_then_fails_leaves_one_case_and_a_notice(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    def call(turn: Body) -> Body:
        handoff.request_handoff(conversation, "asked_for", turn_id=turn["turn_id"])
        return OUTCOMES["error"]

    rasa.reply = call
    post(conversation, "staff please", people)
    assert [m.role for m in service.read_messages(conversation)] == ["applicant", "system"]
    assert [case.reason for case in handoff.list_cases(people.officer)] == ["asked_for"]


def test_a_reply_after_the_officer_has_claimed_is_discarded_even_from_the_calling_turn(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    def call(turn: Body) -> Body:
        ticket = handoff.request_handoff(conversation, "asked_for", turn_id=turn["turn_id"])
        handoff.claim_case(people.officer, ticket.case_id)
        return saying("you are in the queue")

    rasa.reply = call
    post(conversation, "staff please", people)
    assert [m.role for m in service.read_messages(conversation)] == ["applicant", "system"]


def _orphan(conversation_id: str, people: People, state: str) -> None:
    """A turn whose process died before it could end it."""
    from bot.conversations import turns

    turns.receive(conversation_id, turns.Incoming("orphan", "anyone there"), people.applicant)
    past = clock.now().replace(year=clock.now().year - 1)
    with database.transaction() as session:
        session.execute(update(Turn).values(deadline_at=past, state=state))


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_turn_whose_process_died_is_ended_by_the_periodic_task(
    conversation: str, people: People, state: str
) -> None:
    _orphan(conversation, people, state)
    assert handoff.tick().ended_turns == 1
    assert handoff.tick().ended_turns == 0
    _assert_handed_over(conversation, people, "anyone there")


def test_a_turn_whose_process_died_is_ended_by_the_next_reader_without_any_worker(
    conversation: str, people: People
) -> None:
    _orphan(conversation, people, "running")
    assert [m.role for m in service.read_messages(conversation)] == ["applicant", "system"]
    _assert_handed_over(conversation, people, "anyone there")


def test_a_turn_whose_process_died_does_not_hold_up_the_next_message(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    _orphan(conversation, people, "running")
    started = time.monotonic()
    post(conversation, "still there?", people, "m2")
    assert time.monotonic() - started < 3
    assert rasa.turns == []
    _assert_handed_over(conversation, people, "anyone there")


def test_a_process_without_a_staff_desk_serves_no_turn(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.desk._desk", None)
    with pytest.raises(InvariantBroken):
        post(conversation, "hello", people)
    assert service.read_messages(conversation) == []


def test_a_turn_that_could_not_be_stored_is_still_open_and_found_later(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("bot.conversations.turns._finish", broken)
        with pytest.raises(OSError, match="disk full"):
            post(conversation, "hello", people)
    assert _turns()[0].state == "running"
    assert wait_until(lambda: handoff.tick().ended_turns == 1)
    _assert_handed_over(conversation, people, "hello")
