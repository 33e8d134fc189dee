"""Other systems at the API: what a key reaches, what it does not, and how often."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.identity import keys
from core.settings import get_settings
from tests.integration.web.conftest import Person, error_of
from tests.integration.web.systems import ADMIN, EVERYTHING, System, enterprise_of


@pytest.fixture
def system(app: Flask) -> Callable[..., System]:
    return lambda *scopes, **more: System(app, *scopes, **more)


def test_a_key_reads_service_items_and_their_guides(system: Callable[..., System]) -> None:
    mine = system("service_items:read")
    found = mine.get("/service-items?lang=en").json["service_items"]
    guide = mine.get(f"/service-items/{found[0]['code']}?lang=en").json["service_item"]
    assert len(found) == 14
    assert guide["aspects"]


def test_a_key_reads_the_open_data_as_the_page_publishes_it(system: Callable[..., System]) -> None:
    mine = system("open_data:read")
    page = mine.app.test_client().get("/open-data.json?lang=en").json
    assert mine.get("/open-data?lang=en").json == page
    assert len(page["months"]) == 12


@pytest.mark.parametrize("scope", EVERYTHING)
def test_each_scope_opens_its_own_routes_alone(system: Callable[..., System], scope: str) -> None:
    mine = system(scope)
    routes = {
        "/service-items": "service_items:read",
        "/filings": "filings:read",
        "/certificates": "filings:read",
        "/open-data": "open_data:read",
    }
    told = {path: mine.get(path).status_code for path in routes}
    assert told == {path: 200 if needed == scope else 403 for path, needed in routes.items()}


def test_a_missing_scope_is_named(system: Callable[..., System]) -> None:
    error = error_of(system("open_data:read").get("/filings?lang=en"))
    assert error["code"] == "web.api.key_scope_missing"
    assert "filings:read" in error["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("GET", "/conversations"),
        ("POST", "/filings"),
        ("GET", "/filings/fil_1"),
        ("POST", "/filings/fil_1/submission"),
        ("GET", "/staff/cases"),
        ("POST", "/sessions"),
        ("DELETE", "/sessions/current"),
        ("GET", "/openapi.json"),
    ],
)
def test_a_route_that_is_not_listed_is_not_reached(
    system: Callable[..., System], method: str, path: str
) -> None:
    answer = system().call(method, path)
    assert (answer.status_code, error_of(answer)["code"]) == (403, "web.api.key_not_here")


def test_an_address_that_is_not_there_stays_absent(system: Callable[..., System]) -> None:
    mine = system()
    answer = mine.app.test_client().get("/api/v1/nowhere", headers={"Authorization": f"Bearer {mine.secret}"})
    assert answer.status_code == 404


def test_wrong_expired_and_revoked_keys_answer_alike(system: Callable[..., System]) -> None:
    mine, revoked = system(), system()
    keys.revoke_key(ADMIN, revoked.key_id)
    told = []
    for token in (revoked.secret, mine.secret[:-1], "yzk_nothing", f"yzk_{'0' * 12}_{mine.secret[-43:]}"):
        answer = mine.get("/service-items?lang=en", headers={"Authorization": f"Bearer {token}"})
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        error = error_of(answer)
        told.append((answer.status_code, error["code"], error["message"]))
    assert len(set(told)) == 1
    assert told[0][0] == 401


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
def test_the_scheme_may_be_spelled_in_any_case(system: Callable[..., System], scheme: str) -> None:
    mine = system()
    answer = mine.get("/service-items", headers={"Authorization": f"{scheme} {mine.secret}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["api_key={key}", "access_token=abc", "API_KEY=x", "lang={key}"])
def test_a_key_in_the_address_is_refused(system: Callable[..., System], query: str) -> None:
    mine = system()
    answer = mine.get(f"/service-items?{query.format(key=mine.secret)}")
    assert (answer.status_code, error_of(answer)["code"]) == (400, "web.api.key_in_address")


def test_a_session_that_comes_along_does_not_count(
    system: Callable[..., System], person: Callable[..., Person]
) -> None:
    mine, applicant = system(), person("applicant1")
    with_key = {"Authorization": f"Bearer {mine.secret}"}
    assert applicant.get("/certificates").json["certificates"]
    assert applicant.get("/certificates", headers=with_key).json == {"certificates": []}
    assert applicant.get("/me", headers=with_key).status_code == 403


def test_a_key_on_a_page_is_nobody(system: Callable[..., System]) -> None:
    mine = system()
    answer = mine.app.test_client().get("/filings", headers={"Authorization": f"Bearer {mine.secret}"})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_another_sites_page_cannot_use_a_key(system: Callable[..., System]) -> None:
    answer = system().post("/conversations", json={}, headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "web.api.other_origin")


def test_certificates_are_read_of_enterprises_with_recorded_authority_alone(
    system: Callable[..., System],
) -> None:
    mine, enterprise_id = system("filings:read"), enterprise_of("applicant1")
    assert mine.get("/certificates").json == {"certificates": []}
    mine.authorised_by(enterprise_id)
    found = mine.get("/certificates").json["certificates"]
    assert {one["enterprise_id"] for one in found} == {enterprise_id}
    authority = keys.get_key(ADMIN, mine.key_id).authorities[0]
    keys.end_authority(ADMIN, mine.key_id, authority.id)
    assert mine.get("/certificates").json == {"certificates": []}


def test_drafts_are_not_shown_to_systems(
    system: Callable[..., System], person: Callable[..., Person]
) -> None:
    enterprise_id = enterprise_of("applicant1")
    body = {
        "enterprise_id": enterprise_id,
        "service_item_code": "drug_dist_retail",
        "idempotency_key": "a-draft-of-mine",
        "answers": {},
    }
    applicant = person("applicant1")
    applicant.post("/filings", json=body)
    mine = system("filings:read").authorised_by(enterprise_id)
    assert [one["state"] for one in applicant.get("/filings").json["filings"]] == ["draft"]
    assert mine.get("/filings").json == {"filings": []}


def test_a_number_of_another_and_one_that_is_not_answer_alike(system: Callable[..., System]) -> None:
    mine = system("filings:read")
    answer = mine.get("/filing-status/NO-SUCH-NUMBER")
    assert (answer.status_code, error_of(answer)["code"]) == (404, "core.not_available")


def test_a_system_opens_a_conversation_and_goes_on_with_its_key(system: Callable[..., System]) -> None:
    mine = system("questions:ask")
    opened = mine.post("/conversations", json={"locale": "en"}).json
    path = f"/conversations/{opened['conversation_id']}"
    sent = mine.post(f"{path}/messages", json={"client_message_id": "m-00000001", "text": "hello"})
    assert sent.json["messages"][0]["role"] == "applicant"
    assert mine.get(path).json["conversation"]["id"] == opened["conversation_id"]
    assert mine.get(f"{path}/messages?after=0").json["messages"]


def test_the_conversation_of_another_system_or_person_is_absent(
    system: Callable[..., System], visitor: Person, talk: Callable[..., Any]
) -> None:
    mine, other = system(), system()
    theirs = other.post("/conversations", json={}).json["conversation_id"]
    for conversation_id in (theirs, talk(visitor).id, "conv_none"):
        answer = mine.get(f"/conversations/{conversation_id}")
        assert (answer.status_code, error_of(answer)["code"]) == (404, "core.not_available")


def test_a_person_who_takes_a_conversation_along_ends_the_systems_access(
    system: Callable[..., System], person: Callable[..., Person]
) -> None:
    mine = system()
    opened = mine.post("/conversations", json={}).json
    path = f"/conversations/{opened['conversation_id']}"
    token = {"Authorization": f"Bearer {opened['token']}"}
    assert person("applicant1").patch(path, json={"locale": "en"}, headers=token).status_code == 200
    assert mine.get(path).status_code == 404


def test_the_limit_of_a_key_answers_with_the_seconds_to_wait(system: Callable[..., System]) -> None:
    mine, other = system(per_minute=3), system(per_minute=3)
    told = [mine.get("/service-items").status_code for _ in range(4)]
    last = mine.get("/service-items")
    assert told == [200, 200, 200, 429]
    assert 1 <= int(last.headers["Retry-After"]) <= 21
    assert error_of(last)["code"] == "web.api.too_many"
    assert other.get("/service-items").status_code == 200


def test_a_system_that_asks_for_many_people_is_held_to_its_own_limit_alone(
    system: Callable[..., System],
) -> None:
    mine = system()
    told = {mine.post("/conversations", json={}).status_code for _ in range(25)}
    assert told == {201}


def test_a_key_that_is_none_frees_nobody_from_the_limit_on_signing_in(app: Flask) -> None:
    client, headers = app.test_client(), {"Authorization": "Bearer yzk_nothing"}
    body = {"login": "admin1", "password": "a guess"}
    by_page = [client.post("/sign-in", data=body, headers=headers).status_code for _ in range(25)]
    by_api = {client.post("/api/v1/sessions", json=body, headers=headers).status_code for _ in range(5)}
    assert by_page[-1] == 429
    assert by_api == {401}


def test_limits_can_be_switched_off(system: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> None:
    mine = system(per_minute=1)
    monkeypatch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "0")
    get_settings.cache_clear()
    assert {mine.get("/service-items").status_code for _ in range(3)} == {200}


def test_a_conversation_by_key_counts_as_another_system_unless_it_names_its_channel(
    system: Callable[..., System],
) -> None:
    mine = system("questions:ask")
    for body, channel in (({}, "api"), ({"channel": "widget"}, "widget")):
        opened = mine.post("/conversations", json=body).json["conversation_id"]
        assert mine.get(f"/conversations/{opened}").json["conversation"]["channel"] == channel
