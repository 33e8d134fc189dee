"""A generative endpoint on this machine: real HTTP that speaks OpenAI's chat completions as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behave = Callable[["Handler"], None]


@dataclass
class Endpoint:
    """What it says, and what it was asked; ``behave`` takes the whole reply over."""

    url: str = ""
    says: str | Callable[[dict[str, Any]], str] = ""
    tokens: Any = 100
    behave: Behave | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def passages(self, place: int = -1) -> list[str]:
        body = json.loads(self.asked[place]["messages"][1]["content"])
        found: list[str] = body.get("资料") or body["passages"]
        return found


class Handler(BaseHTTPRequestHandler):
    endpoint: Endpoint

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.endpoint.asked.append({**asked, "path": self.path})
        self.endpoint.keys.append(self.headers.get("Authorization", ""))
        with suppress(OSError):
            if self.endpoint.behave is not None:
                self.endpoint.behave(self)
            else:
                says = self.endpoint.says
                self.reply(says(asked) if callable(says) else says)

    def reply(self, text: Any, **more: Any) -> None:
        message = {"role": "assistant", "content": text}
        body = {
            "choices": [{"index": 0, "message": message}],
            "usage": {"total_tokens": self.endpoint.tokens},
        }
        self.raw(200, json.dumps({**body, **more}).encode())

    def raw(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def drip(self, pause_s: float, part: bytes) -> None:
        """Send a little, for ever."""
        self.send_response(200)
        self.end_headers()
        while not self.endpoint.stopped.is_set():
            self.wfile.write(part)
            self.wfile.flush()
            time.sleep(pause_s)

    def log_message(self, *arguments: object) -> None:
        return


@contextmanager
def chatting() -> Iterator[Endpoint]:
    """Serve on a free port."""
    found = Endpoint()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"endpoint": found}))
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.stopped.set()
        server.shutdown()
        server.server_close()
