"""My account, the second step at signing in, authorised agents, and for whom a person acts."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import update

from core import clock
from core.database import transaction
from core.identity import second_step
from core.identity.models import EnterpriseAuthority
from core.identity.service import actor_named
from core.settings import get_settings
from forms.models import Filing
from tests.integration.web.conftest import PASSWORDS
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules
from tests.integration.web.test_pages_filing import begin

Browser = Callable[..., PlainBrowser]
SETTING = "YAOZHENG_STAFF_TOTP"


def role_of(browser: PlainBrowser) -> str:
    role: str = browser.client.get("/api/v1/me").json["actor"]["role"]
    return role


def set_up(found: PlainBrowser) -> pyotp.TOTP:
    """Set the second step up on its page; the recovery codes are on the page afterwards."""
    found.open("/account/second-step").send("/account/second-step")
    secret = found.texts("//code[@class='secret']")[0]
    assert found.page.xpath("//img[@class='qr']/@src")[0].startswith("data:image/svg+xml")
    totp = pyotp.TOTP(secret)
    found.send("/account/second-step/confirmation", code=totp.now())
    return totp


def test_an_officer_sets_the_second_step_up_and_signs_in_with_it(browser: Browser) -> None:
    officer = browser("officer1")
    totp = set_up(officer)
    codes = officer.texts("//ul[@class='codes']/li")
    assert len(codes) == second_step.RECOVERY_CODES
    assert totp.secret not in officer.open("/account/second-step").text
    again = browser("officer1")
    assert (role_of(again), "输入验证码" in again.text) == ("anonymous", True)
    again.send("/sign-in/code", code="000000")
    assert (again.status, role_of(again)) == (422, "anonymous")
    again.send("/sign-in/code", code=codes[0])
    assert (again.path, role_of(again)) == ("/staff", "officer")


def test_the_api_takes_the_code_with_the_password(app: Flask, browser: Browser) -> None:
    officer = browser("officer1")
    set_up(officer)
    code = officer.texts("//ul[@class='codes']/li")[0]
    body = {"login": "officer1", "password": PASSWORDS["officer1"]}
    client = app.test_client()
    refused = client.post("/api/v1/sessions", json=body)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "core.second_step_needed")
    assert client.post("/api/v1/sessions", json={**body, "code": code}).status_code == 201


def test_where_it_is_required_staff_reach_nothing_else_until_it_is_set_up(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "required")
    get_settings.cache_clear()
    officer = browser("officer1")
    for path in ("/staff", "/account", "/staff/knowledge"):
        assert officer.open(path).path == "/account/second-step"
    refused = officer.client.get("/api/v1/staff/cases")
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "core.second_step_required")
    assert role_of(officer) == "anonymous"
    set_up(officer)
    assert officer.open("/staff").path == "/staff"


def test_applicants_are_not_asked(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "required")
    get_settings.cache_clear()
    assert role_of(browser("applicant1")) == "applicant"


@pytest.mark.parametrize("login", ["applicant2", "officer1"])
def test_the_account_keeps_to_the_rules_of_pages(browser: Browser, login: str) -> None:
    found = browser(login).open("/account")
    hold_to_the_rules(found, "zh-CN")
    assert found.texts("//h1") == ["我的账户"]


def test_a_person_ends_one_session_and_all_others(browser: Browser) -> None:
    here, there, third = (browser("applicant1") for _ in range(3))
    here.open("/account")
    (action, _) = here.page.xpath("//form[contains(@action, '/account/sessions/ses_')]/@action")
    here.send(action)
    assert sorted(map(role_of, (there, third))) == ["anonymous", "applicant"]
    browser("applicant1")
    here.open("/account").send("/account/sessions/end-others")
    assert [role_of(one) for one in (here, there, third)] == ["applicant", "anonymous", "anonymous"]


def test_a_new_password_ends_the_other_sessions(browser: Browser) -> None:
    here, there = browser("applicant1"), browser("applicant1")
    here.open("/account").send("/account/password", old="wrong", new="a new password", again="a new password")
    assert (here.status, role_of(there)) == (422, "applicant")
    old = PASSWORDS["applicant1"]
    here.send("/account/password", old=old, new="a new password", again="a new password")
    assert (here.status, role_of(here), role_of(there)) == (200, "applicant", "anonymous")


def test_an_administrator_ends_sessions_and_resets_the_second_step(browser: Browser) -> None:
    officer, admin = browser("officer1"), browser("admin1")
    set_up(officer)
    account_id = actor_named("officer1").account_id
    admin.open("/staff/accounts").send(f"/staff/accounts/{account_id}/second-step/reset")
    assert (admin.status, role_of(officer)) == (200, "anonymous")
    assert role_of(browser("officer1")) == "officer"
    admin.open("/staff/accounts").send(f"/staff/accounts/{account_id}/sessions/end")
    assert admin.open("/staff/accounts?q=officer1").texts("//tbody/tr/td[3]") == ["0"]


def test_who_acts_for_several_chooses_and_every_page_says_for_whom(browser: Browser) -> None:
    found = browser("applicant2").open("/filings")
    ids = found.page.xpath("//select[@id='acting-enterprise']/option/@value")
    assert len(ids) == 2
    assert "请选择一家" in found.text
    found.send("/account/acting", enterprise_id=ids[1])
    assert found.path == "/filings"
    name = " ".join(found.texts("//select[@id='acting-enterprise']/option[@selected]"))
    for path in ("/", "/filings", "/certificates", "/service-items"):
        assert f"正在代表 {name} 办理" in " ".join(found.open(path).texts("//*[@class='acting__who']"))
    assert "Acting for" in found.open("/filings?lang=en").text
    assert found.open("/").page.xpath("//*[@data-chat-enterprise-id]/@data-chat-enterprise-id") == [ids[1]]


def test_an_agent_does_what_the_legal_representative_allowed(browser: Browser) -> None:
    legal = next(
        browser(login)
        for login in ("applicant1", "applicant2", "applicant6", "applicant7")
        if "授权管理" in browser(login).open("/account").text
    )
    enterprise_id = legal.open("/account/agents").page.xpath("//select[@name='enterprise_id']/option/@value")[
        0
    ]
    legal.send("/account/agents", login="no-such-login")
    assert (legal.status, "没有可以授权的这个登录名" in legal.text) == (422, True)
    agent = actor_named("applicant8")
    legal.send("/account/agents", login="applicant8", acts="prepare")
    assert (legal.status, "授权已生效" in legal.text) == (200, True)
    assert enterprise_id in actor_named("applicant8").enterprise_ids - agent.enterprise_ids


def narrow(login: str, **columns: object) -> None:
    with transaction() as session:
        mine = EnterpriseAuthority.account_id == actor_named(login).account_id
        session.execute(update(EnterpriseAuthority).where(mine).values(**columns))


def test_who_may_only_prepare_is_told_when_declaring_and_handing_in(browser: Browser) -> None:
    narrow("applicant1", acts=["prepare"])
    found = browser("applicant1")
    filing = begin(found)
    csrf = found.page.xpath("//input[@name='csrf_token']/@value")[0]
    for step, data in (("declaration", {"accepted": "yes"}), ("submit", {}), ("withdrawal", {"sure": "yes"})):
        answer = found.client.post(f"{filing}/{step}", data={"csrf_token": csrf, **data})
        assert (answer.status_code, "授权不包含这项操作" in answer.text) == (422, True), step


def test_what_lies_outside_the_items_is_absent(browser: Browser) -> None:
    found = browser("applicant1")
    filing = begin(found)
    narrow("applicant1", service_items=["drug_change"])
    assert found.open(filing).status == 404
    assert filing.rsplit("/", 1)[1] not in found.open("/filings").answer.text
    assert "cosmetic" not in str([one["service_item_code"] for one in certificates(found)])


def certificates(found: PlainBrowser) -> list[dict[str, str]]:
    held: list[dict[str, str]] = found.client.get("/api/v1/certificates").json["certificates"]
    return held


def test_an_authority_that_has_ended_says_so_to_who_had_it(browser: Browser) -> None:
    found, stranger = browser("applicant1"), browser("applicant2")
    filing = begin(found)
    narrow("applicant1", valid_to=clock.today() + timedelta(days=3))
    assert "到期" in " ".join(found.open("/filings").texts("//*[@class='acting__who']"))
    narrow(
        "applicant1", valid_to=clock.today() - timedelta(days=1), valid_from=clock.today() - timedelta(days=9)
    )
    with transaction() as session:
        before = clock.now() - timedelta(days=2)
        session.execute(update(Filing).where(Filing.id == filing.rsplit("/", 1)[1]).values(created_at=before))
    found.open(filing)
    assert (found.status, "授权已于" in found.text) == (422, True)
    assert stranger.open(filing).status == 404
    assert "授权已到期" in found.open("/filings").text
