"""Requests that the published document allows, and ones that it forbids, made up by schemathesis.

Each is sent by somebody, most by one who may: an applicant, an officer, a supervisor, an editor, an
administrator, another system, the holder of a conversation's token; some by nobody. Two ids of three are
those of things that are there. What comes back must be an answer that the document names: no failure of the
server, no other status, type, header or shape.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.conversations.service import open_conversation
from core import clock, database
from core.database.model_modules import load_models
from core.identity import Actor, Role, keys
from core.identity.service import actor_named
from core.ids import new_id
from core.settings import get_settings
from forms.sandbox.seed import seed_sandbox
from tests.e2e import hostile
from web.api.document import document
from web.app import create_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
STAFF = ("officer1", "supervisor1", "editor1", "admin1")
PASSWORDS = {login: f"secret-of-{login}" for login in STAFF}
METHODS = ("get", "post", "put", "patch", "delete")
LABELS = [
    f"{method.upper()} {path}"
    for path, item in document()["paths"].items()
    for method in METHODS
    if method in item and path != "/openapi.json"
]
SIGN_OUT = "DELETE /sessions/current"
UPHOLD_EVERY, MAY = 3, 6
SENDERS = {
    "/staff": ("officer1", "supervisor1"),
    "/webhooks": ("admin1", "system"),
    "/conversations/": ("talker",),
    "/open-data": ("system",),
}
WAITS = ("wait",)


@dataclass
class Target:
    """The application, its people, what is there, and the operations of its document."""

    app: Flask
    logins: dict[str, str]
    others: dict[str, dict[str, str]]
    there: dict[str, str]
    schema: Any
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Give everybody a session."""
        client = self.app.test_client()
        sessions = {who: {"X-Yaozheng-Session": _session(client, *one)} for who, one in self.logins.items()}
        self.people = {**sessions, **self.others}

    def operations(self) -> dict[str, Any]:
        """Every operation by its name, as in ``GET /filings``."""
        found = [one.ok() for one in self.schema.get_all_operations()]
        return {one.label: one for one in found}

    def sender(self, label: str, chance: int) -> dict[str, str]:
        """Return the headers of one who may most of the time, of anybody else now and then."""
        wanted = next((who for part, who in SENDERS.items() if part in label), ("applicant",))
        choice = [*wanted * MAY, *self.people]
        return self.people[choice[chance % len(choice)]]

    def send(self, case: Any) -> None:
        """Send a request as somebody, mostly to something that is there; hold the answer to the document."""
        chance = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
        if chance % UPHOLD_EVERY:
            _swap(case.path_parameters, self.there)
            _swap(case.body, self.there)
        for name in WAITS:
            if isinstance(case.query, dict) and name in case.query:
                case.query[name] = "0"
        who = self.sender(case.operation.label, chance // UPHOLD_EVERY)
        case.call_and_validate(headers=who, checks=CHECKS)

    def send_by_all(self, case: Any) -> None:
        """Send a request once as each."""
        for who in self.people.values():
            case.call_and_validate(headers=who, checks=CHECKS)


def _session(client: Any, login: str, password: str) -> str:
    answer = client.post("/api/v1/sessions", json={"login": login, "password": password})
    token = client.get_cookie("yaozheng_session")
    assert answer.status_code == 201, answer.text
    return str(token.value)


def _swap(found: Any, there: dict[str, str]) -> None:
    if isinstance(found, dict):
        found.update({name: value for name, value in there.items() if name in found})


@contextmanager
def target(home: Path) -> Iterator[Target]:
    """An installation with work of every kind in it, in process; it limits nobody's rate."""
    with pytest.MonkeyPatch.context() as patch, hostile.inside(home):
        patch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "0")
        get_settings.cache_clear()
        load_models()
        database.Base.metadata.create_all(database.current().engine)
        seed_sandbox(enterprises=20, passwords=PASSWORDS)
        desk, app = hostile.build(), create_app()
        logins = {login: (login, password) for login, password in PASSWORDS.items()}
        logins["applicant"] = (desk.login, hostile.PASSWORD)
        last = clock.today() + timedelta(days=30)
        made = keys.create_key(actor_named("admin1"), keys.NewKey("fuzz", list(keys.Scope), last))
        opened = open_conversation(channel="web", locale="zh-CN", actor=Actor("", Role.ANONYMOUS))
        bearers = {"system": made.secret, "talker": opened.token}
        others = {who: {"Authorization": f"Bearer {token}"} for who, token in bearers.items()}
        there = {
            "conversation_id": opened.conversation_id,
            "filing_id": desk.ids["draft"],
            "case_id": desk.ids["claimed"],
            "enterprise_id": desk.ids["enterprise"],
            "service_item_code": hostile.ITEM,
            "code": hostile.ITEM,
            "webhook_id": desk.ids["webhook"],
            "account_id": actor_named("officer1").account_id,
            "idempotency_key": new_id("key"),
        }
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        made_up = Target(app, logins, {"nobody": {}, **others}, there, schema)
        made_up.sign_in()
        yield made_up


def fuzz(one: Target, label: str, examples: int) -> int:
    """Send an operation many requests; return how many were sent.

    Raises:
        AssertionError: an answer was not as the document says, or the server failed.
    """
    sent, last = 0, None

    @given(case=one.operations()[label].as_strategy())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def play(case: Any) -> None:
        nonlocal sent, last
        sent, last = sent + 1, case
        one.send(case)

    play()
    one.send_by_all(last)
    if label == SIGN_OUT:
        one.sign_in()
    return sent + len(one.people)
