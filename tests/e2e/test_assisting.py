"""帮办: two browsers on one draft; the officer sees it with consent and proposes, the applicant decides."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.person import Person
from tests.e2e.test_accessibility import violations
from tests.e2e.test_filing import begin_by_chat
from tests.e2e.test_staff import case_of, is_live

pytestmark = pytest.mark.browser
STAFF = {"zh-CN": "转人工", "en": "put me through to staff"}


@pytest.mark.parametrize(("locale", "login"), [("zh-CN", "applicant1"), ("en", "applicant3")])
def test_an_officer_helps_with_a_draft_by_consent(
    visitor: Callable[..., Person], locale: str, login: str
) -> None:
    name = f"协助面霜{time.time_ns() // 10**9 % 100_000}"
    officer = visitor(locale, login="officer1")
    is_live(officer)
    person = visitor(locale, login=login).chat()
    begin_by_chat(person)
    person.say(STAFF[locale])
    number = person.with_staff()
    case_of(officer, number).get_by_role("button").click()
    expect(officer.page.locator("#reply-text")).to_be_visible()
    is_live(officer)
    expect(officer.page.locator("[data-watched]")).to_have_count(0)
    officer.page.get_by_role("button", name=officer.t("web.page.assist.ask"), exact=True).click()
    consent = person.page.get_by_role("button", name=person.t("web.page.js.assist.consent"))
    expect(consent).to_be_visible()
    person.shot("asked")
    consent.click()
    watched = officer.page.locator("[data-watched]")
    expect(watched).to_be_visible()
    assert violations(officer) == []
    officer.shot("watching", full_page=True)
    officer.page.select_option("#propose-key", "product_name_zh")
    officer.page.fill("#propose-value", name)
    officer.page.fill("#propose-note", "与包装一致")
    officer.page.get_by_role("button", name=officer.t("web.page.assist.propose"), exact=True).click()
    take = person.page.get_by_role("button", name=person.t("web.page.js.assist.take"), exact=True)
    expect(take).to_be_visible()
    person.shot("proposed")
    take.click()
    expect(person.page.get_by_text(person.t("web.page.js.assist.done.take"))).to_be_visible()
    expect(watched).to_contain_text(name)
    person.open(person.page.locator("[data-my-filings] a").first.get_attribute("href") or "/filings")
    expect(person.page.locator("[data-filing][data-ready]")).to_be_visible()
    expect(person.page.locator("h1")).to_have_text(name)
    assert violations(person) == []
    person.shot("form")
    person.page.get_by_role("button", name=person.t("web.page.assist.withdraw")).click()
    expect(officer.page.locator("[data-watched]")).to_have_count(0)
    officer.page.fill("#resolution", "ok")
    officer.page.locator("[data-close]").click()
