"""A server that speaks WeChat's protocol: sign-in codes, access tokens, subscription messages."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.settings import get_settings

APP_ID, SECRET, TOKEN = "wx0123456789abcdef", "a-secret-of-the-mini-program", "an-access-token"
SPENT = {"errcode": 40163, "errmsg": "code been used"}
UNKNOWN = {"errcode": 40029, "errmsg": "invalid code"}
WRONG_APP = {"errcode": 40125, "errmsg": "invalid appsecret"}


@dataclass
class WeChatServer:
    """Knows who is behind which code; a code counts once. ``answers`` come before what it would say.

    With ``takes_anybody`` a code such as ``li~7`` is one of Li's.
    """

    url: str = ""
    people: dict[str, str] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    answers: list[Any] = field(default_factory=list)
    wait_s: float = 0.0
    sent: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    takes_anybody: bool = False

    def answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        """Answer one request."""
        self.asked.append(path)
        time.sleep(self.wait_s)
        if self.answers:
            return self.answers.pop(0)
        if path == "/cgi-bin/message/subscribe/send":
            return self._take(query, body)
        given = {**query, **body}
        if (given.get("appid"), given.get("secret")) != (APP_ID, SECRET):
            return WRONG_APP
        if path == "/cgi-bin/stable_token":
            return {"access_token": TOKEN, "expires_in": 7200}
        return self._exchange(query.get("js_code", "")) if path == "/sns/jscode2session" else None

    def _exchange(self, code: str) -> dict[str, Any]:
        if code in self.spent:
            return SPENT
        name = self.people.get(code) or (code.partition("~")[0] if self.takes_anybody and "~" in code else "")
        if not name:
            return UNKNOWN
        self.spent.add(code)
        return {"openid": name, "session_key": "c2Vzc2lvbi1rZXk=", "unionid": "union-1"}

    def _take(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if query.get("access_token") != TOKEN:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.sent.append(body)
        return {"errcode": 0, "errmsg": "ok"}


@contextmanager
def serving(server: WeChatServer) -> Iterator[WeChatServer]:
    """Let it listen on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            self._reply(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0)))))

        def _reply(self, body: dict[str, Any]) -> None:
            parts = urlsplit(self.path)
            found = server.answer(parts.path, dict(parse_qsl(parts.query)), body)
            content = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "text/plain")  # as WeChat itself says
            self.end_headers()
            try:
                self.wfile.write(content)
            except BrokenPipeError:  # whoever asked did not wait
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            return

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield server
    listening.shutdown()
    listening.server_close()
    thread.join(5)


def settings_of(server: WeChatServer, template: str = "") -> dict[str, str]:
    """What an installation is told of a mini-program whose WeChat this server is."""
    return {
        "YAOZHENG_WECHAT_APP_ID": APP_ID,
        "YAOZHENG_WECHAT_SECRET": SECRET,
        "YAOZHENG_WECHAT_URL": server.url,
        "YAOZHENG_WECHAT_TEMPLATE": template,
        "YAOZHENG_WECHAT_TEMPLATE_FIELDS": "filing_no=character_string1 item=thing2 state=phrase3 at=time4",
    }


def connect(monkeypatch: pytest.MonkeyPatch, server: WeChatServer, template: str = "") -> None:
    """Set the mini-program up with a server that speaks for WeChat."""
    for name, value in settings_of(server, template).items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
