"""A staff desk to work with: both databases, officers, applicants, and a server in Rasa's place.

The server speaks the channel's protocol over real HTTP. It stands for Rasa where the test is about what Rasa
does wrong, which the real one cannot be made to do at will.
"""

import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.conversations.service import open_conversation
from bot.handoff import service as handoff
from core import clock, database
from core.database.engine import Database, _driver_url
from core.database.model_modules import load_models
from core.identity import Actor, Role
from core.identity.models import Account
from core.identity.service import actor_of, grant_authority
from core.settings import get_settings
from forms.models import Enterprise

Body = dict[str, Any]
DESK = handoff.__name__
"""Importing it takes the staff desk, as every process that serves turns does."""


def saying(*texts: str, kind: str = "text", **extra: Any) -> Body:
    """A reply of the channel with one message a text."""
    messages = [
        {"kind": kind, "text": one, "blocks": [{"type": "paragraph", "text": one}], **extra} for one in texts
    ]
    return {
        "outcome": "ok",
        "messages": messages,
        "nlu": {"intent": "ask_policy", "confidence": 0.9, "entities": []},
        "active_loop": None,
        "model_id": "model-1",
    }


@dataclass
class RasaStub:
    """``reply`` makes the body of each answer from the request's body, or raises to break the connection."""

    reply: Callable[[Body], Body] = lambda _turn: saying("ok")
    turns: list[Body] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    url: str = ""

    def texts(self) -> list[str]:
        return [turn.get("text", "") for turn in self.turns]


def _handler(stub: RasaStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.turns.append(turn)
            stub.secrets.append(self.headers.get("X-Yaozheng-Secret", ""))
            try:
                answer = stub.reply(turn)
            except ConnectionError:
                self.close_connection = True
                return
            body = json.dumps({"turn_id": turn["turn_id"], **answer}).encode()
            try:
                self.send_response(answer.get("http_status", 200))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except BrokenPipeError:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            return

    return Handler


@pytest.fixture
def rasa(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RasaStub]:
    """A server in Rasa's place, and a turn budget of three seconds."""
    stub = RasaStub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stub))
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    monkeypatch.setenv("YAOZHENG_RASA_URL", stub.url)
    monkeypatch.setenv("YAOZHENG_TURN_BUDGET_S", "3")
    get_settings.cache_clear()
    yield stub
    server.shutdown()
    server.server_close()
    thread.join(5)


def _postgres_url(schema: str) -> str:
    url = os.environ.get("YAOZHENG_TEST_POSTGRES_URL", "")
    if not url:
        pytest.skip("no PostgreSQL server was started for the tests")
    engine = create_engine(_driver_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    engine.dispose()
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"


def _drop(schema: str) -> None:
    engine = create_engine(_driver_url(os.environ["YAOZHENG_TEST_POSTGRES_URL"]))
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(
    request: pytest.FixtureRequest, rasa: RasaStub, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """An empty database of either kind with all tables."""
    schema = f"test_{uuid.uuid4().hex}"
    is_postgres = request.param == "postgres"
    if is_postgres:
        monkeypatch.setenv("YAOZHENG_DATABASE_URL", _postgres_url(schema))
        get_settings.cache_clear()
    load_models()
    opened = database.current()
    database.Base.metadata.create_all(opened.engine)
    yield opened
    database.reset()
    if is_postgres:
        _drop(schema)


OPEN = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in China
EVENING = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)  # 20:00 in China


class Clock:
    """The present, for tests to set."""

    def __init__(self) -> None:
        self.moment = OPEN

    def pass_s(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Wednesday morning; a test that takes it before ``people`` gives them authority from that day."""
    found = Clock()
    monkeypatch.setattr("core.clock.now", lambda: found.moment)
    return found


@dataclass(frozen=True)
class People:
    """Who takes part: an applicant with an enterprise of Shanghai, and staff."""

    applicant: Actor
    stranger: Actor
    officer: Actor
    colleague: Actor
    drug_officer: Actor
    elsewhere: Actor
    supervisor: Actor
    enterprise_id: str


def _account(login: str, role: Role, province: str = "", competences: tuple[str, ...] = ()) -> str:
    """An account that nobody can sign in to: hashing passwords would cost more than the tests."""
    with database.transaction() as session:
        made = Account(
            id=f"acct_{login}",
            login=login,
            password_hash="-",
            role=role.value,
            display_name=login.title(),
            province=province,
            competences=list(competences),
            created_at=clock.now(),
        )
        session.add(made)
        return made.id


@pytest.fixture
def people(store: Database) -> People:
    applicant, enterprise_id = _account("applicant", Role.APPLICANT), "ent_1"
    with database.transaction() as session:
        session.add(
            Enterprise(
                id=enterprise_id,
                uscc="91310000000000000X",
                name="Test Cosmetics",
                province="沪",
                region_code="310115",
                profile={},
            )
        )
        session.flush()
        grant_authority(session, account_id=applicant, enterprise_id=enterprise_id, scope="proxy")
    return People(
        applicant=actor_of(applicant),
        stranger=actor_of(_account("stranger", Role.APPLICANT)),
        officer=actor_of(_account("officer", Role.OFFICER, "沪", ("cosmetic",))),
        colleague=actor_of(_account("colleague", Role.OFFICER, "沪", ("cosmetic", "drug"))),
        drug_officer=actor_of(_account("drugs", Role.OFFICER, "沪", ("drug",))),
        elsewhere=actor_of(_account("elsewhere", Role.OFFICER, "粤", ("cosmetic",))),
        supervisor=actor_of(_account("supervisor", Role.SUPERVISOR)),
        enterprise_id=enterprise_id,
    )


def wait_until(holds: Callable[[], bool], timeout_s: float = 5.0) -> bool:
    """Wait until something holds; return whether it came to hold."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


@pytest.fixture
def conversation(people: People) -> str:
    """A conversation of the applicant, acting for the enterprise."""
    opened = open_conversation(
        channel="web", locale="zh-CN", actor=people.applicant, enterprise_id=people.enterprise_id
    )
    return opened.conversation_id
