"""Conversations: by token or account, never anyone else's; what is sent arrives once, whatever Rasa does."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.conversations import service as conversations
from bot.conversations.service import NewMessage
from core.database import transaction
from tests.integration.web.conftest import Person, Talk, error_of

Open = Callable[..., Talk]
NO_RASA = "the installation of these tests has no Rasa: every turn fails, visibly"


def say(who: Person, talk: Talk, text: Any, number: int = 1) -> Any:
    body = {"client_message_id": f"client-{number}", "text": text}
    return who.post(f"{talk.path}/messages", json=body, headers=talk.headers)


def test_a_failing_assistant_is_told_at_once_and_staff_take_over(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    messages = say(who, mine, "第二类医疗器械注册需要哪些材料？").json["messages"]
    assert messages[0]["role"] == "applicant", NO_RASA
    assert {message["role"] for message in messages} > {"applicant"}
    shown = who.get(mine.path, headers=mine.headers).json
    assert shown["conversation"]["owner"] == "queue"
    assert shown["handoff"]["case_no"]
    assert [case["reason"] for case in person("officer3").get("/staff/cases").json["cases"]] == [
        "bot_failure"
    ]


def test_resending_a_message_returns_the_first_result(person: Callable[..., Person], talk: Open) -> None:
    who = person()
    mine = talk(who)
    first, again = say(who, mine, "你好").json, say(who, mine, "你好").json
    assert [m["seq"] for m in first["messages"]] == [m["seq"] for m in again["messages"]]
    everything = who.get(f"{mine.path}/messages", headers=mine.headers).json["messages"]
    assert sum(message["role"] == "applicant" for message in everything) == 1


def test_reading_after_a_number_gives_only_what_is_newer(person: Callable[..., Person], talk: Open) -> None:
    who = person()
    mine = talk(who)
    say(who, mine, "你好")
    everything = who.get(f"{mine.path}/messages", headers=mine.headers).json["messages"]
    newer = who.get(f"{mine.path}/messages?after={everything[0]['seq']}", headers=mine.headers).json[
        "messages"
    ]
    assert newer == everything[1:]


def test_a_reader_that_waits_gets_nothing_when_nothing_comes(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    assert who.get(f"{mine.path}/messages?after=99&wait=0.2", headers=mine.headers).json == {"messages": []}


@pytest.mark.parametrize("query", ["after=x", "after=-1", "wait=nan", "after=inf", "wait=-3"])
def test_numbers_that_are_none_are_refused(person: Callable[..., Person], talk: Open, query: str) -> None:
    who = person()
    mine = talk(who)
    answer = who.get(f"{mine.path}/messages?{query}", headers=mine.headers)
    assert answer.status_code == 422
    assert query.split("=")[0] in error_of(answer)["fields"]


def test_a_conversation_of_someone_else_looks_absent(person: Callable[..., Person], talk: Open) -> None:
    mine = talk(person("applicant1"))
    other, wrong = person("applicant2"), {"Authorization": "Bearer no-such-token"}
    answers = [
        attempt
        for path in (mine.path, "/conversations/conv_nothing")
        for attempt in (
            other.get(path),
            other.get(path, headers=wrong),
            other.get(f"{path}/messages"),
            other.post(f"{path}/messages", json={"client_message_id": "a", "text": "你好"}),
            other.post(f"{path}/tickets"),
            other.post(f"{path}/handoff", json={}),
            other.post(f"{path}/rating", json={"level": 5}),
            other.patch(path, json={"locale": "en"}),
            other.post(f"{path}/messages/1/feedback", json={"useful": True}),
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({error_of(answer)["message"] for answer in answers}) == 1


def test_the_token_opens_alone_and_needs_no_csrf_token(person: Callable[..., Person], talk: Open) -> None:
    who = person("applicant1")
    mine = talk(who)
    stranger_with_token = person()
    answer = stranger_with_token.post(
        f"{mine.path}/tickets", headers={**mine.headers, "X-CSRF-Token": "wrong"}
    )
    own_by_cookie = who.get(f"{mine.path}/messages")
    assert own_by_cookie.status_code == 200
    assert answer.status_code == 201


def test_the_list_holds_ones_own_conversations_alone(person: Callable[..., Person], talk: Open) -> None:
    who = person("applicant1")
    mine = talk(who)
    talk(person("applicant2"))
    assert [c["id"] for c in who.get("/conversations").json["conversations"]] == [mine.id]


def test_signing_in_takes_the_conversation_along(person: Callable[..., Person], talk: Open) -> None:
    who = person()
    mine = talk(who)
    who.sign_in("applicant1")
    enterprise_id = who.get("/me").json["enterprises"][0]["id"]
    changed = who.patch(
        mine.path, json={"locale": "en", "enterprise_id": enterprise_id}, headers=mine.headers
    ).json["conversation"]
    assert (changed["locale"], changed["enterprise_id"]) == ("en", enterprise_id)
    assert [c["id"] for c in who.get("/conversations").json["conversations"]] == [mine.id]


def test_nobody_speaks_for_anothers_enterprise(person: Callable[..., Person], talk: Open) -> None:
    foreign = person("applicant2").get("/me").json["enterprises"][0]["id"]
    who = person("applicant1")
    mine = talk(who)
    answer = who.patch(mine.path, json={"enterprise_id": foreign}, headers=mine.headers)
    assert answer.status_code == 404


def test_asking_for_staff_works_without_rasa_and_twice_is_one_case(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    first = who.post(f"{mine.path}/handoff", headers=mine.headers).json["handoff"]
    again = who.post(f"{mine.path}/handoff", json={"reason": "asked_for"}, headers=mine.headers).json[
        "handoff"
    ]
    assert first["case_no"] == again["case_no"]
    assert first["position"] == 1


def test_a_reason_that_only_the_machine_may_give_is_refused(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    answer = who.post(f"{mine.path}/handoff", json={"reason": "bot_failure"}, headers=mine.headers)
    assert error_of(answer)["fields"] == {"reason": "此项不在可选范围内。"}


def test_feedback_needs_an_answer_to_be_about(person: Callable[..., Person], talk: Open) -> None:
    who = person()
    mine = talk(who)
    say(who, mine, "你好")
    answer = who.post(f"{mine.path}/messages/1/feedback", json={"useful": False}, headers=mine.headers)
    assert answer.status_code == 404


def test_a_button_that_was_never_issued_is_refused(person: Callable[..., Person], talk: Open) -> None:
    who = person()
    mine = talk(who)
    answer = who.post(
        f"{mine.path}/messages",
        json={"client_message_id": "b1", "payload_id": "pay_submit_filing"},
        headers=mine.headers,
    )
    error_of(answer)
    assert answer.status_code in (404, 422)
    assert who.get(f"{mine.path}/messages", headers=mine.headers).json == {"messages": []}


def test_what_stands_before_a_number_is_read_back_page_by_page(
    person: Callable[..., Person], talk: Open
) -> None:
    who = person()
    mine = talk(who)
    write(mine.id, 250)

    def numbers(query: str) -> list[int]:
        answer = who.get(f"{mine.path}/messages?{query}", headers=mine.headers)
        assert answer.status_code == 200, answer.text
        return [message["seq"] for message in answer.json["messages"]]

    assert numbers("before=251") == list(range(211, 251))
    assert numbers("before=11&limit=5") == [6, 7, 8, 9, 10]
    assert numbers("before=4&limit=100") == [1, 2, 3]
    assert numbers("before=1") == []
    assert numbers("before=0") == []
    assert numbers("before=99999&limit=10000") == list(range(51, 251))
    assert numbers("after=260") == []


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=5&limit=nan", "before=", "before=1e400"])
def test_a_page_that_cannot_be_asked_for_is_refused_or_empty(
    person: Callable[..., Person], talk: Open, query: str
) -> None:
    who = person()
    mine = talk(who)
    answer = who.get(f"{mine.path}/messages?{query}", headers=mine.headers)
    if query == "before=":
        assert answer.json == {"messages": []}
    else:
        assert error_of(answer)["fields"]


def test_nobody_else_reads_back(person: Callable[..., Person], talk: Open) -> None:
    mine = talk(person())
    assert person().get(f"{mine.path}/messages?before=9").status_code == 404


def write(conversation_id: str, count: int) -> None:
    with transaction() as session:
        row = conversations.locked(session, conversation_id)
        for number in range(count):
            conversations.append(session, row, NewMessage("officer", "text", f"message {number}"))
