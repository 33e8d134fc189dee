"""A server in Rasa's place, where delivery is under test: it answers as slowly as it is told.

A text may hold ``slow=SECONDS``; every text is answered with one or two messages that repeat it.
"""

import asyncio
import json
import re
from contextlib import suppress
from typing import Any

SLOW = re.compile(r"slow=([\d.]+)")


class StandIn:
    """``texts`` holds whatever was asked."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                size = re.search(r"content-length: (\d+)", head)
                turn = json.loads(await reader.readexactly(int(size[1]) if size else 0))
                body = json.dumps(await self._answer(turn), ensure_ascii=False).encode()
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    async def _answer(self, turn: dict[str, Any]) -> dict[str, Any]:
        text = turn.get("text", "")
        self.texts.add(text)
        slow = SLOW.search(text)
        if slow:
            await asyncio.sleep(float(slow[1]))
        said = [f"re: {text}", "anything else?"][: 1 + len(text) % 2]
        messages = [
            {"kind": "text", "text": one, "blocks": [{"type": "paragraph", "text": one}]} for one in said
        ]
        nlu = {"intent": "ask_policy", "confidence": 0.9, "entities": []}
        return {"turn_id": turn["turn_id"], "outcome": "ok", "messages": messages, "nlu": nlu}
