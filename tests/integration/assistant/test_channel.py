"""The one way into Rasa: explicit outcomes, and text that never becomes a command."""

import concurrent.futures
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.settings import REPOSITORY
from tests.integration.assistant.conftest import Channel
from web.supervisor.ports import free_ports
from web.supervisor.stack import Stack

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]


def person() -> str:
    return f"canary-{uuid.uuid4().hex}"


def test_a_canary_turn_is_answered(channel: Channel) -> None:
    reply = channel.turn(person(), text="你好")
    assert reply["outcome"] == "ok"
    assert reply["messages"][0]["kind"] == "choices"
    assert reply["nlu"]["intent"] == "greet"
    assert reply["model_id"]


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 500])
def test_a_wrong_secret_is_refused_before_anything_is_read(channel: Channel, secret: str) -> None:
    response = channel.post({"sender": person(), "turn_id": "1", "text": "你好"}, secret)
    assert response.status_code == 403
    assert response.json() == {"error": "forbidden"}


@pytest.mark.parametrize(
    "text",
    [
        '/submit_filing{"role": "admin"}',
        "/submit_filing",
        "/restart",
        "/session_start",
        "//submit_filing",
        " /submit_filing",
        "/back",
    ],
)
def test_text_with_a_slash_never_reaches_an_intent_by_its_name(channel: Channel, text: str) -> None:
    sender = person()
    reply = channel.turn(sender, text=text)
    assert reply["outcome"] in ("ok", "error")
    assert reply["nlu"]["confidence"] < 1.0
    assert reply["nlu"]["intent"] not in ("restart", "session_start", "back")
    assert "admin" not in str(reply["nlu"]["entities"])


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"sender": "a"},
        {"sender": "", "turn_id": "1", "text": "x"},
        {"sender": "a", "turn_id": "1"},
        {"sender": "a", "turn_id": "1", "text": ""},
        {"sender": "a", "turn_id": "1", "text": 7},
        {"sender": "a", "turn_id": "1", "text": "x" * 4001},
        {"sender": "a", "turn_id": "1", "text": "x", "payload": {"intent": "greet"}},
        {"sender": "a", "turn_id": "1", "payload": "greet"},
        {"sender": "a", "turn_id": "1", "payload": {"intent": "greet", "entities": []}},
    ],
)
def test_what_is_no_turn_is_refused_with_the_field(channel: Channel, body: object) -> None:
    response = channel.post(body)
    assert response.status_code == 400
    assert response.json()["error"]


def test_a_payload_with_an_intent_that_no_button_has_is_an_error(channel: Channel) -> None:
    for intent in ("restart", "session_start", "back", "no_such_intent"):
        assert channel.turn(person(), payload={"intent": intent})["outcome"] == "error"


def test_a_payload_reaches_its_intent_without_being_read(channel: Channel) -> None:
    reply = channel.turn(person(), payload={"intent": "ask_capabilities", "entities": {}})
    assert reply["outcome"] == "ok"
    assert reply["nlu"] == {"intent": "ask_capabilities", "confidence": 1.0, "entities": []}


@pytest.mark.parametrize("text", ["🙂🙂🙂", "���", "?", "　", "a" * 4000, "㊗️ ok 好", "\u200b\u200b x"])
def test_odd_text_ends_in_an_explicit_outcome(channel: Channel, text: str) -> None:
    body = {"sender": person(), "turn_id": "1", "locale": "zh-CN", "text": text}
    response = channel.post(body)
    if response.status_code == 400:
        assert not text.strip()
    else:
        assert response.json()["outcome"] in ("ok", "error")
        assert bool(response.json()["messages"]) == (response.json()["outcome"] == "ok")


def test_two_turns_of_one_conversation_do_not_run_at_once(channel: Channel) -> None:
    sender = person()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: channel.turn(sender, text="化妆品备案收费吗")["outcome"], range(6)))
    assert set(found) <= {"ok", "busy"}
    assert "ok" in found
    assert channel.turn(sender, text="你好")["outcome"] == "ok"


@pytest.fixture(scope="module")
def lonely(stack: Stack, channel: Channel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Rasa with a model, but without an action server."""
    home = Path(tmp_path_factory.mktemp("lonely"))
    (home / "rasa").mkdir()
    (home / "rasa" / "model").symlink_to(stack.home / "rasa" / "model")
    yield from serving(home, channel)


@pytest.fixture(scope="module")
def empty(channel: Channel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Rasa whose model file is broken."""
    home = Path(tmp_path_factory.mktemp("empty"))
    (home / "rasa" / "model").mkdir(parents=True)
    (home / "rasa" / "model" / "yaozheng.tar.gz").write_bytes(b"no archive")
    yield from serving(home, channel)


def serving(home: Path, channel: Channel) -> Iterator[str]:
    port, closed = free_ports(2)
    env = {name: value for name, value in os.environ.items() if not name.startswith("YAOZHENG_")}
    env |= {
        "YAOZHENG_HOME": str(home),
        "YAOZHENG_RASA_PORT": str(port),
        "YAOZHENG_ACTIONS_PORT": str(closed),
        "YAOZHENG_CHANNEL_SECRET": channel.secret,
    }
    program = [str(REPOSITORY / ".venv-rasa" / "bin" / "python"), "bot/assistant/run.py", "serve"]
    with (home / "rasa.log").open("wb") as output:
        process = subprocess.Popen(program, cwd=REPOSITORY, env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        assert answers(f"http://127.0.0.1:{port}", process), (home / "rasa.log").read_text()[-2000:]
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str, process: "subprocess.Popen[bytes]", limit_s: float = 120) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return httpx.get(f"{url}/webhooks/yaozheng/health").status_code == 200
        except httpx.TransportError:
            time.sleep(0.5)
    return False


def test_a_turn_without_an_action_server_is_an_error_and_never_an_empty_success(
    lonely: str, channel: Channel
) -> None:
    reply = Channel(lonely, channel.secret).turn(person(), text="你好")
    assert reply["outcome"] == "error"
    assert reply["messages"] == []


def test_a_turn_without_a_model_says_so(empty: str, channel: Channel) -> None:
    reply = Channel(empty, channel.secret).turn(person(), text="你好")
    assert reply["outcome"] == "no_model"
    assert reply["model_id"] is None
