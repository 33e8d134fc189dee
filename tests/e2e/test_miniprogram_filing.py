"""A filing in the mini-program: an account is bound, papers are photographed, the outcome may be told."""

import time
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from forms import service as forms
from tests.e2e.conftest import Visitors
from tests.e2e.phone import Phone
from tests.e2e.test_filing import NAME, begin_by_chat
from tests.e2e.test_filing_in_chat import CHOSEN, ROWS

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
MOST_TURNS = 80
ENTRY = "[role=group][class*=entry-index]:has(button:enabled:not([class*=quiet]))"
PHOTO = "testing.files = [new File([Uint8Array.from([%s])], 'photo.jpg', {type: 'image/jpeg'})]"
JPEG = "0xff,0xd8,0xff,0xe0,0,16,0x4a,0x46,0x49,0x46,0,1,1,0,0,1,0,1,0,0,0xff,0xd9"


class OnPhone:
    """Someone who answers whatever the newest message asks."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.page, self.locale = phone, phone.page, phone.locale
        self.shown: set[str] = set()
        form = forms.get_service_item("cosmetic_filing").form
        assert form is not None
        self.fields = {one.label.get(self.locale): one for one in form.fields}
        self.page.evaluate(PHOTO % JPEG)

    def offers(self, code: str) -> bool:
        return self.phone.t(f"assistant.button.{code}") in self.phone.choices()

    def press(self, code: str) -> None:
        self.phone.choose(self.phone.t(f"assistant.button.{code}"))

    def answer(self) -> None:
        """Answer what is asked now."""
        entry = self.page.locator(ENTRY)
        if self.offers("confirm_value"):
            self.press("confirm_value")
        elif entry.count():
            self.enter(entry.last)
        elif label := self.offered():
            self.phone.choose(label)
        elif self.offers("skip"):
            self.press("skip")
        else:
            self.say()

    def offered(self) -> str:
        """The button with the answer that this person gives, if there is one."""
        known = {one.key: one for one in self.fields.values()}
        answers = {
            one.label.get(self.locale)
            for key, value in CHOSEN.items()
            for one in known[key].options
            if one.value == value
        }
        return next((label for label in self.phone.choices() if label in answers), "")

    def enter(self, box: Locator) -> None:
        """Use the inputs of a message and wait until it goes on."""
        field: Any = self.fields[box.get_attribute("aria-label") or ""]
        if field.type not in self.shown:
            self.shown.add(field.type)
            self.phone.shot(field.type)
        before = self.phone.replies.count()
        if field.type in ("file", "files"):
            box.get_by_role("button", name=self.phone.t("web.miniprogram.photo")).tap()
        else:
            self.fill(box, field)
            box.get_by_role("button", name=self.phone.t("web.page.js.entry.save")).tap()
        self.phone.replied(before)

    def fill(self, box: Locator, field: Any) -> None:
        if field.type == "table":
            for number, row in enumerate(ROWS[field.key]):
                for place, text in enumerate(row):
                    rows = box.locator("[class*='entry__row']")
                    rows.nth(number).locator("input").nth(place).fill(text)
        if field.type == "multi_enum":
            [label] = [one.label.get(self.locale) for one in field.options if one.value == CHOSEN[field.key]]
            box.get_by_role("checkbox", name=label, exact=True).tap()

    def say(self) -> None:
        """Type what cannot be chosen."""
        dosage = next(one for one in self.fields.values() if one.key == "form_dosage")
        asked = self.phone.replies.last.inner_text()
        is_dosage = dosage.label.get(self.locale) in asked
        name = f"{NAME[self.locale]}{time.time_ns() // 10**9 % 100_000}"
        self.phone.say(dosage.options[0].label.get(self.locale) if is_dosage else name)


def test_a_filing_is_made_on_the_phone_from_binding_an_account_to_its_number(visitor: Visitors) -> None:
    phone = visitor.phone(person=f"li{time.time_ns()}", login="applicant1")
    begin_by_chat(phone)  # type: ignore[arg-type]
    chat = OnPhone(phone)
    phone.shot("opened")
    if chat.offers("confirm_all"):
        chat.press("confirm_all")
    for _ in range(MOST_TURNS):
        if chat.offers("declare"):
            break
        chat.answer()
    phone.shot("declare")
    chat.press("declare")
    chat.press("submit")
    expect(phone.messages.last).to_contain_text("妆网备字")
    phone.press("web.miniprogram.alert")
    expect(phone.page.get_by_text(phone.t("web.miniprogram.alert_kept"))).to_be_visible()
    phone.shot("submitted")
    assert {"table", "multi_enum", "file"} <= chat.shown
    phone.page.reload()
    phone.press("web.miniprogram.menu")
    expect(phone.button("web.miniprogram.unlink")).to_be_visible()
