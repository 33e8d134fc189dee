"""A person at a whole installation, over HTTP."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from web.supervisor.stack import Stack

API = "/api/v1"
TURN_LIMIT_S = 15.0


class Person:
    """Somebody who asks: opens a conversation, writes, reads."""

    def __init__(self, stack: Stack, locale: str = "zh-CN") -> None:
        self.http = httpx.Client(base_url=stack.base_url + API, timeout=40)
        opened = self._json(self.http.post("/conversations", json={"channel": "web", "locale": locale}))
        self.id = opened["conversation_id"]
        self.http.headers["Authorization"] = f"Bearer {opened['token']}"

    def write(self, text: str) -> tuple[list[dict[str, Any]], float]:
        """Send a message; return what came back and the seconds it took."""
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        started = time.monotonic()
        reply = self._json(self.http.post(f"/conversations/{self.id}/messages", json=body))
        return reply["messages"], time.monotonic() - started

    def read(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the messages after a number."""
        reply = self._json(self.http.get(f"/conversations/{self.id}/messages", params={"after": after}))
        return list(reply["messages"])

    @staticmethod
    def _json(response: httpx.Response) -> dict[str, Any]:
        assert response.status_code < 300, response.text
        found: dict[str, Any] = response.json()
        return found


class Officer:
    """A member of staff who has signed in."""

    def __init__(self, stack: Stack, login: str = "supervisor1") -> None:
        self.http = httpx.Client(base_url=stack.base_url + API, timeout=40)
        password = stack.accounts[login].password
        signed_in = self.http.post("/sessions", json={"login": login, "password": password})
        assert signed_in.status_code < 300, signed_in.text
        self.http.headers["X-CSRF-Token"] = signed_in.json()["csrf_token"]

    def cases(self) -> list[dict[str, Any]]:
        """Return the cases that this officer may see."""
        reply = self.http.get("/staff/cases")
        assert reply.status_code == 200, reply.text
        return list(reply.json()["cases"])


def case_of(officer: Officer, conversation_id: str) -> dict[str, Any] | None:
    """Return the open case of a conversation."""
    return next((case for case in officer.cases() if case["conversation_id"] == conversation_id), None)


def wait_until(claim: Callable[[], object], limit_s: float) -> bool:
    """Wait until a claim holds."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.2)
    return False
