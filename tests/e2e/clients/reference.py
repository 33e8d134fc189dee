"""A client in plain HTTP, as short as one can be that loses and doubles nothing: the protocol as a program.

1. Open a conversation with the first message; keep its id and token.
2. Send each message under an id of its own, again and again with the same id until there is an answer that
   will not change; the next message waits for it, so that their order is kept.
3. Read what comes after N by long poll. N is the highest number up to which no message is missing; a number
   that is known already is not shown again.
4. An answer 404 says that the conversation is not, or no longer, this client's: what was typed is given back.

``docs/protocol.md`` tells the same in words.
"""

import threading
import time
import uuid
from collections import deque
from contextlib import suppress
from typing import Any

import httpx

from tests.e2e.clients.client import Client, Shown

WAIT_S, SLOW_S, PAUSE_S, LONGEST_PAUSE_S = 2, 12.0, 0.1, 1.0
ENDED = "ended"
OFFLINE = "offline"


class Reference:
    """One client; ``kept`` is what it would hold on a disk."""

    name = "reference"

    def __init__(self, base: str, kept: dict[str, str] | None = None) -> None:
        self.base = f"{base}/api/v1"
        self.kept = {} if kept is None else kept
        self._awake = threading.Event()
        self._awake.set()
        self._is_offline = False
        self._begin()

    def _begin(self) -> None:
        self.messages: dict[int, dict[str, Any]] = {}
        self.heard: list[int] = []
        self.after = 0
        self.outbox: deque[dict[str, str]] = deque()
        self.problem = self.box = ""
        self._is_over = threading.Event()
        self._lock = threading.Lock()

    # The protocol

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        """Ask; None says that nothing was reached, or that the server asks to try later."""
        self._awake.wait()
        token = self.kept.get("token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            if self._is_offline:
                raise httpx.ConnectError(OFFLINE)
            answer = httpx.request(method, self.base + path, headers=headers, timeout=SLOW_S, **options)
        except httpx.TransportError:
            return None
        if answer.status_code == 429 or answer.status_code >= 500:
            self._is_over.wait(float(answer.headers.get("Retry-After", 0)))
            return None
        return answer

    def _persist(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        """Ask until there is an answer that will not change; None where the client was closed meanwhile."""
        failures = 0
        while not self._is_over.is_set():
            if (answer := self._call(method, path, **options)) is not None:
                return answer
            failures += 1
            self._is_over.wait(min(PAUSE_S * 2**failures, LONGEST_PAUSE_S))
        return None

    def _send_all(self) -> None:
        while not self._is_over.is_set():
            if not self.outbox or not self._is_open():
                self._is_over.wait(0.01)
                continue
            asked = self.kept.get("id")
            answer = self._persist("POST", self._path("/messages"), json=self.outbox[0])
            if answer is None:
                return
            sent = self.outbox.popleft()
            if answer.status_code == 200:
                self.problem = ""
                self._take(answer.json()["messages"])
            else:
                self._lose(answer, asked)
                self.problem, self.box = answer.json()["error"]["message"], sent.get("text", "")

    def _is_open(self) -> bool:
        if "id" not in self.kept:
            made = self._persist("POST", "/conversations", json={"channel": "web", "locale": "zh-CN"})
            if made is None:
                return False
            self.kept |= {"id": made.json()["conversation_id"], "token": made.json()["token"]}
        return True

    def _follow(self) -> None:
        while not self._is_over.is_set():
            asked = self.kept.get("id")
            if asked is None:
                self._is_over.wait(0.01)
                continue
            answer = self._call("GET", self._path(f"/messages?after={self.after}&wait={WAIT_S}"))
            if answer is None:
                self._is_over.wait(PAUSE_S)
            elif answer.status_code != 200:
                self._lose(answer, asked)
            elif self.kept.get("id") == asked:
                self._take(answer.json()["messages"])

    def _lose(self, answer: httpx.Response, asked: str | None) -> None:
        """The conversation is not this client's any more; what it showed stays, the next one begins anew."""
        with self._lock:
            if answer.status_code == 404 and asked is not None and self.kept.get("id") == asked:
                self.kept.clear()
                self.messages, self.heard, self.after = {}, [], 0
                self.problem = self.problem or ENDED

    def _take(self, found: list[dict[str, Any]]) -> None:
        with self._lock:
            for message in found:
                if message["seq"] not in self.messages:
                    self.messages[message["seq"]] = message
                    self.heard.append(message["seq"])
            while self.after + 1 in self.messages:
                self.after += 1

    def _path(self, rest: str) -> str:
        return f"/conversations/{self.kept.get('id', 'gone')}{rest}"  # "gone" between two: 404, as if lost

    # As a driver

    def open(self) -> None:
        for work in (self._send_all, self._follow):
            threading.Thread(target=work, daemon=True).start()

    def write(self, text: str) -> None:
        self.box, self.problem = "", ""
        self.outbox.append({"client_message_id": uuid.uuid4().hex, "text": text})

    def write_twice(self, text: str) -> None:
        """The same body at once by two connections, then in the ordinary way."""
        self._is_open()
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        twins = [
            threading.Thread(
                target=self._persist, args=("POST", self._path("/messages")), kwargs={"json": body}
            )
            for _ in range(2)
        ]
        for one in twins:
            one.start()
        self.outbox.append(body)

    def press_send(self) -> None:
        self.write(self.box)

    def call_staff(self) -> None:
        self._persist("POST", self._path("/handoff"), json={"reason": "asked_for"})

    def twin(self) -> Client:
        other = Reference(self.base.removesuffix("/api/v1"), self.kept)
        other.open()
        return other

    def reload(self) -> None:
        self._is_over.set()
        waiting = self.outbox
        self._begin()
        self.outbox = waiting
        self.open()

    def go_offline(self) -> None:
        self._is_offline = True

    def come_back(self) -> None:
        self._is_offline = False

    def sleep(self) -> None:
        self._awake.clear()

    def wake(self, seconds: int) -> None:
        self._awake.set()

    def wait(self, seconds: int) -> None:
        time.sleep(0.01)

    def set_locale(self, locale: str) -> None:
        self._persist("PATCH", self._path(""), json={"locale": locale})

    def conversation(self) -> str:
        return self.kept.get("id", "")

    def shown(self) -> list[Shown]:
        with self._lock:
            found = sorted(self.messages.items())
        return [Shown(seq, one["role"], one["text"].strip()) for seq, one in found]

    def unsent(self) -> list[str]:
        stored = {one.get("client_message_id") for one in list(self.messages.values())}
        return [one["text"] for one in list(self.outbox) if one["client_message_id"] not in stored]

    def draft(self) -> str:
        return self.box

    def told(self) -> str:
        return OFFLINE if self._is_offline else self.problem

    def announced(self) -> list[int]:
        return list(self.heard)

    def close(self) -> None:
        self._is_over.set()
        with suppress(RuntimeError):
            self._awake.set()
