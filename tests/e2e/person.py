"""What a person does at a browser, in either language."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from i18n.service import translate

CASE_NUMBER = re.compile(r"[A-Z]{2}\d{8}-\d{4}")


class Person:
    """Someone at a browser."""

    def __init__(self, page: Page, locale: str, screenshots: Path, name: str) -> None:
        self.page, self.locale = page, locale
        self._folder, self._name, self._taken = screenshots, name, 0

    def t(self, code: str, **params: object) -> str:
        return translate(code, self.locale, **params)

    def open(self, path: str) -> "Person":
        self.page.goto(path)
        return self

    def sign_in(self, login: str, password: str) -> None:
        self.open("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.get_by_role("main").get_by_role("button", name=self.t("web.page.sign_in")).click()
        expect(self.page.get_by_role("button", name=self.t("web.page.sign_out"))).to_be_visible()

    def chat(self, path: str = "/") -> "Person":
        self.open(path)
        expect(self.page.locator("[data-chat][data-ready]")).to_be_attached()
        return self

    def say(self, text: str) -> Locator:
        """Write something and wait for what comes back; return the last message of the reply."""
        answers = self.page.locator(".message--assistant, .message--system")
        before = answers.count()
        self.page.fill("#chat-text", text)
        self.page.press("#chat-text", "Enter")
        return self._replied(before)

    def choose(self, label: str) -> Locator:
        """Press the newest button with a label and wait for what comes back."""
        before = self.page.locator(".message--assistant, .message--system").count()
        self.page.locator("[data-choice]:enabled").get_by_text(label, exact=True).last.click()
        return self._replied(before)

    def _replied(self, before: int) -> Locator:
        answers = self.page.locator(".message--assistant, .message--system")
        expect(answers.nth(before)).to_be_visible()
        expect(self.page.locator("[data-chat-typing]")).to_be_hidden()
        return answers.last

    def call_staff(self) -> str:
        """Press the button for staff; return the case's number."""
        self.page.locator("[data-chat-staff] button").click()
        return self.with_staff()

    def with_staff(self) -> str:
        """Wait until staff are called and return the case's number."""
        expect(self.page.locator("[data-chat][data-owner=queue]")).to_be_visible()
        expect(self.page.locator("[data-chat-log]")).to_contain_text(CASE_NUMBER)
        found = CASE_NUMBER.findall(self.page.locator("[data-chat-log]").inner_text())
        return str(found[-1])

    def choices(self) -> list[str]:
        return self.page.locator("[data-choice]:enabled").all_inner_texts()

    def shot(self, what: str = "", **options: Any) -> None:
        """Keep a picture of the page as test output."""
        self._taken += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._name}-{self._taken}{'-' + what if what else ''}-{self.locale}.png"
        self.page.screenshot(path=str(self._folder / name), **options)
