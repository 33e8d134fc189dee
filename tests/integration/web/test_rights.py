"""Every route for every role in every state of a session, against the application's own guards.

The views are replaced by one that says that it was reached, so that a cell tells whether the guards let the
request through, and nothing is changed by it. ``test_rights_of_things`` holds the views themselves to whose
things they show.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import update
from werkzeug.test import TestResponse

from core import clock
from core.database import transaction
from core.identity import service as identity
from core.identity import sessions
from core.identity.keys import KeyHolder, NewKey, Scope, create_key, revoke_key
from core.identity.models import WebSession
from core.identity.service import actor_named
from core.ids import new_token, token_digest
from core.settings import get_settings
from tests.integration.web.rights_table import (
    ABSENT,
    BAD_KEY,
    IN,
    LOGINS,
    REFUSED,
    SAFE,
    SET_UP,
    SIGN_IN,
    Route,
    expected,
    expected_by_key,
    routes,
    served,
)
from tests.integration.web.systems import ADMIN
from web.api import streams
from web.security import access, keys, rate_limits

REACHED = 299
CSRF_STATES = ("wrong csrf", "other origin")
STATES = ("right", "expired", "revoked", "unknown", *CSRF_STATES)


def probe(app: Flask) -> Flask:
    """Replace every view by one that says that it was reached; the marks stay."""
    for endpoint, view in list(app.view_functions.items()):
        app.view_functions[endpoint] = _reached(view)
    return app


def _reached(view: Callable[..., Any]) -> Callable[..., Response]:
    def reached(**_: Any) -> Response:
        return Response("reached", REACHED)

    for mark in (access.MARK, keys.MARK, rate_limits.MARK):
        if hasattr(view, mark):
            setattr(reached, mark, getattr(view, mark))
    return reached


@dataclass
class Doors:
    """Clients that ask as somebody, and what they met."""

    app: Flask
    sessions: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    cells: Counter[str] = field(default_factory=Counter)

    def ask(self, route: Route, headers: dict[str, str], token: str = "") -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        cookie = {"Cookie": f"yaozheng_session={token}"} if token else {}
        query = {"after": "0", "ticket": "spent"} if route.who == "ticket" else {}
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"} if query else {}
        asked = {**headers, **cookie, **upgrade}
        return client.open(route.path(), method=route.method, headers=asked, query_string=query)

    def as_person(self, route: Route, role: str, state: str) -> str:
        token, csrf = self.sessions.get((role, state)) or self.sessions.get((role, "right"), ("", ""))
        headers = {"X-CSRF-Token": "x" * 43 if state == "wrong csrf" else csrf}
        if state == "other origin":
            headers["Origin"] = "https://evil.example"
        self.cells[state if role != "anonymous" else "none"] += 1
        return outcome(self.ask(route, headers, token))

    def as_system(self, route: Route, state: str) -> str:
        self.cells[f"key: {state}"] += 1
        name = f"no {route.scope}" if state == "no scope" and route.scope else state
        return outcome(self.ask(route, {"Authorization": f"Bearer {self.keys[name]}"}))


def outcome(answer: TestResponse) -> str:
    """Return what a reply means."""
    if answer.status_code == REACHED:
        return IN
    if answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?"):
        return SIGN_IN
    if answer.status_code == 401 and answer.json:
        return BAD_KEY if answer.json["error"]["code"] == "core.key_invalid" else SIGN_IN
    if answer.status_code == 303 and answer.headers["Location"] == "/account/second-step":
        return SET_UP
    if (
        answer.status_code == 403
        and answer.json
        and answer.json["error"]["code"] == "core.second_step_required"
    ):
        return SET_UP
    return {403: REFUSED, 404: ABSENT}.get(answer.status_code, f"status {answer.status_code}")


@pytest.fixture
def doors(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """Every role with a session in every state, and keys in every state."""
    monkeypatch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "0")
    get_settings.cache_clear()
    made = Doors(probe(app))
    for role, login in LOGINS.items():
        for state in ("right", "expired", "revoked"):
            made.sessions[role, state] = _session(login, state)
        made.sessions[role, "unknown"] = (new_token(), new_token())
    last = clock.today() + timedelta(days=1)
    everything = [scope.value for scope in Scope]
    for state in ("right", "no scope", "revoked"):
        issued = create_key(ADMIN, NewKey(state, everything, last, 1200))
        made.keys[state] = issued.secret
        if state == "revoked":
            revoke_key(ADMIN, issued.key.id)
    for scope in everything:
        others = [one for one in everything if one != scope]
        made.keys[f"no {scope}"] = create_key(ADMIN, NewKey(scope, others, last, 1200)).secret
    return made


def _session(login: str, state: str) -> tuple[str, str]:
    with transaction() as session:
        opened = identity.open_session_for(session, actor_named(login).account_id)
        assert opened is not None
        if state == "expired":
            mine = WebSession.token_digest == token_digest(opened.token)
            session.execute(update(WebSession).where(mine).values(expires_at=clock.now()))
    if state == "revoked":
        identity.sign_out(opened.token)
    return opened.token, opened.csrf_token


def leaks(doors: Doors, wanted: list[Route]) -> list[str]:
    """Return the cells in which somebody met something else than the table says."""
    found = []
    for route in wanted:
        met = {("anonymous", "none"): doors.as_person(route, "anonymous", "none")}
        if route.method not in SAFE:
            met["anonymous", "other origin"] = doors.as_person(route, "anonymous", "other origin")
        for role in LOGINS:
            for state in STATES:
                if state not in CSRF_STATES or route.method not in SAFE:
                    met[role, state] = doors.as_person(route, role, state)
        found += [
            f"{route.name} as {role}, session {state}: {is_met}, not {should}"
            for (role, state), is_met in met.items()
            if is_met != (should := expected(route, role, state))
        ]
        for state in ("right", "no scope", "revoked"):
            is_met, should = doors.as_system(route, state), expected_by_key(route, state)
            if is_met != should:
                found.append(f"{route.name} by key, {state}: {is_met}, not {should}")
    return found


def test_every_route_is_named_in_the_table_and_no_other(app: Flask) -> None:
    assert served(app) == {route.name for route in routes()}


def test_everybody_meets_at_every_route_what_the_table_says(doors: Doors) -> None:
    assert leaks(doors, routes()) == []
    assert sum(doors.cells.values()) > 20 * len(routes())


def second_step_leaks(doors: Doors, wanted: list[Route]) -> list[str]:
    """Return where staff without the second step that they need meet something else than the table says."""
    state = "second step missing"
    return [
        f"{route.name} as {role}: {is_met}, not {should}"
        for route in wanted
        for role in LOGINS
        if role != "applicant"
        if (is_met := doors.as_person(route, role, state)) != (should := expected(route, role, state))
    ]


def test_staff_without_the_second_step_that_they_need_only_set_it_up(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_STAFF_TOTP", "required")
    get_settings.cache_clear()
    assert second_step_leaks(doors, routes()) == []
    monkeypatch.setattr(sessions, "_must_set_up", lambda session, actor: False)
    assert second_step_leaks(doors, of_kind("administrator"))


def test_a_route_whose_mark_is_taken_off_is_noticed(doors: Doors) -> None:
    unnoticed = []
    for route in routes():
        if route.who in ("anyone", "ticket"):
            continue
        adapter = doors.app.url_map.bind("localhost")
        rule, _ = adapter.match(route.path(), method=route.method, return_rule=True)
        view = doors.app.view_functions[rule.endpoint]
        kept = access.mark_of(view)
        setattr(view, access.MARK, (access.Access.PUBLIC, kept[1] if kept else False))
        if not leaks(doors, [route]):
            unnoticed.append(route.name)
        setattr(view, access.MARK, kept)
    assert unnoticed == []


@pytest.mark.parametrize("kind", [one for one in access.Access if one not in ("public", "ticket")])
def test_a_check_that_lets_everybody_through_is_noticed(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, kind: access.Access
) -> None:
    monkeypatch.setitem(access._CHECKS, kind, lambda: None)
    assert leaks(doors, of_kind(kind))


def of_kind(kind: str, method: str = "") -> list[Route]:
    return [one for one in routes() if one.who == kind and one.method in (method or one.method)]


@pytest.mark.parametrize(
    ("place", "name", "instead", "kind"),
    [
        (access, "check_csrf", lambda: None, "signed_in"),
        (access, "check_origin", lambda: None, "anyone"),
        (access, "admit", lambda view: None, "key"),
        (keys, "scope_of", lambda view: Scope.ASK, "signed_in"),
        (keys, "authenticate", lambda token: KeyHolder(ADMIN, frozenset(Scope), 9000), "conversation"),
        (streams, "spend_ticket", lambda token, subject: ("", ""), "ticket"),
        (sessions, "_is_over", lambda row, role: False, "signed_in"),
    ],
)
def test_a_guard_that_all_routes_share_is_missed_when_it_is_gone(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, instead: Any, kind: str
) -> None:
    monkeypatch.setattr(place, name, instead)
    assert leaks(doors, of_kind(kind))
