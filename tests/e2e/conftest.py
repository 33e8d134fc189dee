"""The whole installation in a real browser.

``YAOZHENG_TEST_HOME`` and ``YAOZHENG_TEST_URL`` name an installation that runs already; without them one is
started in a folder of its own.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from core.settings import REPOSITORY
from tests.e2e import phone as phones
from tests.e2e.person import Person
from tests.e2e.phone import Phone
from tests.wechat import WeChatServer, serving, settings_of
from web.supervisor.accounts import FILE, KnownAccount
from web.supervisor.ports import free_ports
from web.supervisor.stack import Stack

SCREENSHOTS = REPOSITORY / "test-output" / "screenshots"
LIMIT_MS = 30_000
NEAR_BY = (
    "--disable-features=LocalNetworkAccessChecks"  # pages that a test serves may speak with this machine
)


@dataclass(frozen=True)
class Installation:
    """Where it is, who can sign in, and the folder of its state."""

    base_url: str
    accounts: dict[str, str]
    home: Path


@pytest.fixture(scope="session")
def agency_port() -> int:
    """The port of another site, which may embed the chat."""
    return int(os.environ.get("YAOZHENG_TEST_AGENCY_PORT", "") or free_ports(1)[0])


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, agency_port: int) -> Iterator[Installation]:
    """An installation that answers questions, fills in forms and calls staff."""
    url, home = os.environ.get("YAOZHENG_TEST_URL", ""), os.environ.get("YAOZHENG_TEST_HOME", "")
    if url and home:
        yield Installation(url, passwords(Path(home)), Path(home))
        return
    folder = tmp_path_factory.mktemp("e2e") / "home"
    settings = {
        "YAOZHENG_RATE_LIMIT_FACTOR": "20",
        "YAOZHENG_EMBED_ORIGINS": f"http://localhost:{agency_port}",
    }
    with (
        serving(WeChatServer(takes_anybody=True)) as wechat,
        Stack(folder, {**settings, **settings_of(wechat, "template-1")}) as stack,
    ):
        yield Installation(stack.base_url, passwords(folder), folder)


def passwords(home: Path) -> dict[str, str]:
    import json

    rows = [KnownAccount(**row) for row in json.loads((home / FILE).read_text())]
    return {row.login: row.password for row in rows}


@pytest.fixture(scope="session")
def built() -> Path:
    """The mini-program, built for a browser."""
    return phones.build()


@pytest.fixture(scope="session")
def base_url(installation: Installation) -> str:
    return installation.base_url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=LIMIT_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--lang=zh-CN", NEAR_BY]
    )
    yield browser
    browser.close()


@dataclass
class Visitors:
    """Opens browsers for persons and keeps what went wrong in their pages."""

    chromium: Browser
    installation: Installation
    name: str
    contexts: list[BrowserContext] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def __call__(
        self,
        locale: str = "zh-CN",
        *,
        login: str = "",
        size: tuple[int, int] = (1280, 860),
        has_script: bool = True,
        **options: Any,
    ) -> Person:
        context = self.chromium.new_context(
            base_url=self.installation.base_url,
            locale=locale,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=has_script,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(LIMIT_MS)
        self.contexts.append(context)
        page = context.new_page()
        self._listen(page)
        person = Person(page, locale, SCREENSHOTS, self.name)
        if login:
            person.sign_in(login, self.installation.accounts[login])
        return person

    def phone(self, locale: str = "zh-CN", *, login: str = "", **first: Any) -> Phone:
        """Someone with the mini-program on a small phone; ``first`` is what WeChat tells of them."""
        person = self(locale, size=(375, 667), device_scale_factor=2, has_touch=True, is_mobile=True)
        made = Phone(person.page, locale, SCREENSHOTS, self.name)
        made.open(**first)
        if login:
            made.bind(login, self.installation.accounts[login])
        return made

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                self.troubles.append(f"{page.url}: {said.text}")
                if said.type == "error" and "Failed to load resource" not in said.text
                else None
            ),
        )


@pytest.fixture
def visitor(
    chromium: Browser, installation: Installation, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """``visitor("en", login="applicant1")`` is a person at a browser; scripts must run without an error."""
    name = request.node.name.removeprefix("test_").replace("[", "-").replace("]", "").replace("/", "_")
    visitors = Visitors(chromium, installation, name)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert not visitors.troubles
