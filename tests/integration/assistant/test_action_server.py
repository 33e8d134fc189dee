"""rasa-sdk's executor behind our own door, as Rasa 3.6 calls it."""

import json
import uuid
from typing import Any

import httpx
import pytest

from web.supervisor.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def server(stack: Stack) -> httpx.Client:
    secret = json.loads((stack.home / "secrets.json").read_text())["channel_secret"]
    address = f"http://127.0.0.1:{stack._ports['YAOZHENG_ACTIONS_PORT']}"
    return httpx.Client(base_url=address, headers={"X-Yaozheng-Secret": secret}, timeout=20)


def call(action: str, text: str = "你好", **tracker: Any) -> dict[str, Any]:
    """The body that Rasa posts for an action, without the domain."""
    sender = f"canary-{uuid.uuid4().hex}"
    latest = {
        "text": text,
        "intent": {"name": "greet", "confidence": 0.9},
        "entities": [],
        "metadata": {"turn_id": "t1", "locale": "en", "is_payload": False},
    }
    full = {
        "sender_id": sender,
        "slots": {},
        "latest_message": latest,
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
        **tracker,
    }
    return {"next_action": action, "sender_id": sender, "tracker": full, "version": "3.6.21"}


def test_an_utterance_is_custom_json_in_the_language_of_the_turn(server: httpx.Client) -> None:
    reply = server.post("/webhook", json=call("action_greet")).json()
    message = reply["responses"][0]["custom"]
    assert message["kind"] == "choices"
    assert "AI" in message["text"]
    assert reply["events"] == []


def test_noted_slots_come_back_as_events(server: httpx.Client) -> None:
    reply = server.post("/webhook", json=call("action_start_filing", "file a cosmetic")).json()
    assert {"event": "slot", "timestamp": None, "name": "next_step", "value": "none"} in reply["events"]


def test_a_question_inside_a_form_is_rejected_so_that_a_rule_can_serve_it(server: httpx.Client) -> None:
    answer = {"event": "slot", "name": "routing_answer", "value": "is there a fee?"}
    body = call(
        "validate_guidance_form",
        "is there a fee?",
        events=[{"event": "action", "name": "guidance_form"}, answer],
        active_loop={"name": "guidance_form"},
        slots={"service_item_code": "cosmetic_filing", "asked_key": "kind", "next_step": "guidance"},
    )
    body["tracker"]["latest_message"]["intent"] = {"name": "ask_policy", "confidence": 0.9}
    events = server.post("/webhook", json=body).json()["events"]
    assert [one["event"] for one in events if one["event"] != "slot"] == ["action_execution_rejected"]
    assert {one["name"]: one["value"] for one in events if one["event"] == "slot"} == {"routing_answer": None}


def test_an_option_in_words_is_noted_by_the_form(server: httpx.Client) -> None:
    body = call(
        "validate_guidance_form",
        "make-up",
        events=[
            {"event": "action", "name": "guidance_form"},
            {"event": "slot", "name": "routing_answer", "value": "make-up"},
        ],
        active_loop={"name": "guidance_form"},
        slots={
            "service_item_code": "cosmetic_filing",
            "asked_key": "kind",
            "routing": {"answers": {"special": "no"}},
        },
    )
    events = server.post("/webhook", json=body).json()["events"]
    noted = {one["name"]: one["value"] for one in events if one["event"] == "slot"}
    assert noted["routing"]["answers"] == {"special": "no", "kind": "cosmetic"}


def test_a_wrong_secret_is_refused(server: httpx.Client) -> None:
    for secret in ("", "wrong"):
        response = server.post("/webhook", json=call("action_greet"), headers={"X-Yaozheng-Secret": secret})
        assert response.status_code == 403


def test_an_unknown_action_and_a_broken_body_get_a_code_alone(
    server: httpx.Client,
) -> None:
    unknown = server.post("/webhook", json=call("action_no_such", "secret words"))
    assert (unknown.status_code, unknown.json()) == (404, {"error": "unknown_action"})
    assert server.post("/webhook", json=[1]).status_code == 422
    assert (
        server.post("/webhook", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    )


def test_a_failure_inside_an_action_is_a_code_that_echoes_no_word(server: httpx.Client) -> None:
    body = call("action_ask_status", "private words")
    body["sender_id"] = body["tracker"]["sender_id"] = "no-such-session"
    reply = server.post("/webhook", json=body)
    assert reply.status_code == 200
    assert "private words" not in reply.text
