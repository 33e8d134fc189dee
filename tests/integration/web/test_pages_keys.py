"""The administrator's desk of other systems, used without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, database
from core.errors import NotSignedIn
from core.identity import keys
from forms.models import Enterprise
from tests.integration.web.plain_browser import PlainBrowser

NAME = "省政务服务平台 <b>&"


def issue(page: PlainBrowser, *scopes: str, **changes: str) -> PlainBrowser:
    page.open("/staff/keys")
    return page.send("/staff/keys", **{"name": NAME, "scopes": list(scopes), **changes})


def secret_on(page: PlainBrowser) -> str:
    return str(page.page.xpath("string(//input[@id='secret']/@value)"))


@pytest.fixture
def admin(browser: Callable[..., PlainBrowser]) -> PlainBrowser:
    return browser("admin1")


def test_the_administrator_finds_the_desk_and_others_do_not(
    browser: Callable[..., PlainBrowser], admin: PlainBrowser
) -> None:
    assert admin.open("/").page.xpath("//nav//a[@href='/staff/keys']")
    for login in ("applicant1", "officer1", "supervisor1", "editor1", "auditor1"):
        other = browser(login)
        assert not other.open("/").page.xpath("//nav//a[@href='/staff/keys']")
        assert other.open("/staff/keys").answer.status_code == 404
    assert browser().open("/staff/keys").path == "/sign-in"


def test_a_key_is_issued_shown_once_and_works(admin: PlainBrowser) -> None:
    made = issue(admin, "filings:read", "questions:ask", per_minute="30")
    secret = secret_on(made)
    holder = keys.authenticate(secret)
    assert (made.answer.status_code, made.answer.headers["Cache-Control"]) == (201, "no-store")
    assert (holder.scopes, holder.per_minute) == ({"filings:read", "questions:ask"}, 30)
    listed = admin.open("/staff/keys")
    assert NAME in listed.text
    assert secret[:16] in listed.text
    assert secret[-43:] not in listed.answer.text
    assert secret[-43:] not in admin.open(f"/staff/keys/{holder.actor.account_id}").answer.text


def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(admin: PlainBrowser) -> None:
    yesterday = str(clock.today() - timedelta(days=1))
    page = issue(admin, expires_on=yesterday, per_minute="many").page
    assert {one.get("id") for one in page.xpath("//*[@class='field__error']")} == {
        "problem-scopes",
        "problem-expires_on",
        "problem-per_minute",
    }
    assert page.xpath("string(//input[@name='name']/@value)") == NAME
    assert admin.answer.status_code == 422
    assert keys.list_keys(admin_actor()) == []


def admin_actor() -> keys.Actor:
    return keys.Actor("acct", keys.Role.ADMINISTRATOR)


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-13-45", "99999-01-01"])
def test_a_day_that_is_none_is_refused(admin: PlainBrowser, day: str) -> None:
    assert issue(admin, "filings:read", expires_on=day).answer.status_code == 422


def test_a_key_is_revoked(admin: PlainBrowser) -> None:
    secret = secret_on(issue(admin, "filings:read"))
    key_id = keys.authenticate(secret).actor.account_id
    page = admin.open(f"/staff/keys/{key_id}").send(f"/staff/keys/{key_id}/revocation")
    assert not page.has_form(f"/staff/keys/{key_id}/revocation")
    assert not page.has_form(f"/staff/keys/{key_id}/authorities")
    with pytest.raises(NotSignedIn):
        keys.authenticate(secret)


def test_an_authority_is_recorded_by_the_enterprises_code_and_ended(admin: PlainBrowser) -> None:
    secret = secret_on(issue(admin, "filings:read"))
    key_id = keys.authenticate(secret).actor.account_id
    with database.reading() as session:
        enterprise = session.scalars(select(Enterprise)).first()
    assert enterprise is not None
    path = f"/staff/keys/{key_id}/authorities"
    page = admin.open(f"/staff/keys/{key_id}")
    page = page.send(path, uscc=f" {enterprise.uscc.lower()} ", basis="授权书〔2026〕8号")
    assert enterprise.name in page.text
    assert keys.authenticate(secret).actor.enterprise_ids == {enterprise.id}
    authority = keys.get_key(admin_actor(), key_id).authorities[0]
    page = page.send(f"{path}/{authority.id}/end")
    assert keys.authenticate(secret).actor.enterprise_ids == frozenset()
    assert not page.has_form(f"{path}/{authority.id}/end")


def test_an_enterprise_that_is_not_on_record_is_told_at_the_field(admin: PlainBrowser) -> None:
    secret = secret_on(issue(admin, "filings:read"))
    key_id = keys.authenticate(secret).actor.account_id
    page = admin.open(f"/staff/keys/{key_id}")
    page = page.send(f"/staff/keys/{key_id}/authorities", uscc="nobody", basis="授权书")
    assert page.page.xpath("//*[@id='problem-uscc']")
    assert page.page.xpath("string(//input[@name='basis']/@value)") == "授权书"


def test_a_key_that_is_not_there_is_absent(admin: PlainBrowser) -> None:
    assert admin.open("/staff/keys/key_none").answer.status_code == 404


def test_the_desk_takes_no_form_of_another_site(app: Flask, admin: PlainBrowser) -> None:
    answer = admin.client.post("/staff/keys", data={"name": NAME, "scopes": "filings:read"})
    assert answer.status_code == 403
    assert keys.list_keys(admin_actor()) == []
