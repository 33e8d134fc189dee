"""A page that follows a conversation as the client does: what comes after N, by WebSocket or by long-poll.

It is stricter than ``web/static/js/core/feed.js`` and ``chat/conversation.js``, which mend what a line loses
or doubles: only the feed moves ``after``, a page that is loaded anew begins at 0, and every frame is held to
its number: the next one, or the server lost, doubled or disordered something. What a reply of a POST brought
is shown too.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.live.wire import API, Lost, Stream, Wire

Message = dict[str, Any]
POLL_WAIT_S = 5
FAILURES_BEFORE_POLLING = 2
SOCKET_AGAIN_S = 8.0
PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


@dataclass
class Record:
    """What was seen of one conversation by all its pages, and what went wrong.

    Attributes:
        seen: what each number stood for when it was first seen.
        faults: ``lost``, ``doubled``, ``disordered``, ``assistant_spoke``, ``two_winners`` with their count.
    """

    seen: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def fault(self, kind: str, note: str) -> None:
        """Note something that must not happen."""
        self.faults[kind] += 1
        self.notes.append(f"{kind}: {note}")

    def agree(self, message: Message) -> None:
        """Hold a message to what its number stood for before."""
        told = (message["role"], message["text"], message.get("client_message_id", ""))
        if self.seen.setdefault(message["seq"], told) != told:
            self.fault("disordered", f"{message['seq']} is {told}, was {self.seen[message['seq']]}")


@dataclass(frozen=True)
class Source:
    """Where a page reads: paths below the API, the header that lets it, how a frame holds a message."""

    port: int
    headers: dict[str, str]
    tickets: str
    stream: str
    poll: str
    unwrap: Callable[[dict[str, Any]], Message | None] = lambda frame: frame


class Page:
    """One page, followed from ``open`` to ``close``."""

    def __init__(self, record: Record, source: Source, *, polls: bool = False) -> None:
        self.record, self.source = record, source
        self.shown: dict[int, Message] = {}
        self.after = 0
        self.awake = asyncio.Event()
        self.awake.set()
        self.reads: Counter[str] = Counter()
        self._wire = Wire(source.port, source.headers)
        self._stream: Stream | None = None
        self._socket_at = float("inf") if polls else 0.0
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def open(self) -> "Page":
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow())
        return self

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.disconnect()

    def disconnect(self) -> None:
        """Lose the connection; the page goes on by itself."""
        self._wire.close()
        if self._stream is not None:
            self._stream.close()

    async def reload(self) -> None:
        """Load the page anew: nothing is left of what was shown."""
        await self.close()
        self.shown, self.after, self._failures = {}, 0, 0
        self.open()

    def take(self, message: Message) -> None:
        """Take a message of the feed."""
        seq = message["seq"]
        if seq <= self.after:
            self.record.fault("doubled", f"{seq} came after {self.after}")
        elif seq > self.after + 1:
            self.record.fault("lost", f"{seq} came after {self.after}")
        self.after = max(self.after, seq)
        self.show(message)

    def show(self, message: Message) -> None:
        """Show a message, from the feed or from the reply of a POST."""
        self.record.agree(message)
        self.shown.setdefault(message["seq"], message)

    async def _follow(self) -> None:
        while True:
            is_socket = time.monotonic() >= self._socket_at
            try:
                await (self._by_socket() if is_socket else self._by_poll())
                self._failures = 0
            except Lost:
                self._failures += 1
                if is_socket and self._failures >= FAILURES_BEFORE_POLLING:
                    self._socket_at = time.monotonic() + SOCKET_AGAIN_S
                await asyncio.sleep(min(PAUSE_S * 2**self._failures, LONGEST_PAUSE_S))

    async def _by_socket(self) -> None:
        made = await self._wire.call("POST", API + self.source.tickets)
        if made.status != 201:
            raise Lost(f"no ticket: {made.status}")
        path = f"{API}{self.source.stream}after={self.after}&ticket={made.json['ticket']}"
        self._stream = await Stream.open(self.source.port, path)
        self._failures = 0
        try:
            async for frame in self._stream.frames():
                await self.awake.wait()
                self._take_frame(frame)
        finally:
            self._stream.close()
        await asyncio.sleep(0.05)

    def _take_frame(self, frame: dict[str, Any]) -> None:
        message = self.source.unwrap(frame)
        if message is not None:
            self.reads["socket"] += 1
            self.take(message)

    async def _by_poll(self) -> None:
        path = f"{API}{self.source.poll}after={self.after}&wait={POLL_WAIT_S}"
        found = await self._wire.call("GET", path)
        if found.status != 200:
            raise Lost(f"no messages: {found.status}")
        await self.awake.wait()
        for message in found.json["messages"]:
            self.reads["poll"] += 1
            self.take(message)
        if not found.json["messages"]:
            await asyncio.sleep(PAUSE_S)  # where no connection was free it is answered at once
