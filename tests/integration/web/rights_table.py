"""The checked-in table of rights, and what it says of one request."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from flask import Flask

TABLE = Path(__file__).with_name("rights.yml")
LOGINS = {
    "applicant": "applicant1",
    "officer": "officer1",
    "supervisor": "supervisor1",
    "editor": "editor1",
    "administrator": "admin1",
    "auditor": "auditor1",
}
ABSENT_SESSION = frozenset({"none", "expired", "idle", "revoked", "closed", "unknown"})
IN, SIGN_IN, ABSENT, REFUSED, BAD_KEY = "in", "sign in", "absent", "refused", "bad key"
SET_UP = "set the second step up"
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Route:
    """One method of one rule, and what the table says of it."""

    method: str
    rule: str
    who: str
    scope: str = ""
    without_csrf: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def is_api(self) -> bool:
        return self.rule.startswith("/api/")

    def parameters(self) -> list[str]:
        """Return the names of the ids in the address."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.rule)

    def path(self, **ids: str) -> str:
        """Return the address with ids in it; what is not given is an id that nothing has."""
        return re.sub(
            r"<(?:(\w+):)?(\w+)>", lambda m: ids.get(m[2]) or ("7" if m[1] == "int" else "absent"), self.rule
        )


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """Return the table as it is written."""
    found: dict[str, Any] = yaml.safe_load(TABLE.read_text("utf-8"))
    return found


def routes() -> list[Route]:
    """Return every row of the table."""
    found = table()
    return [
        Route(*name.split(" "), who, found["by_key"].get(name, ""), name in found["without_csrf"])
        for name, who in found["routes"].items()
    ]


def served(app: Flask) -> set[str]:
    """Return every method of every rule that the application serves."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def expected(route: Route, role: str, session: str) -> str:
    """Return what someone of a role meets at a route, with a session in that state.

    ``session`` is right, wrong csrf, other origin, second step missing, or one of ``ABSENT_SESSION``.
    """
    is_unsafe = route.method not in SAFE and route.who != "signature"
    if session == "other origin" and is_unsafe:
        return REFUSED
    if session == "wrong csrf" and is_unsafe and not route.without_csrf:
        return REFUSED
    if session == "second step missing" and route.who not in ("anyone", "ticket", "key", "own_account"):
        return ABSENT if route.who in ("conversation", "signature") else SET_UP
    role = "anonymous" if session in ABSENT_SESSION else role
    if route.who == "ticket":
        return REFUSED
    if route.who == "key":
        return BAD_KEY
    if role in table()["classes"][route.who]:
        return IN
    return SIGN_IN if role == "anonymous" and route.who not in ("conversation", "signature") else ABSENT


def expected_by_key(route: Route, state: str) -> str:
    """Return what another system meets; ``state`` of its key is right, no scope or revoked."""
    if not route.is_api:
        return expected(route, "anonymous", "none")
    if state == "revoked":
        return BAD_KEY
    if not route.scope or state == "no scope":
        return REFUSED
    return ABSENT if route.who == "conversation" else SIGN_IN if route.who == "ticket" else IN
