"""A process killed in the middle of a turn: the message is kept, the person is told, staff have the case."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.conversations import service
from bot.handoff import service as handoff
from core.database.engine import Database
from core.identity import ANONYMOUS, Actor, Role
from core.settings import get_settings

POSTING = """
import sys
from bot.handoff import service as handoff
from bot.conversations.service import post_message
from core.identity import ANONYMOUS
post_message(sys.argv[1], client_message_id="m1", text="anyone there", actor=ANONYMOUS)
"""
SUPERVISOR = Actor("acct_s", Role.SUPERVISOR, "S")


@pytest.fixture
def hanging(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A server in Rasa's place that takes a turn and does not answer; set once a turn has come."""
    came, leave = threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            came.set()
            leave.wait(60)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("YAOZHENG_RASA_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("YAOZHENG_TURN_BUDGET_S", "4")
    get_settings.cache_clear()
    yield came
    leave.set()
    server.shutdown()
    server.server_close()


def test_a_killed_process_loses_nothing(hanging: threading.Event, db: Database) -> None:
    opened = service.open_conversation(channel="web", locale="en", actor=ANONYMOUS)
    process = subprocess.Popen([sys.executable, "-c", POSTING, opened.conversation_id], env=os.environ)
    assert hanging.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert [m.text for m in service.read_messages(opened.conversation_id)] == ["anyone there"]

    started = time.monotonic()
    while handoff.tick().ended_turns == 0:
        assert time.monotonic() - started < 10
        time.sleep(0.1)
    told = service.read_messages(opened.conversation_id)[-1]
    assert (told.role, told.kind) == ("system", "handoff")
    case = handoff.list_cases(SUPERVISOR)[0]
    assert (case.reason, case.unanswered) == ("bot_failure", "anyone there")


def test_sending_again_after_the_kill_returns_what_became_of_it(
    hanging: threading.Event, db: Database
) -> None:
    opened = service.open_conversation(channel="web", locale="en", actor=ANONYMOUS)
    process = subprocess.Popen([sys.executable, "-c", POSTING, opened.conversation_id], env=os.environ)
    assert hanging.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    again = service.post_message(
        opened.conversation_id, client_message_id="m1", text="anyone there", actor=ANONYMOUS
    )
    assert [m.role for m in again] == ["applicant", "system"]
    assert len(service.read_messages(opened.conversation_id)) == 2
