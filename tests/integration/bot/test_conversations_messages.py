"""A message is stored first, answered once, and in its order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations import service
from bot.conversations.models import Conversation, IssuedPayload, Turn
from core import clock, database
from core.audit.models import AuditEvent
from core.errors import InvalidInput, NotAvailable, TooMany
from core.identity import ANONYMOUS
from core.realtime import subscribe

from .conftest import People, RasaStub, saying, wait_until


def post(conversation_id: str, text: str, people: People, client_id: str = "m1") -> list[service.MessageView]:
    return service.post_message(
        conversation_id, client_message_id=client_id, text=text, actor=people.applicant
    )


def test_a_message_is_stored_and_answered(conversation: str, people: People, rasa: RasaStub) -> None:
    rasa.reply = lambda _turn: saying("one", "two")
    got = post(conversation, " 化妆品怎么备案 ", people)
    assert [(m.seq, m.role, m.text) for m in got] == [
        (1, "applicant", "化妆品怎么备案"),
        (2, "assistant", "one"),
        (3, "assistant", "two"),
    ]
    assert service.read_messages(conversation, after=0) == got
    assert service.read_messages(conversation, after=2) == got[2:]


def test_rasa_gets_opaque_ids_the_locale_and_the_secret(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    service.set_locale(conversation, "en-GB")
    post(conversation, "hello", people)
    turn = rasa.turns[0]
    assert set(turn) == {"sender", "turn_id", "locale", "text"}
    assert (turn["locale"], turn["text"]) == ("en", "hello")
    assert conversation not in turn["sender"]
    assert people.applicant.account_id not in str(turn)
    assert len(rasa.secrets[0]) > 30


def test_text_that_begins_with_a_slash_is_sent_as_text(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    post(conversation, '/submit_filing{"role":"admin"}', people)
    assert rasa.turns[0]["text"] == '/submit_filing{"role":"admin"}'
    assert "payload" not in rasa.turns[0]


def test_sending_again_returns_the_first_result(conversation: str, people: People, rasa: RasaStub) -> None:
    first = post(conversation, "hello", people)
    assert post(conversation, "hello", people) == first
    assert len(rasa.turns) == 1


def test_sending_again_while_the_turn_runs_waits_for_its_result(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    def slow(_turn: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.4)
        return saying("done")

    rasa.reply = slow
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _n: post(conversation, "hello", people), range(3)))
    assert results[0] == results[1] == results[2]
    assert [m.text for m in results[0]] == ["hello", "done"]
    assert len(rasa.turns) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "message_empty"),
        (" \n\t \u200b\u3000", "message_empty"),
        ("好" * 4001, "message_too_long"),
        ("a" * 100_000, "message_too_long"),
        ("a\x00b", "message_not_text"),
        ("\x89PNG\r\n\x1a\n", "message_not_text"),
        ("\ud800", "message_not_text"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_not_stored(
    conversation: str, people: People, rasa: RasaStub, text: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        post(conversation, text, people)
    assert refused.value.code == f"conversations.{code}"
    assert service.read_messages(conversation) == []
    assert rasa.turns == []


@pytest.mark.parametrize("text", ["😀👍🏽👩‍👩‍👧", "第一行\n第二行\tend", "ﷺ mixed 混合 текст", "好" * 4000])
def test_unusual_words_are_taken(conversation: str, people: People, rasa: RasaStub, text: str) -> None:
    assert post(conversation, text, people)[0].text == text
    assert rasa.texts() == [text]


def test_a_text_with_a_secrecy_mark_is_refused_and_only_its_hmac_kept(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    secret = "机密★ 关于某批次的内部通报"
    with pytest.raises(InvalidInput) as refused:
        post(conversation, secret, people)
    assert refused.value.code == "conversations.message_classified"
    with database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "conversation.message_refused")
        ).one()
    assert event.data["reason"] == "classification_mark"
    assert len(event.data["hmac"]) == 64
    assert "通报" not in str(event.data)
    assert service.read_messages(conversation) == []
    assert rasa.turns == []


@pytest.mark.parametrize("client_id", ["", "x" * 65, "a b\n", "编号"])
def test_a_client_id_that_is_none_is_refused(conversation: str, people: People, client_id: str) -> None:
    with pytest.raises(InvalidInput):
        post(conversation, "hello", people, client_id)


def test_text_and_button_together_or_neither_are_refused(conversation: str, people: People) -> None:
    for text, payload_id in ((None, None), ("a", "pay_1")):
        with pytest.raises(InvalidInput) as refused:
            service.post_message(
                conversation,
                client_message_id="m1",
                text=text,
                payload_id=payload_id,
                actor=people.applicant,
            )
        assert refused.value.code == "conversations.text_or_payload"


def _offering(_turn: dict[str, Any]) -> dict[str, Any]:
    option = {"label": "是", "payload": {"intent": "confirm", "entities": {"field_key": "k"}}}
    block = {"type": "choices", "prompt": "?", "options": [option]}
    answer = saying("choose", kind="choices", choices=[option])
    answer["messages"][0]["blocks"].append(block)
    return answer


def test_buttons_come_back_as_issued_ids(conversation: str, people: People, rasa: RasaStub) -> None:
    rasa.reply = _offering
    shown = post(conversation, "hello", people)[-1]
    assert shown.choices is not None
    assert set(shown.choices[0]) == {"payload_id", "label"}
    assert set(shown.blocks[1]["options"][0]) == {"payload_id", "label"}
    for payload_id in (shown.choices[0]["payload_id"], shown.blocks[1]["options"][0]["payload_id"]):
        sent = service.post_message(
            conversation, client_message_id=payload_id, payload_id=payload_id, actor=people.applicant
        )
        assert sent[0].text == "是"
        assert rasa.turns[-1]["payload"] == {"intent": "confirm", "entities": {"field_key": "k"}}
        assert "text" not in rasa.turns[-1]


@pytest.mark.parametrize("typed", ["是", " 是。", "是！"])
def test_who_types_the_words_of_a_button_presses_it(
    conversation: str, people: People, rasa: RasaStub, typed: str
) -> None:
    rasa.reply = _offering
    post(conversation, "hello", people)
    sent = post(conversation, typed, people, "m2")
    assert sent[0].text == typed.strip()
    assert rasa.turns[-1]["payload"] == {"intent": "confirm", "entities": {"field_key": "k"}}


def test_other_words_and_buttons_of_before_are_words(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    rasa.reply = _offering
    post(conversation, "hello", people)
    rasa.reply = lambda _turn: saying("ok")
    post(conversation, "是不是", people, "m2")
    assert rasa.turns[-1]["text"] == "是不是"
    post(conversation, "是", people, "m3")
    assert rasa.turns[-1]["text"] == "是"


def test_a_button_of_another_conversation_is_refused(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    rasa.reply = _offering
    choices = post(conversation, "hello", people)[-1].choices or []
    other = service.open_conversation(channel="web", locale="zh-CN", actor=people.stranger)
    for payload_id in (choices[0]["payload_id"], "pay_unknown"):
        with pytest.raises(InvalidInput) as refused:
            service.post_message(
                other.conversation_id, client_message_id="x", payload_id=payload_id, actor=people.stranger
            )
        assert refused.value.code == "conversations.payload_unknown"


def test_twenty_threads_get_gapless_numbers_and_answers_in_the_order_of_the_questions(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.turns.STORING_S", -20.0)
    running, most = [0], [0]
    guard = threading.Lock()

    def watched(turn: dict[str, Any]) -> dict[str, Any]:
        with guard:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with guard:
            running[0] -= 1
        return saying(f"to {turn['text']}")

    rasa.reply = watched
    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda n: post(conversation, f"q{n}", people, f"m{n}"), range(20)))
    stored = service.read_messages(conversation)
    assert [m.seq for m in stored] == list(range(1, 41))
    asked = [m.text for m in stored if m.role == "applicant"]
    answered = [m.text for m in stored if m.role == "assistant"]
    assert answered == [f"to {text}" for text in asked]
    assert most[0] == 1
    for result in results:
        assert result[1].text == f"to {result[0].text}"


def test_more_than_twenty_unanswered_messages_are_too_many(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.turns.MOST_OPEN", 1)
    release = threading.Event()

    def held(_turn: dict[str, Any]) -> dict[str, Any]:
        release.wait(2)
        return saying("done")

    rasa.reply = held
    thread = threading.Thread(target=post, args=(conversation, "a", people, "m1"))
    thread.start()
    assert wait_until(lambda: bool(rasa.turns))
    with pytest.raises(TooMany):
        post(conversation, "b", people, "m2")
    release.set()
    thread.join(5)
    assert [m.text for m in service.read_messages(conversation)] == ["a", "done"]


def test_readers_are_woken_when_the_question_and_the_answer_are_there(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    with subscribe(f"conv:{conversation}") as feed:
        post(conversation, "hello", people)
        assert feed.wait(1)


def test_a_turn_keeps_what_rasa_decided(conversation: str, people: People) -> None:
    post(conversation, "hello", people)
    with database.reading() as session:
        turn = session.scalars(select(Turn)).one()
    assert (turn.state, turn.outcome, turn.intent, turn.model_id) == ("done", "ok", "ask_policy", "model-1")
    assert turn.ended_at is not None
    assert turn.ended_at >= turn.received_at


def test_actions_learn_who_sent_the_running_turn_and_nothing_afterwards(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    seen: list[service.TurnContext] = []

    def look(turn: dict[str, Any]) -> dict[str, Any]:
        seen.append(service.context_of(turn["sender"]))
        return saying("ok")

    rasa.reply = look
    post(conversation, "hello", people)
    assert seen[0].conversation_id == conversation
    assert seen[0].actor == people.applicant
    assert seen[0].enterprise_id == people.enterprise_id
    with pytest.raises(NotAvailable):
        service.context_of(rasa.turns[0]["sender"])


def test_a_turn_sent_without_signing_in_has_no_one_behind_it(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    seen: list[service.TurnContext] = []

    def look(turn: dict[str, Any]) -> dict[str, Any]:
        seen.append(service.context_of(turn["sender"]))
        return saying("ok")

    rasa.reply = look
    service.post_message(conversation, client_message_id="m1", text="hello", actor=ANONYMOUS)
    assert seen[0].actor == ANONYMOUS
    assert seen[0].enterprise_id is None


def test_after_twelve_idle_hours_rasa_begins_a_new_session(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(conversation, "a", people, "m1")
    post(conversation, "b", people, "m2")
    assert rasa.turns[0]["sender"] == rasa.turns[1]["sender"]
    later = clock.now().replace(year=clock.now().year + 1)
    monkeypatch.setattr("core.clock.now", lambda: later)
    post(conversation, "c", people, "m3")
    assert rasa.turns[2]["sender"] != rasa.turns[1]["sender"]


def test_a_long_session_is_renewed_unless_a_form_is_open(
    conversation: str, people: People, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversations.sessions.TURNS_IN_SESSION", 1)
    rasa.reply = lambda _turn: saying("ok") | {"active_loop": "filing_form"}
    post(conversation, "a", people, "m1")
    rasa.reply = lambda _turn: saying("ok")
    post(conversation, "b", people, "m2")
    post(conversation, "c", people, "m3")
    senders = [turn["sender"] for turn in rasa.turns]
    assert senders[0] == senders[1] != senders[2]


def test_every_step_is_audited_with_ids_and_no_words(conversation: str, people: People) -> None:
    post(conversation, "我的电话是 13912345678", people)
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == conversation)).all()
    assert {event.action for event in events} == {
        "conversation.opened",
        "conversation.message_received",
        "conversation.turn_ended",
    }
    assert "13912345678" not in str([event.data for event in events])


def test_the_canary_is_answered_by_a_real_turn_that_leaves_no_conversation(
    people: People, rasa: RasaStub
) -> None:
    assert service.canary("en")
    assert rasa.turns[0]["sender"].startswith("canary-")
    rasa.reply = lambda _turn: {"outcome": "no_model", "messages": []}
    assert not service.canary("en")
    with database.reading() as session:
        assert session.scalars(select(Conversation)).all() == []
        assert session.scalars(select(IssuedPayload)).all() == []
