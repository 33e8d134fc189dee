"""The mini-program on a small phone, in a real browser, against the running product."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitors
from tests.e2e.test_accessibility import RULES
from tests.e2e.test_asking import MATERIALS
from tests.e2e.test_staff import case_of, is_live

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
LOCALES = pytest.mark.parametrize("locale", ["zh-CN", "en"])
LAW = {"zh-CN": "药品生产监督管理办法", "en": "Measures for the Supervision of Drug Production"}
VALIDITY = {"zh-CN": "药品生产许可证有效期几年？", "en": "How long is a drug production licence valid?"}
# Elements that a framework's renderer names as WeChat does; a phone gives them roles of its own.
SIZES = """page => [...document.querySelectorAll('button, input, textarea')]
    .filter(one => one.offsetParent)
    .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect().height])"""
TEXTS = """page => [...document.querySelectorAll('scroll-view text, scroll-view button, textarea')]
    .filter(one => one.offsetParent && one.textContent.trim())
    .map(one => [one.textContent.slice(0, 30), getComputedStyle(one)])
    .map(([text, style]) => [text, parseFloat(style.fontSize), parseFloat(style.lineHeight)])
    .map(([text, size, line]) => [text, size, line / size])"""


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, options=RULES).response
    hidden = {
        "region",
        "landmark-one-main",
        "page-has-heading-one",
        "html-has-lang",
    }  # of a web page, not of WeChat's
    return [
        f"{one['id']}: {node['html'][:140]}"
        for one in found["violations"]
        for node in one["nodes"]
        if one["id"] not in hidden
    ]


@LOCALES
def test_an_answer_brings_its_articles_as_cards_and_takes_feedback(visitor: Visitors, locale: str) -> None:
    phone = visitor.phone(locale)
    phone.shot("start")
    phone.say(VALIDITY[locale])
    expect(phone.messages.last).to_contain_text(phone.t("web.miniprogram.by_machine"))
    phone.shot("answer")
    phone.page.get_by_role("button", name=phone.t("web.page.js.tools.copy")).first.tap()
    assert LAW[locale] in phone.clipboard()
    phone.press("web.page.js.tools.copy")
    *_, mark, receipt = phone.clipboard().splitlines()
    assert mark == phone.t("web.page.js.tools.mark")
    assert receipt.startswith(phone.t("web.page.js.tools.receipt", number=""))
    phone.press("web.page.js.feedback.no")
    phone.shot("why")
    phone.press("web.page.js.feedback.reason.incomplete")
    expect(phone.page.get_by_text(phone.t("web.page.js.feedback.thanks"))).to_be_visible()
    phone.press("web.miniprogram.menu")
    phone.shot("menu")
    phone.press("web.miniprogram.transcript")
    assert phone.t("web.page.caution") in phone.clipboard()
    assert VALIDITY[locale] in phone.clipboard()
    assert "\n".join(violations(phone.page)) == ""


def test_an_officer_takes_over_and_writes_and_is_rated(visitor: Visitors) -> None:
    officer = visitor(login="officer1")
    is_live(officer)
    phone = visitor.phone()
    phone.say(MATERIALS["zh-CN"])
    phone.press("web.page.chat.staff")
    number = phone.case_number()
    phone.shot("waiting")
    phone.press("web.page.js.waiting.call")
    phone.page.get_by_role("spinbutton", name=phone.t("web.page.chat.phone")).fill("13800000000")
    phone.page.get_by_role("radio", name=phone.t("web.page.chat.slot.morning")).tap()
    phone.shot("call")
    phone.press("web.page.chat.ask_call")
    expect(phone.button("web.page.js.waiting.call_change")).to_be_visible()
    row = case_of(officer, number)
    expect(row).to_be_visible()
    row.get_by_role("button").click()
    expect(officer.page.locator("#reply-text")).to_be_visible()
    expect(phone.button("web.page.chat.staff")).to_be_disabled()
    is_live(officer)
    officer.page.fill("#reply-text", "您好，我是工作人员。")
    officer.page.press("#reply-text", "Enter")
    expect(phone.messages.last).to_contain_text("您好，我是工作人员。")
    phone.write("谢谢，我的产品是面霜。")
    expect(officer.page.locator(".message--applicant").last).to_contain_text("谢谢，我的产品是面霜。")
    phone.shot("with-officer")
    officer.page.fill("#resolution", "已说明")
    officer.page.locator("[data-close]").click()
    five = phone.t("web.page.js.rating.level.5")
    phone.page.get_by_role("radio", name=five).tap()
    phone.shot("rating")
    rating = phone.page.get_by_role("group", name=phone.t("web.page.js.rating.ask"))
    rating.get_by_role("button", name=phone.t("web.page.js.rating.send")).tap()
    expect(phone.page.get_by_text(phone.t("web.page.js.rating.thanks", level=five))).to_be_visible()
    assert "\n".join(violations(phone.page)) == ""


def test_what_was_written_while_the_line_was_cut_comes_once(visitor: Visitors) -> None:
    officer = visitor(login="officer1")
    is_live(officer)
    phone = visitor.phone()
    phone.say(MATERIALS["zh-CN"])
    phone.press("web.page.chat.staff")
    case_of(officer, phone.case_number()).get_by_role("button").click()
    expect(officer.page.locator("#reply-text")).to_be_visible()
    is_live(officer)
    phone.cut()
    for number in range(3):
        officer.page.fill("#reply-text", f"第{number}条消息")
        officer.page.press("#reply-text", "Enter")
        expect(officer.page.locator(".message--officer").last).to_contain_text(f"第{number}条消息")
    phone.write("离线时写的话")
    expect(phone.page.get_by_text(phone.t("web.page.js.offline"))).to_be_visible()
    phone.shot("offline")
    phone.mend()
    for number in range(3):
        expect(phone.page.get_by_text(f"第{number}条消息", exact=True)).to_have_count(1)
    expect(officer.page.locator(".message--applicant").last).to_contain_text("离线时写的话")
    expect(phone.page.get_by_text("离线时写的话", exact=True)).to_have_count(1)
    expect(phone.page.get_by_text(phone.t("web.page.js.offline"))).to_be_hidden()


def test_the_conversation_is_there_again_when_the_mini_program_is_opened_anew(visitor: Visitors) -> None:
    phone = visitor.phone()
    phone.say(VALIDITY["zh-CN"])
    before = phone.messages.count()
    phone.page.reload()
    expect(phone.messages).to_have_count(before)
    twin = phone.twin()
    expect(twin.messages).to_have_count(before)
    phone.say(MATERIALS["zh-CN"])
    expect(twin.messages).to_have_count(phone.messages.count())


@LOCALES
def test_large_text_is_large_and_its_targets_are_too(visitor: Visitors, locale: str) -> None:
    phone = visitor.phone(locale)
    phone.say(MATERIALS[locale])
    sizes = [size for size in phone.page.evaluate(SIZES) if size[1] < 44]
    assert sizes == []
    phone.large_text().tap()
    phone.shot("elder")
    assert [size for size in phone.page.evaluate(SIZES) if size[1] < 60] == []
    texts = phone.page.evaluate(TEXTS)
    assert len(texts) > 10
    assert [text for text in texts if text[1] < 18 or text[2] < 1.3] == []
    expect(phone.button("web.page.chat.staff")).to_be_in_viewport()
    assert "\n".join(violations(phone.page)) == ""
    phone.page.set_viewport_size({"width": 320, "height": 568})
    phone.shot("elder-narrow")
    assert phone.page.evaluate("document.querySelector('scroll-view').scrollWidth") <= 320


def test_large_text_follows_wechats_own(visitor: Visitors) -> None:
    phone = visitor.phone(scale=1.5)
    expect(phone.large_text()).to_be_checked()
    assert phone.page.evaluate("getComputedStyle(document.querySelector('textarea')).fontSize") == "24px"


def test_a_conversation_goes_on_on_a_computer(visitor: Visitors) -> None:
    phone = visitor.phone()
    phone.say(VALIDITY["zh-CN"])
    phone.press("web.miniprogram.menu")
    phone.press("web.miniprogram.on_web")
    expect(phone.button("web.miniprogram.copy_link")).to_be_visible()
    phone.shot("code")
    phone.press("web.miniprogram.copy_link")
    computer = visitor().open(phone.clipboard())
    computer.shot("code")
    computer.page.get_by_role("button", name=computer.t("web.page.continue.button")).click()
    expect(computer.page.locator(".message--applicant")).to_contain_text(VALIDITY["zh-CN"])
    computer.say("谢谢")
    expect(phone.messages.filter(has_text="谢谢").first).to_be_visible()
