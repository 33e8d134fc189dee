"""The real application over real SQLite with the sandbox in it."""

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, Request
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from openapi_core import OpenAPI
from openapi_core.contrib.flask import FlaskOpenAPIRequest, FlaskOpenAPIResponse
from werkzeug.test import EnvironBuilder, TestResponse

from core import database
from core.database.model_modules import load_models
from core.settings import get_settings
from forms.sandbox.seed import seed_sandbox
from knowledge_base.served.shipped import register_shipped
from tests.integration.web.plain_browser import PlainBrowser
from web.api.document import document
from web.app import create_app

LOGINS = (
    "applicant1",
    "applicant2",
    "applicant6",
    "applicant7",
    "applicant8",
    "officer1",
    "officer2",
    "officer3",
    "supervisor1",
    "auditor1",
    "editor1",
    "admin1",
)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # what is under test here is no password
PASSWORDS = {login: f"secret-of-{login}" for login in LOGINS}


class Compiled(BytecodeCache):
    """Templates are compiled once a process, not once an application."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.held:
            bucket.bytecode_from_string(self.held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.held[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@lru_cache(maxsize=1)
def published() -> OpenAPI:
    return OpenAPI.from_dict(document())


def hold_to_document(answer: TestResponse) -> None:
    """Every reply of every test is as the published document says, errors included."""
    asked = EnvironBuilder(path=answer.request.path, method=answer.request.method)
    request = FlaskOpenAPIRequest(Request(asked.get_environ()))
    published().validate_response(request, FlaskOpenAPIResponse(answer))


@dataclass
class Person:
    """Someone at a browser: cookies, and the CSRF token once signed in."""

    client: FlaskClient
    csrf: str = ""

    def sign_in(self, login: str) -> "Person":
        answer = self.client.post("/api/v1/sessions", json={"login": login, "password": PASSWORDS[login]})
        assert answer.status_code == 201, answer.text
        self.csrf = answer.json["csrf_token"]
        return self

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"X-CSRF-Token": self.csrf, **options.pop("headers", {})}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        hold_to_document(answer)
        return answer

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.call("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.call("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.call("DELETE", path, **options)


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sandbox in it, made once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("seeded")
    load_models()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAOZHENG_HOME", str(folder))
        patch.setattr("core.identity.service._hasher", QUICK)
        get_settings.cache_clear()
        database.reset()
        opened = database.current()
        database.Base.metadata.create_all(opened.engine)
        seed_sandbox(enterprises=20, passwords=PASSWORDS)
        register_shipped()
        database.reset()
    get_settings.cache_clear()
    return folder / "database.sqlite3"


@pytest.fixture
def app(seeded: Path, home: Path, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> Flask:
    """The application of an installation whose Rasa does not run."""
    home.mkdir()
    shutil.copy(seeded, home / "database.sqlite3")
    monkeypatch.setenv("YAOZHENG_RASA_PORT", str(closed_port))
    get_settings.cache_clear()
    made = create_app()
    made.jinja_env.bytecode_cache = COMPILED
    return made


@pytest.fixture
def browser(app: Flask) -> Callable[..., PlainBrowser]:
    """``browser()`` is a visitor's, ``browser("applicant1")`` that of someone who signed in."""

    def make(login: str = "") -> PlainBrowser:
        found = PlainBrowser(app.test_client())
        return found.sign_in(login, PASSWORDS[login]) if login else found.open("/")

    return make


@pytest.fixture
def person(app: Flask) -> Iterator[Callable[..., Person]]:
    """``person()`` is an anonymous visitor, ``person("applicant1")`` someone who signed in."""

    def make(login: str = "") -> Person:
        visitor = Person(app.test_client())
        return visitor.sign_in(login) if login else visitor

    return make


@dataclass
class Talk:
    """A conversation and the header that opens it."""

    id: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return f"/conversations/{self.id}"


@pytest.fixture
def talk() -> Callable[..., Talk]:
    """Open a conversation as a person."""

    def open_talk(who: Person, **body: Any) -> Talk:
        answer = who.post("/conversations", json={"channel": "web", "locale": "zh-CN", **body})
        assert answer.status_code == 201, answer.text
        return Talk(answer.json["conversation_id"], {"Authorization": f"Bearer {answer.json['token']}"})

    return open_talk


@pytest.fixture
def visitor(person: Callable[..., Person]) -> Person:
    """Somebody who is not signed in."""
    return person()


@pytest.fixture
def waiting(visitor: Person, talk: Callable[..., Talk]) -> Talk:
    """A conversation that waits for staff."""
    mine = talk(visitor)
    assert visitor.post(f"{mine.path}/handoff", headers=mine.headers).status_code == 200
    return mine


def error_of(answer: TestResponse) -> dict[str, Any]:
    """Return the error of a reply and hold it to the one shape."""
    error: dict[str, Any] = answer.json["error"]
    assert set(error) <= {"code", "message", "request_id", "fields"}
    assert error["message"]
    assert answer.headers["X-Request-Id"] == error["request_id"]
    return error
