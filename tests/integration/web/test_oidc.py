"""Signing in at a unified identity platform, a real one on the loopback, and what a hostile one tries."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from core import clock
from core.database import reading
from core.identity import Role, second_step
from core.identity.models import EnterpriseAuthority
from core.identity.service import actor_named
from core.settings import get_settings
from forms.models import Enterprise
from tests.integration.web.plain_browser import PlainBrowser
from tests.platform import CLIENT, SECRET, Platform, running

Browser = Callable[..., PlainBrowser]


@pytest.fixture
def platform(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """A platform that this installation knows."""
    with running() as made:
        settings = {"ISSUER": made.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}
        for name, value in settings.items():
            monkeypatch.setenv(f"YAOZHENG_OIDC_{name}", value)
        get_settings.cache_clear()
        yield made


def leave(browser: PlainBrowser) -> str:
    """Go to the platform; return the address at which the browser would come back."""
    sent = browser.client.get("/sign-in/platform")
    assert sent.status_code == 303
    back = httpx.get(sent.headers["Location"], follow_redirects=False).headers["Location"]
    parts = urlsplit(back)
    assert f"{parts.scheme}://{parts.netloc}" == get_settings().public_url
    return f"{parts.path}?{parts.query}"


def through(browser: PlainBrowser) -> PlainBrowser:
    return browser.open(leave(browser))


def role_of(browser: PlainBrowser) -> str:
    role: str = browser.client.get("/api/v1/me").json["actor"]["role"]
    return role


@pytest.fixture
def linked(platform: Platform, browser: Browser) -> Platform:
    """The platform's person is linked to applicant1."""
    assert "已关联" in through(browser("applicant1")).text
    return platform


def test_the_sign_in_page_offers_it_only_where_a_platform_is_known(app: Flask, browser: Browser) -> None:
    assert "统一身份认证" not in browser().open("/sign-in").text
    assert browser().open("/sign-in/platform").status == 404


def test_a_linked_person_signs_in_and_an_unlinked_one_does_not(linked: Platform, browser: Browser) -> None:
    visitor = through(browser())
    assert role_of(visitor) == "applicant"
    linked.claims = {"sub": "person-2", "name": "李某"}
    stranger = through(browser())
    assert (stranger.status, role_of(stranger)) == (422, "anonymous")
    assert "尚未关联" in stranger.text


def test_after_unlinking_it_opens_nothing(linked: Platform, browser: Browser) -> None:
    browser("applicant1").open("/account").send("/account/platform/end")
    assert role_of(through(browser())) == "anonymous"


def test_one_person_is_linked_to_one_account(linked: Platform, browser: Browser) -> None:
    other = through(browser("applicant2"))
    assert (other.status, "已关联其他账户" in other.text) == (409, True)


def test_who_has_a_second_step_is_asked_for_it(platform: Platform, browser: Browser) -> None:
    through(browser("officer1"))
    actor = actor_named("officer1")
    totp = pyotp.TOTP(second_step.begin(actor).secret)
    codes = second_step.confirm(actor, totp.now())
    asked = through(browser())
    assert (role_of(asked), "输入验证码" in asked.text) == ("anonymous", True)
    asked.send("/sign-in/code", code=codes[0])
    assert role_of(asked) == Role.OFFICER


def test_a_legal_persons_code_becomes_authority_and_ends_when_it_is_told_no_more(
    linked: Platform, browser: Browser
) -> None:
    with reading() as session:
        own = actor_named("applicant1").enterprise_ids
        found = session.scalars(select(Enterprise).where(Enterprise.id.not_in(own))).first()
        assert found is not None
    linked.claims = {"sub": "person-1", "uscc": found.uscc, "relation": "legal"}
    through(browser())
    assert actor_named("applicant1").enterprise_ids == own | {found.id}
    with reading() as session:
        row = session.scalars(
            select(EnterpriseAuthority).where(
                EnterpriseAuthority.enterprise_id == found.id, EnterpriseAuthority.granted_by == "oidc"
            )
        ).one()
    assert row.scope == "legal_representative"
    assert row.valid_to is not None
    assert row.valid_to > clock.today()
    linked.claims = {"sub": "person-1"}
    through(browser())
    assert actor_named("applicant1").enterprise_ids == own


def none_token(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


def by_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "wrong issuer": lambda claims: claims.update(iss="https://evil.example"),
    "wrong audience": lambda claims: claims.update(aud="another client"),
    "many audiences and no party": lambda claims: claims.update(aud=[CLIENT, "another client"]),
    "another party": lambda claims: claims.update(azp="another client"),
    "wrong nonce": lambda claims: claims.update(nonce="of another sign-in"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "expired": lambda claims: claims.update(exp=claims["iat"] - 120),
    "no expiry": lambda claims: claims.pop("exp"),
    "from the future": lambda claims: claims.update(iat=claims["iat"] + 3600),
    "not yet": lambda claims: claims.update(nbf=claims["iat"] + 3600),
    "no subject": lambda claims: claims.pop("sub"),
    "empty subject": lambda claims: claims.update(sub=""),
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    linked: Platform, browser: Browser, name: str
) -> None:
    linked.change = CHANGES[name]
    visitor = through(browser())
    assert (visitor.status, role_of(visitor)) == (422, "anonymous")


@pytest.mark.parametrize("name", ["none", "by the client's secret", "by another key", "not a token"])
def test_a_token_that_the_platform_did_not_sign_opens_nothing(
    linked: Platform, browser: Browser, name: str
) -> None:
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    linked.sign = {
        "none": none_token,
        "by the client's secret": by_secret,
        "by another key": lambda claims: linked.signed(claims, other),
        "not a token": lambda claims: "a.b.c",
    }[name]
    visitor = through(browser())
    assert (visitor.status, role_of(visitor)) == (422, "anonymous")


def test_an_answer_counts_once(linked: Platform, browser: Browser) -> None:
    visitor = browser()
    back = leave(visitor)
    visitor.open(back)
    assert role_of(visitor) == "applicant"
    visitor.client.delete_cookie("yaozheng_session")
    exchanges = linked.exchanges
    assert (visitor.open(back).status, role_of(visitor), linked.exchanges) == (422, "anonymous", exchanges)


def test_an_answer_counts_in_the_browser_that_asked_alone(linked: Platform, browser: Browser) -> None:
    back = leave(browser())
    other = browser()
    leave(other)
    assert (other.open(back).status, role_of(other)) == (422, "anonymous")


def test_a_made_up_state_opens_nothing(linked: Platform, browser: Browser) -> None:
    visitor = browser()
    code = parse_qs(urlsplit(leave(visitor)).query)["code"][0]
    for state in ("", "made-up"):
        answer = visitor.open(f"/sign-in/platform/return?code={code}&state={state}&iss={linked.issuer}")
        assert (answer.status, role_of(visitor)) == (422, "anonymous")


@pytest.mark.parametrize("named", ["https://evil.example", ""])
def test_an_answer_of_another_platform_is_not_taken_to_this_one(
    linked: Platform, browser: Browser, named: str
) -> None:
    linked.answer = {"iss": named}
    exchanges = linked.exchanges
    visitor = through(browser())
    assert (visitor.status, role_of(visitor), linked.exchanges) == (422, "anonymous", exchanges)


def test_a_code_of_another_sign_in_does_not_fit_the_verifier(linked: Platform, browser: Browser) -> None:
    stolen = parse_qs(urlsplit(leave(browser())).query)["code"][0]
    visitor = browser()
    own = parse_qs(urlsplit(leave(visitor)).query)
    mixed = f"/sign-in/platform/return?code={stolen}&state={own['state'][0]}&iss={linked.issuer}"
    assert (visitor.open(mixed).status, role_of(visitor)) == (422, "anonymous")


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_a_discovery_document_of_another_or_with_unsafe_addresses_is_refused(
    linked: Platform, browser: Browser, discovery: dict[str, Any]
) -> None:
    linked.discovery = discovery
    assert browser().open("/sign-in/platform").status == 503


def test_linking_ends_in_the_session_that_began_it(platform: Platform, browser: Browser) -> None:
    person = browser("applicant1")
    back = leave(person)
    person.client.delete_cookie("yaozheng_session")
    assert person.open(back).status == 422
    assert role_of(through(browser())) == "anonymous"


def test_what_the_person_declined_is_told(linked: Platform, browser: Browser) -> None:
    visitor = browser()
    state = parse_qs(urlsplit(leave(visitor)).query)["state"][0]
    answer = visitor.open(f"/sign-in/platform/return?error=access_denied&state={state}")
    assert (answer.status, "没有完成登录" in answer.text) == (422, True)
