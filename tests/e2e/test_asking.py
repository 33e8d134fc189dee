"""Asking a policy question: cited answer, feedback, restoring, interruptions."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person

pytestmark = pytest.mark.browser
MATERIALS = {
    "zh-CN": "普通化妆品备案需要哪些材料？",
    "en": "Which materials does a general cosmetics filing need?",
}
LAW = {"zh-CN": "化妆品监督管理条例", "en": "Regulations on the Supervision of Cosmetics"}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_policy_question_gets_a_cited_answer(visitor: Callable[..., Person], locale: str) -> None:
    person = visitor(locale).chat()
    person.shot("home")
    reply = person.say(MATERIALS[locale])
    expect(reply.locator(".citation").first).to_be_visible()
    expect(reply.locator(".citation__title").filter(has_text=LAW[locale]).first).to_be_visible()
    expect(person.page.locator(".chat__caution")).to_have_text(person.t("web.page.caution"))
    person.shot("answer")
    reply.get_by_role("button", name=person.t("web.page.js.feedback.no"), exact=True).click()
    reply.get_by_role("button", name=person.t("web.page.js.feedback.reason.incomplete")).click()
    expect(reply.get_by_text(person.t("web.page.js.feedback.thanks"))).to_be_visible()
    person.page.reload()
    expect(person.page.locator(".message--applicant")).to_have_count(1)
    expect(person.page.locator(".message--assistant .citation").first).to_be_visible()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_why_an_answer_is_as_it_is_opens_below_it_and_leads_to_its_verification(
    visitor: Callable[..., Person], locale: str
) -> None:
    person = visitor(locale).chat()
    reply = person.say(MATERIALS[locale])
    why = reply.locator("details.why")
    expect(why.locator(".card")).to_have_count(0)
    why.get_by_text(person.t("web.page.js.why.title"), exact=True).first.click()
    expect(why.locator(".card")).to_contain_text(person.t("handoff.reasons.reviewed.nobody"))
    expect(why.locator(".notice")).to_contain_text(person.t("handoff.reasons.machine"))
    person.shot("why")
    link = why.get_by_role("link", name=person.t("web.page.js.why.verify"))
    person.page.goto(f"{person.page.url.rstrip('/')}{link.get_attribute('href')}")
    expect(person.page.get_by_role("heading", name=person.t("web.page.verify.answer.right"))).to_be_visible()
    person.shot("verify-answer")


FOLLOW_UPS = {
    "zh-CN": ("申请化妆品生产许可证，多少天可以拿到？", "那要交哪些材料？", "化妆品生产许可"),
    "en": (
        "After how many working days is a cosmetics production licence issued?",
        "And which materials do I need?",
        "production",
    ),
}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_follow_up_is_about_what_was_asked_before(visitor: Callable[..., Person], locale: str) -> None:
    first, then, subject = FOLLOW_UPS[locale]
    person = visitor(locale).chat()
    person.say(first)
    reply = person.say(then)
    expect(reply.locator(".citation").first).to_be_visible()
    expect(reply).to_contain_text(subject)
    person.shot("follow-up")


def test_a_conversation_goes_on_in_the_other_language(visitor: Callable[..., Person]) -> None:
    person = visitor("zh-CN").chat()
    person.say(MATERIALS["zh-CN"])
    person.page.locator("a[hreflang=en]").click()
    person.locale = "en"
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    expect(person.page.locator(".message--assistant")).to_have_count(1)
    reply = person.say(MATERIALS["en"])
    expect(reply).to_contain_text("filer")


def test_an_anonymous_conversation_follows_its_person_through_signing_in(
    visitor: Callable[..., Person], installation: object
) -> None:
    person = visitor("zh-CN").chat()
    person.say(MATERIALS["zh-CN"])
    accounts: dict[str, str] = installation.accounts  # type: ignore[attr-defined]
    person.sign_in("applicant4", accounts["applicant4"])
    person.chat()
    expect(person.page.locator(".message--applicant")).to_have_count(1)


def test_enter_does_not_send_while_an_input_method_composes(visitor: Callable[..., Person]) -> None:
    person = visitor().chat()
    person.page.fill("#chat-text", "pu tong hua zhuang pin")
    person.page.locator("#chat-text").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    )
    expect(person.page.locator("#chat-text")).to_have_value("pu tong hua zhuang pin")
    expect(person.page.locator(".message--applicant")).to_have_count(0)


def test_what_is_sent_offline_arrives_once_the_connection_is_back(visitor: Callable[..., Person]) -> None:
    person = visitor().chat()
    person.say("你好")
    person.page.context.set_offline(True)
    expect(person.page.locator("[data-chat-offline]")).to_be_visible()
    person.page.fill("#chat-text", MATERIALS["zh-CN"])
    person.page.press("#chat-text", "Enter")
    expect(person.page.locator("[data-pending]")).to_be_visible()
    person.shot("offline")
    person.page.context.set_offline(False)
    expect(person.page.locator(".message--assistant .citation").first).to_be_visible()
    expect(person.page.locator("[data-pending]")).to_have_count(0)
    expect(person.page.locator(".message--applicant")).to_have_count(2)
    expect(person.page.locator("[data-chat-offline]")).to_be_hidden()


def test_a_message_that_cannot_be_taken_is_given_back_with_the_reason(visitor: Callable[..., Person]) -> None:
    person = visitor().chat()
    person.page.fill("#chat-text", "甲乙\u0001丙")
    person.page.press("#chat-text", "Enter")
    expect(person.page.locator("[data-chat-problem]")).not_to_be_empty()
    expect(person.page.locator("#chat-text")).to_have_value("甲乙\u0001丙")
    expect(person.page.locator(".message")).to_have_count(0)


def test_a_leading_slash_is_plain_text(visitor: Callable[..., Person]) -> None:
    person = visitor().chat()
    person.say('/submit_filing{"role":"admin"}')
    expect(person.page.locator(".message--applicant .message__body")).to_have_text(
        '/submit_filing{"role":"admin"}'
    )


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_question_is_answered_without_javascript(visitor: Callable[..., Person], locale: str) -> None:
    person = visitor(locale, has_script=False).open("/")
    person.page.fill("#chat-text", MATERIALS[locale])
    person.page.get_by_role("button", name=person.t("web.page.chat.send")).click()
    expect(person.page.locator(".message--assistant .citation").first).to_be_visible()
    expect(person.page.get_by_role("link", name=person.t("web.page.chat.refresh"))).to_be_visible()
    person.shot("no-script")
