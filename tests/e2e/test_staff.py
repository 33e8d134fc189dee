"""Handing over: two browsers, live both ways, the assistant silent, closing, rating, the assistant back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.person import Person
from tests.e2e.test_asking import MATERIALS

pytestmark = pytest.mark.browser
WORDS = {
    "zh-CN": (
        "我想请工作人员帮我看看分类",
        "您好，我是工作人员，请说。",
        "谢谢，我的产品是面霜。",
        "已说明分类办法",
    ),
    "en": (
        "Please put me through to staff: I need help with my class",
        "Hello, how can I help?",
        "Thanks, it is a cream.",
        "Explained",
    ),
}


def case_of(officer: Person, number: str) -> Locator:
    return officer.page.locator(".case-row").filter(has_text=number)


def is_live(officer: Person) -> None:
    expect(officer.page.locator("[data-live]")).to_have_text(officer.t("web.page.js.staff.live"))


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_an_officer_and_an_applicant_write_to_each_other_live(
    visitor: Callable[..., Person], locale: str
) -> None:
    asked, greeting, answer, resolution = WORDS[locale]
    officer = visitor(locale, login="officer1")
    is_live(officer)
    person = visitor(locale).chat()
    person.say(asked)
    number = person.with_staff()
    person.shot("waiting")
    row = case_of(officer, number)
    expect(row).to_be_visible()
    officer.shot("queue")
    row.get_by_role("button").click()
    expect(officer.page.locator("#reply-text")).to_be_visible()
    expect(person.page.locator("[data-chat][data-owner=officer]")).to_be_visible()
    is_live(officer)
    officer.page.fill("#reply-text", greeting)
    officer.page.press("#reply-text", "Enter")
    expect(person.page.locator(".message--officer")).to_contain_text(greeting)
    before = person.page.locator(".message--assistant").count()
    person.page.fill("#chat-text", answer)
    person.page.press("#chat-text", "Enter")
    expect(officer.page.locator(".message--applicant").last).to_contain_text(answer)
    officer.shot("case")
    person.shot("with-officer")
    expect(person.page.locator(".message--assistant")).to_have_count(before)
    officer.page.fill("#resolution", resolution)
    officer.page.locator("[data-close]").click()
    rating = person.page.locator(".rating")
    rating.get_by_text(person.t("web.page.js.rating.level.5"), exact=True).click()
    person.shot("rating")
    rating.get_by_role("button").click()
    thanks = person.t("web.page.js.rating.thanks", level=person.t("web.page.js.rating.level.5"))
    expect(person.page.get_by_text(thanks)).to_be_visible()
    expect(person.page.locator("[data-chat][data-owner=bot]")).to_be_visible()
    expect(person.say(MATERIALS[locale]).locator(".citation").first).to_be_visible()


def test_messages_come_by_long_poll_where_websockets_are_blocked(visitor: Callable[..., Person]) -> None:
    person = visitor()
    person.page.context.route_web_socket("**/stream*", lambda socket: socket.close())
    person.chat()
    person.say("请转人工：长轮询")
    officer = visitor(login="officer1")
    number = person.with_staff()
    case_of(officer, number).get_by_role("button").click()
    is_live(officer)
    officer.page.fill("#reply-text", "经长轮询送达")
    officer.page.press("#reply-text", "Enter")
    expect(person.page.locator(".message--officer")).to_contain_text("经长轮询送达", timeout=60_000)


def test_staff_are_called_with_the_keyboard_alone(visitor: Callable[..., Person]) -> None:
    person = visitor().chat()
    person.page.locator("body").press("Tab")
    expect(person.page.locator(".skip-link")).to_be_focused()
    person.page.keyboard.press("Enter")
    for _ in range(12):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement.id") == "chat-text":
            break
    expect(person.page.locator("#chat-text")).to_be_focused()
    person.page.keyboard.type(MATERIALS["zh-CN"])
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".message--assistant .citation").first).to_be_visible()
    expect(person.page.locator("#chat-text")).to_be_focused()
    for _ in range(80):
        person.page.keyboard.press("Shift+Tab")
        if person.page.evaluate("document.activeElement.classList.contains('chat__staff')"):
            break
    expect(person.page.locator(".chat__staff")).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(person.page.locator("[data-chat][data-owner=queue]")).to_be_visible()
