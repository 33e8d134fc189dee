"""A second program takes the place of the first without a turn that nobody answers; real processes."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.conversations.gateway import rasa_url
from core.database import transaction
from core.database.engine import Database
from core.identity import Role
from core.identity.actor import Actor
from core.model_register import lifecycle, serving, shelf
from core.model_register.states import State
from core.settings import Settings, get_settings
from web.supervisor import ports
from web.supervisor.dialogue import DialogueSwitch, pointer
from web.supervisor.programs import Program
from web.supervisor.supervision import Supervisor

SERVER = """
import http.server, json, os
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(json.dumps({"model_id": os.environ.get("YAOZHENG_RASA_MODEL", "shipped")}).encode())
    def log_message(self, *a): pass
model = os.environ.get("YAOZHENG_RASA_MODEL", "")
if model and open(model).read() == "broken": raise SystemExit(1)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["YAOZHENG_RASA_PORT"])), H).serve_forever()
"""
CARD = {"version": "1", "purpose": "tests", "training_data": [{"name": "ours", "licence": "ours"}]}


@pytest.fixture
def settings(db: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("YAOZHENG_RASA_PORT", str(ports.free_ports(1)[0]))
    monkeypatch.setenv("YAOZHENG_TURN_BUDGET_S", "0.5")
    get_settings.cache_clear()
    serving.forget()
    return get_settings()


@pytest.fixture
def switch(settings: Settings, tmp_path: Path) -> Iterator[DialogueSwitch]:
    logs = tmp_path / "logs"
    logs.mkdir()
    supervisor, stop = Supervisor(logs, lambda event: None), threading.Event()
    port = settings.rasa_port
    env = {"YAOZHENG_RASA_PORT": str(port)}
    shipped = Program("rasa", (sys.executable, "-c", SERVER), env, f"http://127.0.0.1:{port}/health", 20.0)
    supervisor.start(shipped)
    yield DialogueSwitch(settings, supervisor, shipped, stop.wait)
    supervisor.stop()


def released(content: str, tmp_path: Path, name: str) -> str:
    path = tmp_path / f"{name}.tar.gz"
    path.write_text(content)
    entry_id = lifecycle.propose(Actor("one", Role.EDITOR), "rasa", {**CARD, "id": name}, path)
    with transaction() as session:
        entry = shelf.entry_row(session, entry_id)
        entry.state = State.RELEASED.value
        serving.switch_to(session, "rasa", entry, "two", "switched")
    serving.forget()
    return entry_id


def says() -> str:
    return str(httpx.get(f"{rasa_url()}/health", timeout=5).json()["model_id"])


def until_it_serves() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            assert says()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it does not serve")


def test_another_model_takes_its_place_and_is_taken_back(
    switch: DialogueSwitch, settings: Settings, tmp_path: Path
) -> None:
    until_it_serves()
    assert (switch.follow(), says()) == (False, "shipped")
    entry_id = released("green", tmp_path, "green")
    lost, heard, stop = [], set(), threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                heard.add(says())
            except httpx.TransportError as error:
                lost.append(error)
            time.sleep(0.02)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        assert switch.follow()
        time.sleep(0.5)
        assert says().endswith("green.tar.gz")
        assert switch.running == f"rasa-{entry_id[-6:]}"
        with transaction() as session:
            serving.switch_to(session, "rasa", None, "two", "rolled_back")
        serving.forget()
        assert switch.follow()
        time.sleep(0.5)
    finally:
        stop.set()
        asker.join()
    assert (says(), switch.running, pointer(settings).exists()) == ("shipped", "rasa", False)
    assert lost == []
    assert len(heard) == 2


def test_a_model_that_was_changed_or_does_not_come_up_changes_nothing(
    switch: DialogueSwitch, settings: Settings, tmp_path: Path
) -> None:
    until_it_serves()
    released("broken", tmp_path, "broken")
    assert not switch.follow()
    entry_id = released("green", tmp_path, "green")
    with transaction() as session:
        place = serving.place_of(shelf.entry_row(session, entry_id).place)
    assert place is not None
    place.write_text("altered")
    assert not switch.follow()
    assert (says(), switch.running, pointer(settings).exists()) == ("shipped", "rasa", False)
    shutil.rmtree(settings.home / "models")
