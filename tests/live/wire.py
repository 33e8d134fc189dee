"""HTTP and WebSocket on bare asyncio streams: light enough to hold hundreds, open enough to break at will."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

API = "/api/v1"
LIMIT_S = 40.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Lost(ConnectionError):
    """The connection ended before the answer was there."""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in lower case, the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body of a JSON answer."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed later, as the client's ``ApiError`` has it."""
        return self.status == 429 or self.status >= 500


class Wire:
    """One keep-alive connection to a server on loopback; opened anew where the server has let it go."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port = port
        self.headers = dict(headers or {})
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(
        self, method: str, path: str, body: object = None, *, is_kept: bool = True, limit_s: float = LIMIT_S
    ) -> Answer:
        """Send a request and read its answer; a connection that had gone stale is opened once more.

        Raises:
            Lost: the server went away, or did not answer in time.
        """
        for is_fresh in (self._streams is None, True):
            reader, writer = await self._open()
            try:
                async with asyncio.timeout(limit_s):
                    writer.write(self._request(method, path, body))
                    await writer.drain()
                    return await self._answer(reader, is_kept=is_kept)
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self.close()
                is_stale = isinstance(error, asyncio.IncompleteReadError | ConnectionError)
                if is_fresh or not is_stale:
                    raise Lost(str(error)) from error
        raise Lost

    async def drop(self, method: str, path: str, body: object, *, after_s: float, share: float) -> None:
        """Send a request, or the first ``share`` of it, and hang up before the answer."""
        reader, writer = await self._open()
        raw = self._request(method, path, body)
        with suppress(OSError):
            writer.write(raw[: max(1, int(len(raw) * share))])
            await writer.drain()
        await asyncio.sleep(after_s)
        self.close()
        del reader

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
            except OSError as error:
                raise Lost(str(error)) from error
        return self._streams

    def _request(self, method: str, path: str, body: object) -> bytes:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = "Content-Type: application/json\r\n" if raw else ""
        rows = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{kind}{rows}"
        return f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw

    async def _answer(self, reader: asyncio.StreamReader, *, is_kept: bool) -> Answer:
        status, headers = await read_head(reader)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if not is_kept or headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, body)


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read status and headers of an answer."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    fields = (line.partition(":") for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.strip().lower(): value.strip() for name, _, value in fields}


class Stream:
    """A WebSocket of the server: frames down, nothing up but what the protocol itself asks for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int, path: str, *, limit_s: float = 10.0) -> "Stream":
        """Open a stream.

        Raises:
            Lost: refused, or the server went away.
        """
        writer = None
        try:
            async with asyncio.timeout(limit_s):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                own = f"127.0.0.1:{port}"
                rows = (
                    f"GET {path} HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                )
                writer.write(rows.encode())
                status, _ = await read_head(reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            if writer is not None:
                writer.close()
            raise Lost(str(error)) from error
        if status != 101:
            writer.close()
            raise Lost(f"refused: {status}")
        return cls(reader, writer)

    async def frames(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what the server sends until either side ends the stream."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                kind, payload = await self._frame()
                if kind == TEXT:
                    yield json.loads(payload)
                elif kind == PING:
                    self._write(PONG, payload)
                elif kind == CLOSE:
                    self._write(CLOSE, payload[:2])
                    return

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await self._reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self._reader.readexactly(2))
        elif size == 127:
            size = int.from_bytes(await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(size)

    def _write(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self._writer.write(bytes([0x80 | kind, 0x80 | len(payload)]) + mask + masked)

    def close(self) -> None:
        """Hang up without a word, as a closed tab or a lost network does."""
        self._writer.close()
