"""A world of things that are somebody's, strangers at the door, and what they meet.

Every route with an id in it is asked twice by everybody to whom the thing is not: with the id of a thing that
there is, and with one of the same length that nothing has. Both answers must be the same bytes, but for the
request's own number, its nonce and the id itself.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from core import clock
from core.database import transaction
from core.identity import Role, keys, sessions
from core.identity import service as identity
from core.identity.authority import LEGAL_REPRESENTATIVE, PROXY, of_person
from core.identity.models import EnterpriseAuthority
from core.identity.service import actor_named
from core.webhooks import endpoints
from core.webhooks.events import SUBSCRIBED
from forms import service as forms
from tests.e2e import hostile
from tests.integration.web.rights_table import LOGINS, Route, routes
from tests.integration.web.systems import ADMIN
from web.api.document import document

STAFF = ("officer", "supervisor", "editor", "administrator", "auditor")
STRANGERS = {
    "conversation_id": ("applicant", *STAFF, "key"),
    "filing_id": ("applicant", "editor", "administrator", "auditor", "other officer", "key"),
    "draft": ("applicant", *STAFF, "other officer", "key"),
    "notice_id": ("applicant", *STAFF),
    "case_id": ("applicant", "editor", "administrator", "auditor", "other officer"),
    "webhook_id": ("key",),
    "session_id": ("applicant", *STAFF),
    "authority_id": ("applicant", *STAFF),
    "file_id": ("owner",),
    "proposal_id": ("owner",),
    "filing_no": ("applicant", "other officer", "key"),
}
FORM = {
    "accepted": "yes",
    "sure": "yes",
    "answer": "yes",
    "text": "好",
    "reason": "好",
    "resolution": "好",
    "message_key": "a-key-of-16-signs",
    "press": "confirm:product_name_zh",
    "outcome": "reached",
    "to": "",
}


@dataclass
class World:
    """The things by the name of their parameter, and the sessions of everybody."""

    app: Flask
    things: dict[str, list[str]] = field(default_factory=dict)
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    key: str = ""
    own: dict[str, str] = field(default_factory=dict)
    cells: Counter[str] = field(default_factory=Counter)

    def ask(self, who: str, route: Route, ids: dict[str, str]) -> TestResponse:
        self.cells[who] += 1
        headers, cookie = {}, self.sessions.get(who)
        if who == "key":
            headers["Authorization"] = f"Bearer {self.key}"
        if cookie:
            headers |= {"Cookie": f"yaozheng_session={cookie[0]}", "X-CSRF-Token": cookie[1]}
        client = self.app.test_client(use_cookies=False)
        path = route.path(**ids)
        return client.open(path, method=route.method, headers=headers, **body_of(route))


def build(app: Flask) -> World:
    """Write a person's things, and open everybody's session."""
    desk, world = hostile.build(), World(app)
    ids, owner = desk.ids, hostile.actor_named(desk.login)
    logins = {**LOGINS, "other officer": "officer2", "owner": desk.login}
    for who, login in logins.items():
        with transaction() as session:
            opened = identity.open_session_for(session, actor_named(login).account_id)
            assert opened is not None
            world.sessions[who] = (opened.token, opened.csrf_token)
    last, scopes = clock.today() + timedelta(days=1), [scope.value for scope in keys.Scope]
    stranger = keys.create_key(ADMIN, keys.NewKey("别的平台", scopes, last, 1200))
    other = keys.create_key(ADMIN, keys.NewKey("平台", scopes, last, 1200))
    holder = keys.authenticate(other.secret).actor
    hook = endpoints.register(holder, endpoints.NewEndpoint("https://example.cn/a", SUBSCRIBED, "")).endpoint
    world.key = stranger.secret
    handed_in = forms.get_filing(owner, ids["handed_in"], "zh-CN")
    world.things = {
        "conversation_id": [ids["talk"]],
        "filing_id": [ids["handed_in"]],
        "draft": [ids["draft"]],
        "notice_id": [ids["notice"]],
        "case_id": [ids[name] for name in ("queued", "claimed", "assisted", "closed")],
        "webhook_id": [hook.id],
        "session_id": [sessions.find(world.sessions["owner"][0]).id],
        "authority_id": [*_authorities_of_others(), of_person(owner)[0].id],
        "filing_no": [handed_in.filing_no],
    }
    return world


def _authorities_of_others() -> list[str]:
    """Return the authority of an agent and of a second legal representative.

    One of the strangers represents the second enterprise too, and represented the first one once.
    """
    once, stranger = "ent_once_represented", actor_named(LOGINS["applicant"]).account_id
    given = [
        ("agent-x", once, PROXY),
        ("agent-y", "ent_of_two", LEGAL_REPRESENTATIVE),
        ("", once, LEGAL_REPRESENTATIVE),
        ("", "ent_of_two", LEGAL_REPRESENTATIVE),
    ]
    made = []
    with transaction() as session:
        for login, enterprise_id, scope in given:
            who = {"login": login, "password": "a long password", "display_name": "某"}
            account_id = (
                identity.create_account(session, role=Role.APPLICANT, **who).id if login else stranger
            )
            identity.grant_authority(session, account_id=account_id, enterprise_id=enterprise_id, scope=scope)
            made += [account_id] if login else []
        over = (EnterpriseAuthority.account_id == stranger, EnterpriseAuthority.enterprise_id == once)
        session.execute(update(EnterpriseAuthority).where(*over).values(ended_at=clock.now()))
        mine = EnterpriseAuthority.account_id.in_(made)
        return list(session.scalars(select(EnterpriseAuthority.id).where(mine)))


def body_of(route: Route) -> dict[str, Any]:
    """Return what a request to a route carries so that it gets as far as the thing."""
    if route.method == "GET":
        return {}
    if route.rule.endswith("/files"):
        upload = (io.BytesIO(b"%PDF-1.4\n"), "a.pdf")
        return {"data": {"file": upload}, "query_string": {"field": "standard"}}
    if route.is_api:
        templated = re.sub(r"<(?:int:)?(\w+)>", r"{\1}", route.rule)
        found = _examples().get(f"{route.method} {templated}")
        return {"json": found} if found is not None else {}
    return {"data": FORM}


@lru_cache(maxsize=1)
def _examples() -> dict[str, Any]:
    """Return an example of a body for each operation of the published document."""
    found = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            content = (
                operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            )
            example = content.get("application/json", {}).get("example")
            if example is not None:
                found[f"{method.upper()} /api/v1{path}"] = example
    return found


def absent_like(thing: str) -> str:
    """Return an id of the same shape that nothing has."""
    return re.sub(r"[0-9a-f]{12}$", "0123456789ab", thing) if thing[-12:].isalnum() else thing[::-1]


def plain(answer: TestResponse, thing: str) -> tuple[int, list[tuple[str, str]], str]:
    """Return an answer without what differs between any two requests."""
    request_id = answer.headers.get("X-Request-Id", "-")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers.get("Content-Security-Policy", ""))
    own = [request_id, thing, *([nonce[1]] if nonce else [])]

    def without(text: str) -> str:
        for one in own:
            text = text.replace(one, "·")
        return text

    headers = sorted((name, without(value)) for name, value in answer.headers.items() if name != "Date")
    return answer.status_code, headers, without(answer.get_data(as_text=True))


def cases(world: World) -> Iterator[tuple[str, Route, str, str]]:
    """Yield stranger, route, name of the parameter and the thing's id."""
    for route in routes():
        for name, things in world.things.items():
            parameter = "filing_id" if name == "draft" else name
            if f"<{parameter}>" not in route.rule or route.who == "ticket":
                continue
            for who in STRANGERS[name]:
                if who == "key" and not route.scope and name != "webhook_id":
                    continue
                for thing in things:
                    yield who, route, parameter, thing


def notices(world: World, parameter: str) -> bool:
    """Whether any stranger meets something else at a thing than at an absent one; reading is tried first."""
    mine = [case for case in cases(world) if case[2] == parameter]
    for who, route, name, thing in sorted(mine, key=lambda case: case[1].method != "GET"):
        absent = absent_like(thing)
        theirs, nothing = (world.ask(who, route, {name: one}) for one in (thing, absent))
        if plain(theirs, thing) != plain(nothing, absent) or not is_refused(theirs):
            return True
    return False


def is_refused(answer: TestResponse) -> bool:
    """Whether somebody was told that there is nothing, to sign in first, or that the request is wrong."""
    if answer.status_code == 303:
        return answer.headers["Location"].startswith("/sign-in?")
    return 400 <= answer.status_code < 500


def leaks(world: World) -> tuple[list[str], set[str]]:
    """Return where a thing that is not the asker's answers otherwise than an absent one.

    Returns:
        the leaks, and the names of routes that never got as far as the thing.
    """
    found, reached, all_routes = [], set(), set()
    for who, route, parameter, thing in cases(world):
        absent = absent_like(thing)
        if parameter == "webhook_id" and not route.is_api:
            continue
        theirs, nothing = (world.ask(who, route, {parameter: one}) for one in (thing, absent))
        all_routes.add(route.name)
        if plain(theirs, thing) != plain(nothing, absent):
            found.append(f"{route.name} as {who}: {theirs.status_code}, absent {nothing.status_code}")
        elif not is_refused(theirs):
            found.append(f"{route.name} as {who}: {theirs.status_code}")
        elif theirs.status_code in (303, 401, 404):
            reached.add(route.name)
    return found, all_routes - reached
