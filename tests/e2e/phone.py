"""The mini-program in a browser of a phone's size, rendered by WeChat's own component framework."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from core.settings import REPOSITORY
from i18n.service import translate

TESTS = REPOSITORY / "tests" / "miniprogram"
BUILT = REPOSITORY / "build" / "miniprogram"
SETTLED_MS = 300
PLACE = "/miniprogram-test/"
CASE_NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d{4}")
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}


def build() -> Path:
    """Build the mini-program for a browser, with what that takes of node installed if need be."""
    subprocess.run(
        [sys.executable, str(REPOSITORY / "scripts" / "node_packages.py")], check=True, timeout=600
    )
    command = [
        "node",
        str(TESTS / "harness" / "build.mjs"),
        str(REPOSITORY / "web" / "miniprogram"),
        str(BUILT),
    ]
    subprocess.run(command, cwd=TESTS, check=True, timeout=120)
    return BUILT


def serve(route: Route) -> None:
    """Give a file of the build at the product's own origin, as WeChat would from its package."""
    path = BUILT / route.request.url.partition(PLACE)[2].partition("?")[0]
    if path.is_file():
        route.fulfill(body=path.read_bytes(), content_type=f"{KINDS[path.suffix]}; charset=utf-8")
    else:
        route.fulfill(status=404, body="")


class Phone:
    """Someone with the mini-program open."""

    def __init__(self, page: Page, locale: str, pictures: Path, name: str) -> None:
        self.page, self.locale = page, locale
        self._pictures, self._name, self._taken = pictures, name, 0
        self.messages = page.locator("[class*='parts-message-index--message ']")
        self.replies = page.locator("[class*='message--assistant'], [class*='message--system']")
        page.route(f"**{PLACE}**", serve)

    def t(self, code: str, **params: object) -> str:
        return translate(code, self.locale, **params)

    def open(self, **first: Any) -> "Phone":
        """Open it; ``first`` is what WeChat tells: ``person``, ``scale``, …"""
        self.page.add_init_script(f"window.testingFirst = {json.dumps(first)}")
        self.page.goto(f"{PLACE}index.html")
        expect(self.button("web.page.chat.staff")).to_be_visible()
        return self

    def button(self, code: str, **params: object) -> Locator:
        return self.page.get_by_role("button", name=self.t(code, **params), exact=True)

    def press(self, code: str, **params: object) -> None:
        self.button(code, **params).last.tap()

    def large_text(self) -> Locator:
        return self.page.get_by_role("switch", name=self.t("web.miniprogram.elder"))

    def say(self, text: str) -> Locator:
        before = self.replies.count()
        box = self.page.locator("textarea[confirm-type=send]")
        box.fill(text)
        self.press("web.page.chat.send")
        return self.replied(before)

    def choose(self, label: str) -> Locator:
        before = self.replies.count()
        self.open_choices().get_by_text(label, exact=True).last.tap()
        return self.replied(before)

    def open_choices(self) -> Locator:
        return self.page.locator("[class*='message-index--choices'] button:not([disabled])")

    def choices(self) -> list[str]:
        return [text.strip() for text in self.open_choices().all_inner_texts()]

    def replied(self, before: int) -> Locator:
        expect(self.replies.nth(before)).to_be_visible()
        expect(self.page.locator("[class*='index--typing']").first).to_be_hidden()
        return self.replies.last

    def bind(self, login: str, password: str) -> None:
        """Bind an account by the menu."""
        self.press("web.miniprogram.menu")
        self.press("web.miniprogram.sign_in")
        self.page.get_by_role("textbox", name=self.t("web.miniprogram.login")).fill(login)
        self.page.get_by_label(self.t("web.miniprogram.password")).fill(password)
        self.press("web.miniprogram.sign_in_do")
        expect(self.button("web.miniprogram.sign_in_do")).to_be_hidden()

    def clipboard(self) -> str:
        return str(self.page.evaluate("testing.clipboard"))

    def text(self) -> str:
        return re.sub(r"\s+", " ", self.page.locator("scroll-view").inner_text())

    def shot(self, what: str = "") -> None:
        self.page.wait_for_timeout(SETTLED_MS)
        self._taken += 1
        self._pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(
            path=str(self._pictures / f"{self._name}-{self._taken}-{what}-{self.locale}.png")
        )

    def write(self, text: str) -> None:
        """Send something without waiting for a reply."""
        self.page.locator("textarea[confirm-type=send]").fill(text)
        self.press("web.page.chat.send")

    def case_number(self) -> str:
        """Wait until staff are called and return the case's number."""
        log = self.page.locator("scroll-view")
        expect(log).to_contain_text(CASE_NUMBER)
        return str(CASE_NUMBER.findall(log.inner_text())[-1])

    def cut(self) -> None:
        """Lose the network, the open line included."""
        self.page.context.set_offline(True)
        self.page.evaluate("testing.sockets.forEach(socket => socket.close())")

    def mend(self) -> None:
        """Get the network back and come back to the mini-program, as after a sleep."""
        self.page.context.set_offline(False)
        self.page.evaluate("comeBack()")

    def twin(self) -> "Phone":
        """The same person's mini-program in a second window."""
        twin = Phone(self.page.context.new_page(), self.locale, self._pictures, f"{self._name}-twin")
        return twin.open()
