"""Answers on sensitive topics wait for an officer; one decision stands, the talk stays the assistant's."""

from typing import Any

import pytest

from bot.actions.questions import answer_about
from bot.actions.services import Services, use
from bot.actions.turn import Turn
from bot.conversations import service as conversations
from bot.handoff import service
from core.blocks import paragraph
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from i18n.service import translate
from tests.integration.bot.conftest import People

BOSS = Actor("acct_boss", Role.SUPERVISOR)
QUESTION = "召回的药品价格怎么赔"
CITED = {
    "type": "citation",
    "n": 1,
    "title": "药品管理法",
    "article": "82",
    "article_label": "第八十二条",
    "quote": "……",
}
ANSWER: dict[str, Any] = {
    "kind": "answer",
    "text": "应当召回。",
    "blocks": [paragraph("应当召回。"), CITED],
    "answer": {
        "status": "answered",
        "citations": [{"title": "药品管理法", "article": "82"}],
        "trace_id": "trc_1",
    },
}


@pytest.fixture
def topic(people: People) -> str:
    return service.save_topic(BOSS, name="召回赔偿", words="召回，赔偿\nrecall")


def told(conversation_id: str) -> list[conversations.MessageView]:
    return conversations.read_messages(conversation_id, after=0, limit=50)


def hold(conversation: str, question: str = QUESTION, turn: str = "turn_1") -> bool:
    return service.hold_answer(conversation, question, ANSWER, turn)


def test_only_questions_on_a_topic_are_held_and_a_turn_once(
    conversation: str, people: People, topic: str
) -> None:
    assert not hold(conversation, "普通化妆品备案要哪些材料", "turn_0")
    assert hold(conversation)
    assert hold(conversation)
    [waiting] = service.list_held(people.officer)
    assert (waiting.question, waiting.topic, waiting.text) == (QUESTION, "召回赔偿", "应当召回。")
    assert hold(conversation, "What about a RECALL?", "turn_2")
    service.delete_topic(BOSS, topic)
    assert not hold(conversation, QUESTION, "turn_3")
    assert len(service.list_held(people.officer)) == 2


def test_an_answer_sent_as_it_is_keeps_its_words_and_what_it_cites(
    conversation: str, people: People, topic: str
) -> None:
    hold(conversation)
    [waiting] = service.list_held(people.officer)
    service.send_held(people.officer, waiting.id, waiting.text)
    sent = told(conversation)[-1]
    assert (sent.role, sent.kind) == ("officer", "answer")
    assert sent.blocks[1:] == ANSWER["blocks"]
    assert sent.blocks[0]["text"] == translate("handoff.held_checked", "zh-CN")
    assert sent.answer == ANSWER["answer"]
    assert service.list_held(people.officer) == []
    with pytest.raises(Conflict):
        service.send_held(people.officer, waiting.id, waiting.text)
    with pytest.raises(Conflict):
        service.decline_held(people.officer, waiting.id)


def test_an_answer_that_was_rewritten_goes_in_the_officers_words(
    conversation: str, people: People, topic: str
) -> None:
    hold(conversation)
    [waiting] = service.list_held(people.officer)
    for wrong in ("  ", "长" * 4001):
        with pytest.raises(InvalidInput):
            service.send_held(people.officer, waiting.id, wrong)
    service.send_held(people.officer, waiting.id, "请联系生产企业办理召回。")
    sent = told(conversation)[-1]
    assert [block["type"] for block in sent.blocks] == ["notice", "paragraph", "citation"]
    assert sent.blocks[1]["text"] == "请联系生产企业办理召回。"


def test_what_is_not_sent_becomes_a_case(conversation: str, people: People, topic: str) -> None:
    hold(conversation)
    [waiting] = service.list_held(people.officer)
    service.decline_held(people.officer, waiting.id)
    [case] = service.list_cases(people.officer)
    assert (case.unanswered, case.reason) == (QUESTION, "judgement_needed")


def test_nobody_else_sees_or_decides(conversation: str, people: People, topic: str) -> None:
    hold(conversation)
    [waiting] = service.list_held(people.officer)
    for actor in (Actor(), Actor("acct_x", Role.APPLICANT), Actor("acct_e", Role.EDITOR)):
        with pytest.raises(NotAvailable):
            service.list_held(actor)
        with pytest.raises(NotAvailable):
            service.send_held(actor, waiting.id, "x")
    for act in (
        lambda: service.save_topic(people.officer, name="x", words="y"),
        lambda: service.delete_topic(people.officer, topic),
    ):
        with pytest.raises(NotAvailable):
            act()


@pytest.mark.parametrize("wrong", [{"name": " "}, {"words": "，、"}, {"name": "长" * 81}])
def test_a_topic_needs_a_name_and_a_word(people: People, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        service.save_topic(BOSS, **{"name": "召回", "words": "召回", **wrong})


def test_the_assistant_says_that_staff_look_at_it_and_sends_nothing_itself(
    conversation: str, people: People, topic: str
) -> None:
    previous = use(Services(lambda _: None, lambda *_: dict(ANSWER), lambda *_, **__: None))
    try:
        turn = Turn("s", text=QUESTION, conversation_id=conversation, turn_id="turn_9")
        reply = answer_about(turn, QUESTION, "")
        plain = answer_about(
            Turn("s", text="别的", conversation_id=conversation, turn_id="turn_10"), "别的", ""
        )
        canary = Turn("s", text=QUESTION)
        assert answer_about(canary, QUESTION, "").messages[0]["text"] == "应当召回。"
    finally:
        use(previous)
    assert [one["text"] for one in reply.messages] == [translate("assistant.held", "zh-CN")]
    assert plain.messages[0]["text"] == "应当召回。"
    assert len(service.list_held(people.officer)) == 1
