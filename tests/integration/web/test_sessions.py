"""Signing in, CSRF, Origin, access, languages, headers."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.integration.web.conftest import PASSWORDS, Person, error_of


def test_a_person_signs_in_and_sees_the_enterprises_to_act_for(person: Callable[..., Person]) -> None:
    me = person("applicant2").get("/me").json
    assert me["actor"]["role"] == "applicant"
    assert len(me["enterprises"]) == 2
    assert me["csrf_token"]


def test_nobody_is_anonymous_and_has_no_enterprises(person: Callable[..., Person]) -> None:
    me = person().get("/me").json
    assert (me["actor"]["role"], me["enterprises"], me["csrf_token"]) == ("anonymous", [], "")


def test_a_wrong_password_and_an_unknown_login_get_the_same_reply(person: Callable[..., Person]) -> None:
    visitor = person()
    replies = [
        visitor.post("/sessions", json={"login": login, "password": "not this one"})
        for login in ("applicant1", "no-such-login")
    ]
    assert [reply.status_code for reply in replies] == [422, 422]
    assert error_of(replies[0])["message"] == error_of(replies[1])["message"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    answer = app.test_client().post(
        "/api/v1/sessions", json={"login": "applicant1", "password": PASSWORDS["applicant1"]}
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_after_signing_out_the_token_opens_nothing(person: Callable[..., Person]) -> None:
    who = person("applicant1")
    cookie = who.client.get_cookie("yaozheng_session")
    assert cookie is not None
    assert who.delete("/sessions/current").status_code == 200
    who.client.set_cookie("yaozheng_session", cookie.value)
    assert who.get("/filings").status_code == 401


@pytest.mark.parametrize(
    "path", ["/filings", "/conversations", "/enterprises", "/staff/cases", "/staff/officers"]
)
def test_who_is_not_signed_in_is_asked_to(person: Callable[..., Person], path: str) -> None:
    answer = person().get(path)
    assert answer.status_code == 401
    assert error_of(answer)["code"] == "core.sign_in_first"


@pytest.mark.parametrize("login", ["applicant1", "auditor1"])
def test_the_console_is_absent_for_those_who_handle_no_cases(
    person: Callable[..., Person], login: str
) -> None:
    who = person(login)
    answers = [who.get("/staff/cases"), who.post("/staff/tickets"), who.post("/staff/cases/x/claim")]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("token", ["", "another", "x" * 43])
def test_an_unsafe_request_without_the_csrf_token_is_refused(
    person: Callable[..., Person], token: str
) -> None:
    who = person("applicant1")
    answer = who.delete("/sessions/current", headers={"X-CSRF-Token": token})
    assert answer.status_code == 403
    assert error_of(answer)["code"] == "web.api.csrf"
    assert who.get("/filings").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_a_request_from_another_site_is_refused(person: Callable[..., Person], origin: str) -> None:
    who = person("applicant1")
    answer = who.delete("/sessions/current", headers={"Origin": origin})
    assert answer.status_code == 403
    assert error_of(answer)["code"] == "web.api.other_origin"


def test_a_request_from_our_own_page_is_taken(person: Callable[..., Person]) -> None:
    who = person("applicant1")
    assert who.delete("/sessions/current", headers={"Origin": "http://localhost"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"query_string": {"lang": "en"}}, "en"),
        ({"headers": {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}}, "en"),
        ({"headers": {"Accept-Language": "fr"}}, "zh-CN"),
        ({"query_string": {"lang": "zh"}, "headers": {"Accept-Language": "en"}}, "zh-CN"),
        ({}, "zh-CN"),
    ],
)
def test_the_language_follows_query_then_browser(
    person: Callable[..., Person], asked: dict[str, object], expected: str
) -> None:
    assert person().get("/me", **asked).json["locale"] == expected


def test_errors_are_told_in_the_language_that_was_asked_for(person: Callable[..., Person]) -> None:
    who = person()
    texts = {error_of(who.get("/filings", query_string={"lang": lang}))["message"] for lang in ("zh", "en")}
    assert len(texts) == 2
    assert any(text.isascii() for text in texts)


def test_every_response_carries_a_strict_policy(app: Flask) -> None:
    for path in ("/healthz", "/api/v1/me", "/no-such-page", "/sign-in"):
        headers = app.test_client().get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'", path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert policy["frame-ancestors"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_each_response_has_a_nonce_of_its_own(app: Flask) -> None:
    client = app.test_client()
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_repeated_failures_lock_the_account_and_say_for_how_long(
    person: Callable[..., Person],
) -> None:
    visitor = person()
    for _ in range(8):
        visitor.post("/sessions", json={"login": "applicant1", "password": "wrong"})
    answer = visitor.post("/sessions", json={"login": "applicant1", "password": PASSWORDS["applicant1"]})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
