"""A filing made without leaving the chat: papers, tables and lists are entered there."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from forms import service as forms
from tests.e2e.person import Person
from tests.e2e.test_filing import NAME, PDF, begin_by_chat

pytestmark = pytest.mark.browser
CHOSEN = {"efficacy": "11", "body_part": "05", "users": "03", "use_method": "02"}
ROWS = {"formula": (("水", "70"), ("甘油", "30"))}
MOST_TURNS = 80


class InChat:
    """Someone who answers whatever the newest message asks."""

    def __init__(self, person: Person, folder: Path, name: str) -> None:
        self.person, self.page, self.locale = person, person.page, person.locale
        self.paper = folder / "paper.pdf"
        self.paper.write_bytes(PDF)
        self.name = name
        self.shown: set[str] = set()
        form = forms.get_service_item("cosmetic_filing").form
        assert form is not None
        self.fields = {one.key: one for one in form.fields}

    def offers(self, code: str) -> bool:
        return self.person.t(f"assistant.button.{code}") in self.person.choices()

    def press(self, code: str) -> None:
        self.person.choose(self.person.t(f"assistant.button.{code}"))

    def answer(self) -> None:
        """Answer what is asked now."""
        entry = self.page.locator("[data-entry]:enabled")
        if self.offers("confirm_value"):
            self.press("confirm_value")
        elif entry.count():
            self.enter(entry.last)
        elif label := self.offered():
            self.person.choose(label)
        elif self.offers("skip"):
            self.press("skip")
        else:
            self.say()

    def offered(self) -> str:
        """The button with the answer that this person gives, if there is one."""
        answers = {
            one.label.get(self.locale)
            for key, value in CHOSEN.items()
            for one in self.fields[key].options
            if one.value == value
        }
        return next((label for label in self.person.choices() if label in answers), "")

    def enter(self, box: Locator) -> None:
        """Use the inputs of a message and wait until it goes on."""
        key = box.get_attribute("data-entry") or ""
        kind = self.fields[key].type
        if kind not in self.shown:
            self.shown.add(kind)
            self.person.shot(kind)
        before = self.page.locator(".message--assistant").count()
        if kind == "table":
            for number, row in enumerate(ROWS[key]):
                for place, text in enumerate(row):
                    box.locator("tbody tr").nth(number).locator("input").nth(place).fill(text)
        if kind == "multi_enum":
            box.locator(f"input[value='{CHOSEN[key]}']").check()
        if kind in ("file", "files"):
            if "too large" not in self.shown:
                self.attach_too_large(box)
            box.locator("input[type=file]").set_input_files(self.paper)
        else:
            box.get_by_role("button", name=self.person.t("web.page.js.entry.save")).click()
        expect(self.page.locator(".message--assistant").nth(before)).to_be_visible()
        expect(self.page.locator("[data-chat-typing]")).to_be_hidden()

    def attach_too_large(self, box: Locator) -> None:
        """Choose a file of 200 MB: it is refused before it is sent, and another one may be chosen."""
        self.shown.add("too large")
        path = self.paper.with_name("endless.pdf")
        with path.open("wb") as file:
            file.truncate(200 * 2**20)
        box.locator("input[type=file]").set_input_files(path)
        told = self.person.t("web.page.js.entry.too_large", name=path.name, most=10)
        expect(box.get_by_role("alert")).to_have_text(told)
        expect(box).to_be_enabled()

    def say(self) -> None:
        """Type what cannot be chosen."""
        asked = self.page.locator(".message--assistant").last.inner_text()
        dosage = self.fields["form_dosage"]
        if dosage.label.get(self.locale) in asked:
            self.person.say(dosage.options[0].label.get(self.locale))
        else:
            self.person.say(self.name)


@pytest.mark.parametrize(("locale", "login"), [("zh-CN", "applicant1"), ("en", "applicant2")])
def test_a_filing_is_made_without_leaving_the_chat(
    visitor: Callable[..., Person], locale: str, login: str, tmp_path: Path
) -> None:
    name = f"{NAME[locale]}{time.time_ns() // 10**9 % 100_000}"
    person = visitor(locale, login=login).chat()
    picker = person.page.locator("[data-chat-enterprise]")
    if picker.count():
        picker.select_option(index=1)
        expect(person.page.locator("[data-chat-problem]")).to_be_empty()
    begin_by_chat(person)
    chat = InChat(person, tmp_path, name)
    if chat.offers("confirm_all"):
        chat.press("confirm_all")
    for _ in range(MOST_TURNS):
        if chat.offers("declare"):
            break
        chat.answer()
    person.shot("declare")
    chat.press("declare")
    chat.press("submit")
    expect(person.page.locator(".message--filing").last).to_contain_text(re.compile(r".G妆网备字\d{10}"))
    person.shot("submitted")
    assert {"table", "multi_enum", "file", "too large"} <= chat.shown
    expect(person.page.locator("[data-entry]:enabled")).to_have_count(0)


def test_what_cannot_be_taken_is_said_at_the_input_and_nothing_is_lost(
    visitor: Callable[..., Person], tmp_path: Path
) -> None:
    person = visitor(login="applicant3").chat()
    picker = person.page.locator("[data-chat-enterprise]")
    if picker.count():
        picker.select_option(index=1)
    begin_by_chat(person)
    chat = InChat(person, tmp_path, f"清润面膜{time.time_ns() // 10**9 % 100_000}")
    if chat.offers("confirm_all"):
        chat.press("confirm_all")
    for _ in range(MOST_TURNS):
        if person.page.locator("[data-entry=formula]:enabled").count():
            break
        chat.answer()
    box = person.page.locator("[data-entry=formula]")
    box.locator("tbody tr").first.locator("input").first.fill("水")
    box.get_by_role("button", name=person.t("web.page.js.entry.save")).click()
    expect(box.get_by_role("alert")).not_to_be_empty()
    expect(box.locator("tbody tr").first.locator("input").first).to_have_value("水")
    expect(box).to_be_enabled()
    person.shot("refused")
