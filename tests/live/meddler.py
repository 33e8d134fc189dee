"""A proxy that meddles: it cuts, hushes, slows, refuses, loses, doubles and swaps what passes through it.

One request a connection; a WebSocket is passed on frame by frame. It runs in a thread of its own, so that
tests that wait for a browser can set its faults at any time. (The registries hold none that understands
WebSockets and can be driven from Python.)
"""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

HOLD_S, MOST_HELD = 0.15, 2
PIECE = 4096
LIMIT = 2**25
NEWS = re.compile(r"GET /api/v1/conversations/[^/]+/messages\?after=")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Rule:
    """What is done to the next ``times`` requests that a pattern finds in ``METHOD path``."""

    pattern: str
    times: int
    answer: bytes = b""
    """Given instead of asking the server; where it is empty the server's own answer is lost."""


@dataclass
class Meddler:
    """Stands before the server at ``upstream``.

    Attributes:
        is_down: no connection is taken.
        refuses_sockets: a WebSocket is answered as some proxies of offices do.
        is_disordered: news come doubled and swapped.
        lag_s: how long each piece waits.
        piece: bytes of a piece; few of them with a lag make a slow line.
        seen: ``METHOD path`` of every request.
    """

    upstream: int
    port: int = 0
    is_down: bool = False
    refuses_sockets: bool = False
    is_disordered: bool = False
    lag_s: float = 0.0
    piece: int = 65536
    rules: list[Rule] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hushed: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tunnels: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        server = await asyncio.start_server(self._take, "127.0.0.1", self.port, limit=LIMIT, backlog=256)
        self.port = server.sockets[0].getsockname()[1]

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    # Faults

    def mend(self) -> None:
        """Let everything pass from now on."""
        self.is_down = self.refuses_sockets = self.is_disordered = False
        self.lag_s, self.piece, self.rules = 0.0, 65536, []

    def cut(self) -> None:
        """End all connections."""
        for task in [*self._tasks]:
            task.get_loop().call_soon_threadsafe(task.cancel)

    def cut_sockets(self) -> None:
        """End all WebSockets."""
        for task in [*self._tunnels]:
            task.get_loop().call_soon_threadsafe(task.cancel)

    def hush(self) -> None:
        """Let the WebSockets that are open now stay so, with nothing passing any more, either way."""
        self._hushed |= self._tunnels

    def refuse(self, pattern: str, status: int, *, times: int = 1, retry_after_s: int = 0) -> None:
        """Answer in the server's place, as it does when it is too busy."""
        told = {"error": {"code": "busy", "message": f"told {status}", "request_id": "-"}}
        body = json.dumps(told).encode()
        wait = f"Retry-After: {retry_after_s}\r\n" if retry_after_s else ""
        head = (
            f"HTTP/1.1 {status} Meddled\r\nContent-Type: application/json\r\n{wait}"
            f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.rules.append(Rule(pattern, times, head.encode() + body))

    def lose(self, pattern: str, *, times: int = 1) -> None:
        """Let requests reach the server and lose its answers."""
        self.rules.append(Rule(pattern, times))

    def _rule(self, asked: str) -> Rule | None:
        for rule in self.rules:
            if rule.times > 0 and re.search(rule.pattern, asked):
                rule.times -= 1
                return rule
        return None

    # Passing on

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve((reader, writer), task)
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _serve(self, client: Streams, task: asyncio.Task[None]) -> None:
        head = (await client[0].readuntil(b"\r\n\r\n")).decode("latin-1")
        asked = " ".join(head.split(" ", 2)[:2])
        self.seen.append(asked)
        if self.is_down:
            client[1].transport.abort()
            return
        is_socket = bool(re.search(r"^upgrade: *websocket", head, re.IGNORECASE | re.MULTILINE))
        rule = self._rule(asked)
        if is_socket and self.refuses_sockets:
            rule = Rule("", 0, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        body = await client[0].readexactly(_size(head))
        if rule is not None and rule.answer:
            await self._write(client[1], rule.answer)
            return
        server = await asyncio.open_connection("127.0.0.1", self.upstream, limit=LIMIT)
        try:
            if is_socket:
                await self._tunnel(client, server, head, task)
            else:
                server[1].write(_closing(head).encode("latin-1") + body)
                await self._answer(client, server, asked, rule)
        finally:
            server[1].close()

    async def _answer(self, client: Streams, server: Streams, asked: str, rule: Rule | None) -> None:
        """Wait for the server's answer, or for the client to leave."""
        answering = asyncio.ensure_future(server[0].read())
        leaving = asyncio.ensure_future(client[0].read(1))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done() and rule is None:
                whole = answering.result()
                await self._write(client[1], _disordered(whole) if self._meddles(asked) else whole)
        finally:
            answering.cancel()
            leaving.cancel()
        if rule is not None:
            client[1].transport.abort()

    def _meddles(self, asked: str) -> bool:
        return self.is_disordered and bool(NEWS.match(asked))

    async def _write(self, writer: asyncio.StreamWriter, content: bytes) -> None:
        for start in range(0, len(content), self.piece):
            await asyncio.sleep(self.lag_s)
            writer.write(content[start : start + self.piece])
            await writer.drain()

    async def _tunnel(self, client: Streams, server: Streams, head: str, task: asyncio.Task[None]) -> None:
        """Pass frames down as they are, or swapped; pass bytes up."""
        plain = re.sub(r"(?im)^sec-websocket-extensions:.*\r\n", "", head)
        server[1].write(plain.encode("latin-1"))
        client[1].write(await server[0].readuntil(b"\r\n\r\n"))
        self._tunnels.add(task)
        up = asyncio.ensure_future(self._up(client[0], server[1], task))
        down = asyncio.ensure_future(self._down(server[0], client[1], task))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            if down.done():
                down.exception()  # the server's end is passed on as the connection's
        finally:
            self._tunnels.discard(task)
            self._hushed.discard(task)
            up.cancel()
            down.cancel()

    async def _up(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]
    ) -> None:
        while content := await reader.read(PIECE):
            if task not in self._hushed:
                writer.write(content)

    async def _down(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]
    ) -> None:
        held: list[bytes] = []
        reading = asyncio.ensure_future(_frame(reader))
        try:
            while True:
                await asyncio.wait({reading}, timeout=HOLD_S if held else None)
                frame = b""
                if reading.done():
                    frame = await self._heard(reading, task)
                    reading = asyncio.ensure_future(_frame(reader))
                if frame and self.is_disordered and frame[0] & 0x0F == 1 and len(held) < MOST_HELD:
                    held.append(frame)
                    continue
                for one in [*reversed(held), *held, frame]:
                    await self._write(writer, one)
                held.clear()
        finally:
            reading.cancel()

    async def _heard(self, reading: asyncio.Future[bytes], task: asyncio.Task[None]) -> bytes:
        """Return what came; nothing, and no end either, of a line that is hushed."""
        try:
            frame = reading.result()
        except asyncio.IncompleteReadError:
            if task in self._hushed:
                await asyncio.Event().wait()
            raise
        return b"" if task in self._hushed else frame


def _size(head: str) -> int:
    found = re.search(r"^content-length: *(\d+)", head, re.IGNORECASE | re.MULTILINE)
    return int(found[1]) if found else 0


def _closing(head: str) -> str:
    """Ask the server to end the connection after its answer."""
    without = re.sub(r"(?im)^connection:.*\r\n", "", head)
    return without.replace("\r\n", "\r\nConnection: close\r\n", 1)


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """Read one frame of the server, as it stands."""
    start = await reader.readexactly(2)
    more = {126: 2, 127: 8}.get(start[1] & 0x7F, 0)
    size = await reader.readexactly(more)
    return start + size + await reader.readexactly(int.from_bytes(size) if more else start[1] & 0x7F)


def _disordered(whole: bytes) -> bytes:
    """Give the messages of an answer backwards, and each twice."""
    head, _, body = whole.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        return whole
    found = json.loads(body)["messages"]
    mixed = json.dumps({"messages": [*reversed(found), *found]}).encode()
    return (
        re.sub(rb"(?i)content-length: *\d+", b"Content-Length: %d" % len(mixed), head) + b"\r\n\r\n" + mixed
    )


class Backstage:
    """A thread with a loop, for servers that tests put beside the product."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run something there and wait for its end."""
        asyncio.run_coroutine_threadsafe(work(), self.loop).result(20)

    def close(self) -> None:
        """End what runs there."""

        async def finish() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.do(finish)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()
