"""One server with a stand-in for the dialogue model, a proxy that meddles, and the four clients."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from core import database
from core.database.model_modules import load_models
from core.identity import Actor
from core.identity.service import actor_of
from core.realtime import reset_bus
from core.settings import get_settings
from tests.e2e.clients.browsers import Embedded, MiniProgram, WebPage, host_page
from tests.e2e.clients.client import Client
from tests.e2e.clients.long import LongTalk
from tests.e2e.clients.long import write as write_long
from tests.e2e.clients.reference import Reference
from tests.e2e.clients.stage import Stage
from tests.e2e.conftest import NEAR_BY
from tests.live.meddler import Backstage, Meddler
from tests.live.server import Server
from tests.live.standin import StandIn
from tests.live.webs import enrol
from web.supervisor.ports import free_ports

CLIENTS = ("reference", "web", "widget", "miniprogram")
THREADS = 60


@dataclass
class Playhouse:
    """What all plays share."""

    server: Server
    net: Meddler
    standin: StandIn
    officer: Actor
    host: str
    long: LongTalk | None = None

    def long_talk(self) -> LongTalk:
        """The conversation of ten thousand messages, written when it is first asked for."""
        self.long = self.long or write_long(self.officer)
        return self.long


@pytest.fixture(scope="module")
def playhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playhouse]:
    """The product over a home that this process shares with it."""
    home, backstage, standin = tmp_path_factory.mktemp("clients"), Backstage(), StandIn()
    own, host = free_ports(2)
    net = Meddler(own)
    backstage.do(standin.start)
    backstage.do(net.start)
    settings = {
        "YAOZHENG_HOME": str(home),
        "YAOZHENG_RASA_URL": f"http://127.0.0.1:{standin.port}",
        "YAOZHENG_RATE_LIMIT_FACTOR": "0",
        "YAOZHENG_WEB_THREADS": str(THREADS),
        "YAOZHENG_EMBED_ORIGINS": f"http://localhost:{host}",
    }
    with pytest.MonkeyPatch.context() as patch, _another_site(host, net.base) as site:
        for name, value in settings.items():
            patch.setenv(name, value)
        _forget()
        load_models()
        database.Base.metadata.create_all(database.current().engine)
        server = Server(home, own)
        server.start()
        yield Playhouse(server, net, standin, actor_of(enrol(1)[0].id), site)
        server.end()
        backstage.close()
        _forget()
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    database.reset()
    reset_bus()


class _another_site:
    """A site of another origin with the chat on its one page."""

    def __init__(self, port: int, server: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = host_page(server).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                return

        self.listening = ThreadingHTTPServer(("localhost", port), Handler)
        self.url = f"http://localhost:{port}/"

    def __enter__(self) -> str:
        threading.Thread(target=self.listening.serve_forever, daemon=True).start()
        return self.url

    def __exit__(self, *_told: object) -> None:
        self.listening.shutdown()
        self.listening.server_close()


@pytest.fixture(scope="module")
def remembering(playwright: Playwright, chromium: Browser) -> Iterator[Browser]:
    """A browser as people have it: frames of other sites remember (Playwright switches that off)."""
    assert chromium.is_connected()
    children = psutil.Process().children(recursive=True)
    running = [one.cmdline() for one in children if one.status() != psutil.STATUS_ZOMBIE]
    switches = {arg for line in running for arg in line if arg.startswith("--disable-features=")}
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--lang=zh-CN", NEAR_BY],
        ignore_default_args=sorted(one for one in switches if "ThirdPartyStoragePartitioning" in one),
    )
    yield browser
    browser.close()


@pytest.fixture
def cast(playhouse: Playhouse, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Client]]:
    """``cast("web")`` is a client of that kind, for somebody who has not been here."""
    contexts: list[BrowserContext] = []
    clients: list[Client] = []

    def make(kind: str) -> Client:
        if kind == "reference":
            client: Client = Reference(playhouse.net.base)
        else:
            browser: Browser = request.getfixturevalue("remembering")
            is_phone = kind == "miniprogram"
            context = browser.new_context(
                base_url=playhouse.net.base,
                locale="zh-CN",
                viewport={"width": 375, "height": 667} if is_phone else {"width": 1100, "height": 800},
                reduced_motion="reduce",
            )
            contexts.append(context)
            client = _in_browser(kind, context, playhouse.host, request)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
    for context in contexts:
        context.close()


def _in_browser(kind: str, context: BrowserContext, host: str, request: pytest.FixtureRequest) -> Client:
    if kind == "miniprogram":
        built: Path = request.getfixturevalue("built")
        assert built.is_dir()
        return MiniProgram(context)
    if kind == "widget":
        embedded = Embedded(context)
        embedded.host = host
        return embedded
    return WebPage(context)


@pytest.fixture
def staged(playhouse: Playhouse, cast: Callable[[str], Client]) -> Iterator[Callable[[str], Stage]]:
    """``staged("web")`` is a play of one client, opened."""

    def make(kind: str) -> Stage:
        client = cast(kind)
        client.open()
        return Stage(playhouse.server, playhouse.net, playhouse.standin, playhouse.officer, client)

    yield make
    playhouse.net.mend()
    playhouse.net.cut()


@pytest.fixture
def stage(staged: Callable[[str], Stage], kind: str) -> Stage:
    """The play of the client under test."""
    return staged(kind)
