"""Two hundred applicants and twenty officers on one installation, each with a stream, all of them talking."""

import asyncio
import random
import re
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.live.webs import PASSWORD
from tests.live.wire import API, Answer, Stream, Wire

CASE = re.compile(r'data-case="(case_\w+)"')
SETTLE_S, SHARE = 0.3, 4  # as web/static/js/staff/queue.js
STREAM_LIMIT_S = 60.0


@dataclass
class Holder:
    """Whoever holds a stream: when each frame came, by what it is known."""

    wire: Wire
    came: dict[str, float] = field(default_factory=dict)
    stream: Stream | None = None
    task: asyncio.Task[None] | None = None
    frames: int = 0

    async def hold(self, tickets: str, path: str) -> None:
        """Open the stream; refusals are errors here: there must be a place for everyone."""
        made = await self.wire.call("POST", API + tickets)
        assert made.status == 201, made.body
        joint = "&" if "?" in path else "?"
        address = f"{API}{path}{joint}ticket={made.json['ticket']}"
        self.stream = await Stream.open(self.wire.port, address, limit_s=STREAM_LIMIT_S)
        self.task = asyncio.create_task(self._listen(self.stream))

    async def _listen(self, stream: Stream) -> None:
        async for frame in stream.frames():
            self.frames += 1
            self.take(frame, time.perf_counter())
        raise ConnectionError("a held stream has ended")

    def take(self, frame: dict[str, Any], at: float) -> None:
        """Note a frame."""
        message = frame.get("message", frame)
        self.came.setdefault(message.get("client_message_id", ""), at)

    async def leave(self) -> None:
        """Let the stream go."""
        if self.task is not None:
            assert not self.task.done(), "a held stream had ended"
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task
        if self.stream is not None:
            self.stream.close()
        self.wire.close()


@dataclass
class Applicant(Holder):
    """Somebody in a conversation."""

    id: str = ""
    turns_ms: list[float] = field(default_factory=list)

    async def write(self, text: str, key: str = "") -> Answer:
        """Send a message."""
        body = {"client_message_id": key or uuid.uuid4().hex, "text": text}
        wire = Wire(self.wire.port, self.wire.headers)
        begun = time.perf_counter()
        answer = await wire.call("POST", f"{API}/conversations/{self.id}/messages", body, is_kept=False)
        self.turns_ms.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, answer.body
        return answer

    async def case_id(self) -> str:
        """The open case of the conversation."""
        found = await self.wire.call("GET", f"{API}/conversations/{self.id}")
        case_id: str = found.json["handoff"]["case_id"]
        return case_id


@dataclass
class Officer(Holder):
    """An officer whose console follows the queue as the page's script does."""

    seen: dict[str, float] = field(default_factory=dict)
    fetches_ms: list[float] = field(default_factory=list)
    _is_stale: bool = False
    _reading: asyncio.Task[None] | None = None

    def take(self, frame: dict[str, Any], at: float) -> None:
        """Read the list anew where the queue changed."""
        if frame["type"] != "queue":
            super().take(frame, at)
            return
        self._is_stale = True
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_while_stale())

    async def _read_while_stale(self) -> None:
        while self._is_stale:
            self._is_stale = False
            begun = time.perf_counter()
            found = await self.wire.call("GET", "/staff/queue?state=open&page=1")
            assert found.status == 200, found.status
            at = time.perf_counter()
            self.fetches_ms.append((at - begun) * 1000)
            for case_id in CASE.findall(found.body.decode()):
                self.seen.setdefault(case_id, at)
            await asyncio.sleep(max(SETTLE_S, SHARE * (at - begun)))

    async def act(self, case_id: str, act: str, body: dict[str, Any]) -> Answer:
        """Do something with a case."""
        wire = Wire(self.wire.port, self.wire.headers)
        path = f"{API}/staff/cases/{case_id}/{act}"
        answer = await wire.call("POST", path, body, is_kept=False)
        assert answer.status == 200, answer.body
        return answer


async def applicants(port: int, count: int) -> list[Applicant]:
    """Open so many conversations, each followed by a stream."""
    found = []
    for _ in range(count):
        wire = Wire(port)
        opened = await wire.call("POST", f"{API}/conversations", {"channel": "web", "locale": "zh-CN"})
        assert opened.status == 201, opened.body
        wire.headers["Authorization"] = f"Bearer {opened.json['token']}"
        one = Applicant(wire, id=opened.json["conversation_id"])
        await one.hold(f"/conversations/{one.id}/tickets", f"/conversations/{one.id}/stream")
        found.append(one)
    return found


async def officers(port: int, logins: Iterable[str]) -> list[Officer]:
    """Sign officers in."""
    found = []
    for login in logins:
        wire = Wire(port)
        answer = await wire.call("POST", f"{API}/sessions", {"login": login, "password": PASSWORD})
        assert answer.status == 201, answer.body
        wire.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        wire.headers["X-CSRF-Token"] = answer.json["csrf_token"]
        found.append(Officer(wire))
    return found


async def talking(crowd: list[Applicant], messages: tuple[str, ...], every_s: float) -> None:
    """Let everyone write now and then, until cancelled."""

    async def one(applicant: Applicant, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, every_s))
        while True:
            begun = time.monotonic()
            await applicant.write(rng.choice(messages))
            await asyncio.sleep(max(0.0, rng.uniform(0.5, 1.5) * every_s - (time.monotonic() - begun)))

    await asyncio.gather(*[one(applicant, random.Random(at)) for at, applicant in enumerate(crowd)])
