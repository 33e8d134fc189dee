"""A whole installation with a person at it: the words go through HTTP, Rasa, the actions and the database."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from web.supervisor.stack import Stack

SECRET_HEADER = "X-Yaozheng-Secret"
Message = dict[str, Any]


@dataclass
class Channel:
    """The input channel of a running Rasa, as the gateway speaks to it."""

    url: str
    secret: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

    def post(self, body: object, secret: str | None = None) -> httpx.Response:
        headers = {SECRET_HEADER: self.secret if secret is None else secret}
        return self.http.post(f"{self.url}/webhooks/yaozheng/turn", json=body, headers=headers)

    def turn(self, sender: str, **said: object) -> dict[str, Any]:
        body = {"sender": sender, "turn_id": uuid.uuid4().hex, "locale": "zh-CN", **said}
        response = self.post(body)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found


class Applicant:
    """An applicant who has signed in and talks."""

    def __init__(self, stack: Stack, login: str, locale: str, enterprise_id: str = "") -> None:
        self.locale = locale
        self.http = httpx.Client(base_url=stack.base_url + "/api/v1", timeout=40)
        password = stack.accounts[login].password
        signed_in = self.http.post("/sessions", json={"login": login, "password": password})
        assert signed_in.status_code < 300, signed_in.text
        self.http.headers["X-CSRF-Token"] = signed_in.json()["csrf_token"]
        enterprise = enterprise_id or self.json("GET", "/enterprises")["enterprises"][0]["id"]
        opened = self.json(
            "POST",
            "/conversations",
            {"channel": "web", "locale": locale, "enterprise_id": enterprise},
        )
        self.conversation_id = opened["conversation_id"]
        self.replies: list[Message] = []

    def json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        response = self.http.request(method, path, json=body)
        assert response.status_code < 300, response.text
        found: dict[str, Any] = response.json()
        return found

    def say(self, text: str) -> list[Message]:
        """Type something; return what answers."""
        return self._send({"text": text})

    def press(self, label: str) -> list[Message]:
        """Press the newest button with a label."""
        for message in reversed(self.replies):
            for choice in message.get("choices") or []:
                if label in choice["label"]:
                    return self._send({"payload_id": choice["payload_id"]})
        raise AssertionError(f"no button {label}: {self.buttons}")

    def _send(self, said: dict[str, str]) -> list[Message]:
        body = {"client_message_id": uuid.uuid4().hex, **said}
        sent = self.json("POST", f"/conversations/{self.conversation_id}/messages", body)
        self.replies = [one for one in sent["messages"] if one["role"] != "applicant"]
        return self.replies

    @property
    def buttons(self) -> list[str]:
        return [choice["label"] for one in self.replies for choice in one.get("choices") or []]

    @property
    def heard(self) -> str:
        return "\n".join(one["text"] for one in self.replies)

    def draft(self) -> dict[str, Any]:
        """The newest filing of this person, as the web form shows it."""
        newest = self.json("GET", "/filings")["filings"][0]
        filing = self.json("GET", f"/filings/{newest['id']}")
        return filing.get("filing", filing)

    def values(self) -> dict[str, str]:
        """Field → display of the newest filing."""
        return {one["key"]: one["display"] for group in self.draft()["groups"] for one in group["fields"]}

    def attach(self, key: str) -> None:
        """Upload a file in the web form."""
        path = f"/filings/{self.draft()['id']}/files"
        sent = self.http.post(path, params={"field": key}, files={"file": ("a.pdf", b"%PDF-1.4\n%%EOF")})
        assert sent.status_code < 300, sent.text


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = Path(tmp_path_factory.mktemp("assistant"))
    with Stack(folder, {"YAOZHENG_RATE_LIMIT_FACTOR": "0"}) as started:
        yield started


@pytest.fixture(scope="session")
def channel(stack: Stack) -> Channel:
    secret = json.loads((stack.home / "secrets.json").read_text())["channel_secret"]
    return Channel(f"http://127.0.0.1:{stack._ports['YAOZHENG_RASA_PORT']}", secret)
