"""The mini-program's way in: WeChat's sign-in, a session without cookies."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import reading
from core.identity.models import WeChatLink
from forms.models import Filing
from tests.integration.web.conftest import PASSWORDS, Person, Talk, error_of
from tests.wechat import WeChatServer, connect, serving

LI, WANG = "openid-of-li", "openid-of-wang"
START = {"enterprise_id": "none", "service_item_code": "none", "idempotency_key": "key-1"}


@pytest.fixture
def wechat(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeChatServer]:
    """WeChat's server, with fresh codes for two people."""
    people = {f"li-{n}": LI for n in range(9)} | {f"wang-{n}": WANG for n in range(9)}
    with serving(WeChatServer(people=people)) as started:
        connect(monkeypatch, started)
        yield started


def bind(who: Person, code: str, login: str = "applicant1") -> dict[str, str]:
    """Bind an account; return the header that a mini-program sends from then on."""
    body = {"code": code, "login": login, "password": PASSWORDS[login]}
    answer = who.post("/miniprogram/links", json=body)
    assert answer.status_code == 201, answer.text
    return {"X-Yaozheng-Session": answer.json["session"]}


def test_without_an_app_id_the_mini_program_is_anonymous(person: Callable[..., Person]) -> None:
    who = person()
    assert who.get("/miniprogram").json == {"has_sign_in": False, "alert_template": ""}
    assert who.post("/miniprogram/sessions", json={"code": "li-1"}).status_code == 404
    assert who.post("/conversations", json={"channel": "miniprogram"}).status_code == 201


def test_someone_who_has_bound_no_account_gets_no_session(
    wechat: WeChatServer, person: Callable[..., Person]
) -> None:
    answer = person().post("/miniprogram/sessions", json={"code": "li-1"})
    assert (answer.status_code, answer.json) == (200, {"session": None, "actor": None})


def test_an_account_is_bound_once_and_signed_in_by_code_from_then_on(
    wechat: WeChatServer, person: Callable[..., Person]
) -> None:
    bind(person(), "li-1")
    answer = person().post("/miniprogram/sessions", json={"code": "li-2"})
    assert answer.status_code == 201
    me = person().get("/me", headers={"X-Yaozheng-Session": answer.json["session"]}).json
    assert me["actor"]["account_id"] == answer.json["actor"]["account_id"]
    assert me["enterprises"]
    assert person().post("/miniprogram/sessions", json={"code": "wang-1"}).json["session"] is None
    with reading() as session:
        assert "account.wechat_linked" in set(session.scalars(select(AuditEvent.action)))


def test_nothing_of_wechat_is_told_to_the_client(wechat: WeChatServer, person: Callable[..., Person]) -> None:
    who = person()
    bind(who, "li-1")
    told = who.post("/miniprogram/sessions", json={"code": "li-2"}).text + who.get("/miniprogram").text
    for word in (LI, "session_key", "c2Vzc2lvbi1rZXk=", "union-1", "a-secret-of-the-mini-program"):
        assert word not in told


@pytest.mark.parametrize("body", [{"login": "applicant1"}, {"login": "officer1"}])
def test_wrong_passwords_and_accounts_of_staff_are_not_bound(
    wechat: WeChatServer, person: Callable[..., Person], body: dict[str, str]
) -> None:
    sent = {"code": "li-1", "password": PASSWORDS["officer1"], **body}
    assert person().post("/miniprogram/links", json=sent).status_code == 422
    with reading() as session:
        assert session.scalars(select(WeChatLink)).all() == []


def test_a_password_is_not_looked_at_without_a_valid_code(
    wechat: WeChatServer, person: Callable[..., Person]
) -> None:
    sent = {"code": "made-up", "login": "applicant1", "password": PASSWORDS["applicant1"]}
    answer = person().post("/miniprogram/links", json=sent)
    assert error_of(answer)["code"] == "core.wechat_code_invalid"


def test_after_unbinding_wechat_signs_nobody_in(wechat: WeChatServer, person: Callable[..., Person]) -> None:
    who = person()
    header = bind(who, "li-1")
    assert who.delete("/miniprogram/links", headers=header).status_code == 200
    assert who.post("/miniprogram/sessions", json={"code": "li-2"}).json["session"] is None
    assert who.delete("/sessions/current", headers=header).status_code == 200
    assert who.get("/enterprises", headers=header).status_code == 401


def test_a_session_in_the_header_needs_no_csrf_token_and_a_wrong_one_is_nobodys(
    wechat: WeChatServer, app: Flask, person: Callable[..., Person]
) -> None:
    header = bind(person(), "li-1")
    client = app.test_client()
    assert client.get("/api/v1/filings", headers=header).status_code == 200
    assert client.post("/api/v1/filings", json=START, headers=header).status_code == 422
    assert client.get("/api/v1/filings", headers={"X-Yaozheng-Session": "made-up"}).status_code == 401


def test_a_made_up_header_does_not_free_a_cookie_from_csrf(person: Callable[..., Person]) -> None:
    who = person("applicant1")
    made_up = {"X-Yaozheng-Session": "made-up"}
    assert who.client.post("/api/v1/filings", json=START, headers=made_up).status_code == 401


@pytest.mark.parametrize("origin", ["weapp://wechat-game-runtime", "https://servicewechat.com"])
def test_wechats_own_origins_are_let_through_unless_a_cookie_comes_along(
    person: Callable[..., Person], origin: str
) -> None:
    body, headers = {"channel": "miniprogram"}, {"Origin": origin}
    assert person().post("/conversations", json=body, headers=headers).status_code == 201
    assert person("applicant1").post("/conversations", json=body, headers=headers).status_code == 403


def test_a_mini_program_takes_its_conversation_along_when_it_signs_in(
    wechat: WeChatServer, person: Callable[..., Person], talk: Callable[..., Talk]
) -> None:
    who = person()
    mine = talk(who, channel="miniprogram")
    header = bind(who, "li-1")
    assert who.patch(mine.path, json={}, headers={**mine.headers, **header}).status_code == 200
    assert [one["id"] for one in who.get("/conversations", headers=header).json["conversations"]] == [mine.id]


def test_a_filing_begun_on_the_phone_counts_as_begun_there(
    wechat: WeChatServer, person: Callable[..., Person]
) -> None:
    who = person()
    header = bind(who, "li-1")
    enterprise_id = who.get("/me", headers=header).json["enterprises"][0]["id"]
    body = {**START, "enterprise_id": enterprise_id, "service_item_code": "cosmetic_filing"}
    answer = who.post("/filings", json={**body, "idempotency_key": "start-00000001"}, headers=header)
    assert answer.status_code == 201, answer.text
    with reading() as session:
        assert session.scalars(select(Filing.channel)).all() == ["miniprogram"]
