"""Waiting for staff in the browser: a call is asked for and made; another person stops waiting."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person
from tests.e2e.test_staff import case_of, is_live

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_person_is_called_and_another_stops_waiting(visitor: Callable[..., Person], locale: str) -> None:
    officer = visitor(locale, login="officer3")
    person = visitor(locale).chat()
    number = person.call_staff()
    waiting = person.page.locator("[data-chat-waiting]")
    waiting.locator("summary").click()
    person.page.fill("#callback-phone", "12")
    waiting.get_by_role("button", name=person.t("web.page.chat.ask_call")).click()
    expect(waiting.get_by_role("alert")).to_have_text(person.t("handoff.callback_phone"))
    person.shot("refused")
    person.page.fill("#callback-phone", "13800138000")
    waiting.get_by_role("button", name=person.t("web.page.chat.ask_call")).click()
    expect(person.page.locator(".message--system").last).to_contain_text("138****8000")
    expect(waiting.locator("summary")).to_have_text(person.t("web.page.js.waiting.call_change"))
    row = case_of(officer, number)
    expect(row).to_contain_text(officer.t("web.page.staff.callback"))
    row.get_by_role("button").click()
    is_live(officer)
    expect(officer.page.locator("[data-packet]")).to_contain_text("138 0013 8000")
    officer.page.get_by_role("button", name=officer.t("web.page.staff.callback.reached"), exact=True).click()
    expect(officer.page.locator("[data-packet]")).to_contain_text(
        officer.t("web.page.staff.callback.state.reached")
    )
    officer.shot("called")
    expect(waiting).to_be_hidden()

    other = visitor(locale).chat()
    other.call_staff()
    other.page.locator("[data-chat-leave] button").click()
    expect(other.page.locator("[data-chat][data-owner=bot]")).to_be_visible()
    expect(other.page.locator("[data-chat-waiting]")).to_be_hidden()
