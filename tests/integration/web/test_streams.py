"""WebSocket and long-poll on a real gunicorn: replay, live delivery, tickets, caps, a killed server."""

import json
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import websocket

from bot.conversations import service as conversations
from bot.conversations.service import NewMessage
from core import database
from core.database import transaction
from core.settings import get_settings
from tests.integration.web.conftest import PASSWORDS
from tests.live.server import Server
from web.supervisor.ports import free_ports

THREADS = 12
CAP = 9
SOON_S = 4.0
LONG = 450


@pytest.fixture(scope="module")
def installation(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that this process and the server share."""
    home = tmp_path_factory.mktemp("live")
    shutil.copy(seeded, home / "database.sqlite3")
    return home


@pytest.fixture(scope="module")
def running(installation: Path) -> Iterator[Server]:
    server = Server(installation, free_ports(1)[0], YAOZHENG_WEB_THREADS=THREADS)
    server.start()
    yield server
    server.end()


@pytest.fixture
def server(running: Server, installation: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    from core.realtime import reset_bus

    monkeypatch.setenv("YAOZHENG_HOME", str(installation))
    get_settings.cache_clear()
    database.reset()
    reset_bus()
    yield running
    reset_bus()
    database.reset()
    get_settings.cache_clear()


class Talk:
    """A conversation opened over HTTP, written to as the assistant would."""

    def __init__(self, server: Server) -> None:
        self.server = server
        opened = httpx.post(f"{server.base}/api/v1/conversations", json={}).json()
        self.id = opened["conversation_id"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.url = f"{server.base}/api/v1/conversations/{self.id}"

    def ticket(self) -> str:
        answer = httpx.post(f"{self.url}/tickets", headers=self.headers)
        assert answer.status_code == 201, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    def write(self, text: str) -> None:
        with transaction() as session:
            row = conversations.locked(session, self.id)
            conversations.append(session, row, NewMessage(role="assistant", kind="text", text=text))

    def stream(self, after: int = 0, **options: Any) -> Any:
        return stream(
            self.server, f"/conversations/{self.id}/stream?after={after}&ticket={self.ticket()}", **options
        )


def stream(server: Server, path: str, **options: Any) -> websocket.WebSocket:
    options.setdefault("origin", server.base)
    return websocket.create_connection(f"ws://127.0.0.1:{server.port}/api/v1{path}", timeout=10, **options)


def frames(ws: websocket.WebSocket, count: int) -> list[dict[str, Any]]:
    return [json.loads(ws.recv()) for _ in range(count)]


def refused(server: Server, path: str, **options: Any) -> int:
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        stream(server, path, **options)
    status: int = caught.value.status_code
    return status


@contextmanager
def closing(*sockets: websocket.WebSocket | httpx.Client) -> Iterator[None]:
    try:
        yield
    finally:
        for ws in sockets:
            ws.close()


def test_a_stream_replays_what_was_missed_and_then_delivers_live(server: Server) -> None:
    talk = Talk(server)
    for text in ("one", "two", "three"):
        talk.write(text)
    ws = talk.stream(after=1)
    with closing(ws):
        assert [frame["text"] for frame in frames(ws, 2)] == ["two", "three"]
        began = time.monotonic()
        talk.write("four")
        assert frames(ws, 1)[0]["text"] == "four"
        assert time.monotonic() - began < SOON_S


def test_beyond_the_end_there_is_nothing_until_the_conversation_is_that_long(server: Server) -> None:
    talk = Talk(server)
    talk.write("one")
    polled = httpx.get(f"{talk.url}/messages?after=2&wait=0.2", headers=talk.headers).json()
    assert polled == {"messages": []}
    ws = talk.stream(after=2)
    with closing(ws):
        talk.write("two")
        talk.write("three")
        assert frames(ws, 1)[0]["seq"] == 3


def test_a_long_conversation_is_replayed_without_a_pause(server: Server) -> None:
    talk = Talk(server)
    for number in range(LONG):
        talk.write(str(number))
    began = time.monotonic()
    ws = talk.stream()
    with closing(ws):
        assert [frame["seq"] for frame in frames(ws, LONG)] == list(range(1, LONG + 1))
    assert time.monotonic() - began < SOON_S


def test_frames_are_the_messages_that_a_poll_gives(server: Server) -> None:
    talk = Talk(server)
    talk.write("one")
    ws = talk.stream()
    with closing(ws):
        polled = httpx.get(f"{talk.url}/messages", headers=talk.headers).json()["messages"]
        assert frames(ws, 1) == polled


def test_a_ticket_opens_one_stream_once(server: Server) -> None:
    talk = Talk(server)
    path = f"/conversations/{talk.id}/stream?ticket={talk.ticket()}"
    with closing(stream(server, path)):
        assert refused(server, path) == 403


def test_a_ticket_opens_no_other_stream(server: Server) -> None:
    first, second = Talk(server), Talk(server)
    assert refused(server, f"/conversations/{second.id}/stream?ticket={first.ticket()}") == 403
    assert refused(server, f"/staff/stream?ticket={first.ticket()}") == 403
    assert refused(server, f"/conversations/{second.id}/stream?ticket=") == 403


def test_another_sites_page_opens_no_stream(server: Server) -> None:
    talk = Talk(server)
    path = f"/conversations/{talk.id}/stream?ticket={talk.ticket()}"
    assert refused(server, path, origin="https://evil.example") == 403


def test_a_client_that_sends_is_cut_off(server: Server) -> None:
    talk = Talk(server)
    ws = talk.stream()
    ws.send("hello")
    talk.write("one")
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        for _ in range(3):
            if ws.recv() == "":
                raise websocket.WebSocketConnectionClosedException


def test_a_long_poll_is_woken_by_the_message(server: Server) -> None:
    talk = Talk(server)
    threading.Timer(0.5, talk.write, ["late"]).start()
    began = time.monotonic()
    answer = httpx.get(f"{talk.url}/messages?after=0&wait=20", headers=talk.headers, timeout=30)
    assert [message["text"] for message in answer.json()["messages"]] == ["late"]
    assert time.monotonic() - began < SOON_S


def test_above_the_cap_streams_are_refused_and_requests_still_answered(server: Server) -> None:
    talk = Talk(server)
    wait_until_free(talk, CAP)
    held = [talk.stream() for _ in range(CAP)]
    with closing(*held):
        assert refused(server, f"/conversations/{talk.id}/stream?ticket={talk.ticket()}") == 503
        began = time.monotonic()
        polled = httpx.get(f"{talk.url}/messages?wait=20", headers=talk.headers, timeout=30)
        assert polled.json() == {"messages": []}
        assert time.monotonic() - began < SOON_S
    wait_until_free(talk, CAP)


def wait_until_free(talk: Talk, places: int) -> None:
    """Clients that left give their places back within a second or so."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        held: list[websocket.WebSocket] = []
        try:
            while len(held) < places:
                held.append(talk.stream())
            break
        except websocket.WebSocketBadStatusException:
            time.sleep(0.5)
        finally:
            for ws in held:
                ws.close()
    else:
        raise AssertionError("places were not given back")
    time.sleep(1.5)


def signed_in(server: Server, login: str) -> tuple[httpx.Client, dict[str, str]]:
    client = httpx.Client(base_url=f"{server.base}/api/v1")
    answer = client.post("/sessions", json={"login": login, "password": PASSWORDS[login]})
    return client, {"X-CSRF-Token": answer.json()["csrf_token"]}


def test_the_console_hears_of_a_new_case_and_of_the_followed_ones_messages(server: Server) -> None:
    client, headers = signed_in(server, "officer3")
    ticket = client.post("/staff/tickets", headers=headers).json()["ticket"]
    queue = stream(server, f"/staff/stream?ticket={ticket}")
    with closing(client, queue):
        assert frames(queue, 1) == [{"type": "queue"}], "what came before the stream is to be read"
        talk = Talk(server)
        case_id = httpx.post(f"{talk.url}/handoff", headers=talk.headers).json()["handoff"]["case_id"]
        assert frames(queue, 1) == [{"type": "queue"}]
        ticket = client.post("/staff/tickets", headers=headers).json()["ticket"]
        followed = stream(server, f"/staff/stream?ticket={ticket}&case={case_id}&after=0")
        with closing(followed):
            talk.write("for the officer")
            seen: list[str] = []
            while "for the officer" not in seen:
                (frame,) = frames(followed, 1)
                seen.append(frame.get("message", {}).get("text", ""))


def test_nobody_follows_a_case_that_is_not_there(server: Server) -> None:
    client, headers = signed_in(server, "officer3")
    with closing(client):
        ticket = client.post("/staff/tickets", headers=headers).json()["ticket"]
    assert refused(server, f"/staff/stream?ticket={ticket}&case=case_nothing") == 404


def test_after_a_killed_server_nothing_is_lost(server: Server) -> None:
    talk = Talk(server)
    talk.write("before")
    ws = talk.stream()
    assert frames(ws, 1)[0]["text"] == "before"
    server.end(signal.SIGKILL)
    talk.write("while it was dead")
    server.start()
    again = talk.stream(after=1)
    with closing(again):
        assert frames(again, 1)[0]["text"] == "while it was dead"
