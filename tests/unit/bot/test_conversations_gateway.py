"""What the gateway takes for an answer, and what for a failure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.conversations import gateway
from bot.conversations.gateway import Said

GOOD = {"kind": "text", "text": "a", "blocks": [{"type": "paragraph", "text": "a"}]}
CHOICE = {"label": "yes", "payload": {"intent": "confirm", "entities": {}}}


def _body(*messages: Any, outcome: str = "ok") -> dict[str, Any]:
    nlu = {"intent": "greet", "confidence": 0.5}
    return {
        "outcome": outcome,
        "messages": list(messages),
        "nlu": nlu,
        "active_loop": "form",
        "model_id": "m",
    }


def _read(body: Any) -> gateway.BotReply:
    return gateway._read(Said("s", "t", "en", "hello"), httpx.Response(200, json=body))


def test_an_answer_keeps_what_rasa_decided() -> None:
    reply = _read(_body(GOOD))
    assert reply.is_answer
    assert (reply.intent, reply.confidence, reply.active_loop, reply.model_id) == ("greet", 0.5, "form", "m")


def test_ok_without_messages_is_no_answer() -> None:
    assert _read(_body()).outcome == "empty"


@pytest.mark.parametrize("outcome", ["busy", "no_model", "error"])
def test_the_channels_own_failures_keep_their_name(outcome: str) -> None:
    assert _read(_body(outcome=outcome)).outcome == outcome


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        "ok",
        {},
        {"outcome": "fine", "messages": []},
        _body("text"),
        _body({**GOOD, "kind": "spell"}),
        _body({**GOOD, "text": None}),
        _body({**GOOD, "blocks": [{"type": "html"}]}),
        _body({**GOOD, "blocks": [{"type": "choices", "prompt": "?"}]}),
        _body({**GOOD, "choices": [{"label": "no payload"}]}),
        _body({**GOOD, "choices": [{"label": 1, "payload": {"intent": "confirm"}}]}),
        _body({**GOOD, "choices": [{"label": "x", "payload": {"intent": None}}]}),
    ],
)
def test_what_no_client_could_show_is_malformed(body: Any) -> None:
    assert _read(body).outcome == "malformed"


def test_a_reply_that_is_no_json_is_malformed() -> None:
    reply = gateway._read(Said("s", "t", "en", "hello"), httpx.Response(200, text="<html>"))
    assert reply.outcome == "malformed"


def test_choices_with_payloads_are_well_formed() -> None:
    block = {"type": "choices", "prompt": "?", "options": [CHOICE]}
    assert _read(_body({**GOOD, "blocks": [block], "choices": [CHOICE]})).is_answer


def test_text_and_payload_travel_in_separate_fields() -> None:
    assert Said("s", "t", "en", "/restart").body() == {
        "sender": "s",
        "turn_id": "t",
        "locale": "en",
        "text": "/restart",
    }
    payload = Said("s", "t", "en", intent="confirm", entities={"a": "b"}).body()
    assert payload["payload"] == {"intent": "confirm", "entities": {"a": "b"}}
    assert "text" not in payload


def test_a_deadline_that_has_passed_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(gateway, "_ask_once", never)
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert gateway.ask(Said("s", "t", "en", "hello"), past).outcome == "busy"


def test_rasa_reads_simplified_characters_and_gets_what_was_typed_along() -> None:
    body = Said("s", "t", "zh-Hant", "我要辦理化妝品備案").body()
    assert body["text"] == "我要办理化妆品备案"
    assert body["typed"] == "我要辦理化妝品備案"


def test_what_is_simplified_already_goes_as_it_is() -> None:
    assert "typed" not in Said("s", "t", "zh-CN", "我要办理化妆品备案").body()
