"""Addresses for notices over the API, the administrator's desk of them, and the command."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from core.queue import service as queue
from core.settings import get_settings
from core.webhooks import endpoints, service, tasks
from tests.integration.web.conftest import Person, error_of
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.systems import ADMIN, System
from tests.receiving import Receiver, receiving
from web.command_line import preparing
from web.command_line.main import main

EVENTS = ["filing.submitted", "case.closed"]
PUBLIC = {"url": "https://notices.example.cn/x", "events": EVENTS}


@pytest.fixture
def receiver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", "127.0.0.0/8")
    get_settings.cache_clear()
    with receiving() as found:
        yield found


@pytest.fixture
def mine(app: Flask) -> System:
    return System(app, "webhooks:manage")


@pytest.fixture
def admin(browser: Callable[..., PlainBrowser]) -> PlainBrowser:
    return browser("admin1")


def work() -> None:
    queue.drain({service.TASK: tasks.deliver.run})


def registered(system: System, **changes: Any) -> dict[str, Any]:
    answer = system.post("/webhooks", json={**PUBLIC, **changes})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_system_registers_an_address_and_gets_a_signed_test(mine: System, receiver: Receiver) -> None:
    made = registered(mine, url=receiver.url, description="平台")
    path = f"/webhooks/{made['webhook']['id']}"
    sent = mine.post(f"{path}/test").json["delivery"]
    work()
    assert receiver.ids == [sent["id"]]
    assert receiver.notices[0].is_signed_with(made["secret"])
    found = mine.get(f"{path}/deliveries?state=delivered").json["deliveries"]
    assert [(one["id"], one["last_outcome"]) for one in found] == [(sent["id"], "taken")]
    assert mine.get("/webhooks").json["webhooks"] == [mine.get(path).json["webhook"]]


def test_the_secret_is_told_once_and_rotates_with_an_overlap(mine: System) -> None:
    made = registered(mine)
    path = f"/webhooks/{made['webhook']['id']}"
    rotated = mine.post(f"{path}/secret").json
    assert made["previous_secret_valid_until"] is None
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_valid_until"] == mine.get(path).json["webhook"]["previous_secret_until"]
    for answer in (mine.get(path), mine.get("/webhooks")):
        assert "whsec_" not in answer.text


def test_a_dead_notice_is_listed_and_sent_again(mine: System, receiver: Receiver) -> None:
    path = f"/webhooks/{registered(mine, url=receiver.url)['webhook']['id']}"
    receiver.statuses = [410]
    sent = mine.post(f"{path}/test").json["delivery"]["id"]
    work()
    assert mine.get(path).json["webhook"]["disabled_reason"] == "gone"
    assert [one["id"] for one in mine.get(f"{path}/deliveries?state=dead").json["deliveries"]] == [sent]
    again = mine.post(f"{path}/deliveries/{sent}/repetition")
    assert (again.status_code, error_of(again)["code"]) == (409, "core.webhook_disabled")
    assert mine.post(f"{path}/activation").json["webhook"]["state"] == "active"
    assert mine.post(f"{path}/deliveries/{sent}/repetition").status_code == 202
    work()
    assert receiver.ids == [sent, sent]
    assert mine.get(f"{path}/deliveries").json["deliveries"][0]["state"] == "delivered"


def test_an_address_is_removed(mine: System) -> None:
    path = f"/webhooks/{registered(mine)['webhook']['id']}"
    assert mine.delete(path).json == {}
    assert mine.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "https://2130706433/"}, "url"),
        ({"url": "https://user:word@notices.example.cn/"}, "url"),
        ({"url": "http://notices.example.cn/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://notices.example.cn/" + "x" * 500}, "url"),
        ({"events": []}, "events"),
        ({"events": ["everything"]}, "events.0"),
        ({"events": ["webhook.ping"]}, "events.0"),
        ({"description": 5}, "description"),
        ({"more": 1}, "body"),
    ],
)
def test_what_is_wrong_is_told_by_field(mine: System, changes: dict[str, Any], field: str) -> None:
    answer = mine.post("/webhooks", json={**PUBLIC, **changes})
    assert answer.status_code == 422
    assert list(error_of(answer)["fields"]) == [field]


def test_a_state_that_is_none_is_refused(mine: System) -> None:
    path = f"/webhooks/{registered(mine)['webhook']['id']}"
    assert mine.get(f"{path}/deliveries?state=lost").status_code == 422


def test_the_address_of_another_system_is_absent(app: Flask, mine: System) -> None:
    made = registered(mine)["webhook"]["id"]
    other = System(app, "webhooks:manage")
    told = {
        other.get(f"/webhooks/{made}").status_code,
        other.delete(f"/webhooks/{made}").status_code,
        other.post(f"/webhooks/{made}/secret").status_code,
        other.post(f"/webhooks/{made}/test").status_code,
        other.get(f"/webhooks/{made}/deliveries").status_code,
    }
    assert told == {404}
    assert other.get("/webhooks").json == {"webhooks": []}


def test_a_person_manages_no_addresses_over_the_api(person: Callable[..., Person]) -> None:
    for login in ("", "admin1", "applicant1"):
        answer = person(login).get("/webhooks")
        assert (answer.status_code, error_of(answer)["code"]) == (401, "core.key_invalid")


def test_the_administrator_registers_tests_rotates_and_removes(
    admin: PlainBrowser, receiver: Receiver
) -> None:
    page = admin.open("/staff/webhooks").send("/staff/webhooks", url=receiver.url, events=["case.closed"])
    secret = str(page.page.xpath("string(//input[@id='secret']/@value)"))
    (made,) = endpoints.list_endpoints(ADMIN)
    path = f"/staff/webhooks/{made.id}"
    assert (page.answer.status_code, made.key_id) == (201, "")
    admin.open(path).send(f"{path}/test")
    work()
    assert receiver.notices[0].is_signed_with(secret)
    assert receiver.ids[0] in admin.open(path).text
    rotated = admin.send(f"{path}/secret")
    assert rotated.page.xpath("string(//input[@id='secret']/@value)") not in ("", secret)
    admin.open(path).send(f"{path}/removal")
    assert endpoints.list_endpoints(ADMIN) == []


def test_the_administrator_sees_what_died_and_sends_it_again(
    admin: PlainBrowser, mine: System, receiver: Receiver
) -> None:
    made = registered(mine, url=receiver.url)["webhook"]["id"]
    receiver.statuses = [410]
    sent = mine.post(f"/webhooks/{made}/test").json["delivery"]["id"]
    work()
    path = f"/staff/webhooks/{made}"
    listed = admin.open("/staff/webhooks")
    assert listed.page.xpath("//li[contains(@class, 'case-row--late')]")
    page = admin.open(f"{path}?state=dead")
    assert not page.has_form(f"{path}/deliveries/{sent}/repetition")
    page.send(f"{path}/activation").send(f"{path}/deliveries/{sent}/repetition")
    work()
    assert receiver.ids == [sent, sent]
    assert sent not in admin.open(f"{path}?state=dead").text
    admin.open(path).send(f"{path}/deactivation")
    assert endpoints.get_endpoint(ADMIN, made).disabled_reason == "by_hand"


def test_the_desk_tells_what_is_wrong_at_the_field_and_keeps_the_rest(admin: PlainBrowser) -> None:
    page = admin.open("/staff/webhooks").send(
        "/staff/webhooks", url="https://100.64.0.1/", description="备注"
    )
    assert {one.get("id") for one in page.page.xpath("//*[@class='field__error']")} == {
        "problem-url",
        "problem-events",
    }
    assert page.page.xpath("string(//input[@name='description']/@value)") == "备注"


def test_a_button_pressed_on_a_page_that_was_overtaken_is_answered(admin: PlainBrowser, mine: System) -> None:
    made = registered(mine)["webhook"]["id"]
    page = admin.open(f"/staff/webhooks/{made}")
    endpoints.disable(ADMIN, made)
    assert page.send(f"/staff/webhooks/{made}/test").answer.status_code == 409


def test_the_desk_is_the_administrators_alone(browser: Callable[..., PlainBrowser], mine: System) -> None:
    made = registered(mine)["webhook"]["id"]
    for login in ("applicant1", "officer1", "supervisor1", "auditor1"):
        other = browser(login)
        assert other.open("/staff/webhooks").answer.status_code == 404
        assert other.open(f"/staff/webhooks/{made}").answer.status_code == 404


def test_the_command_registers_lists_sends_again_and_removes(
    app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "open_existing", lambda: None)

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(main, ["webhooks", *arguments, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    made = run("create", receiver.url, "--event", "filing.submitted")
    webhook_id = made["webhook"]["id"]
    receiver.statuses = [410]
    sent = endpoints.send_test(ADMIN, webhook_id).id
    work()
    assert [one["dead"] for one in run("list")["webhooks"]] == [1]
    assert [one["id"] for one in run("deliveries", webhook_id, "--state", "dead")["deliveries"]] == [sent]
    assert run("enable", webhook_id)["webhook"]["state"] == "active"
    assert run("resend", webhook_id) == {"sent_again": [sent]}
    work()
    assert receiver.ids == [sent, sent]
    assert run("resend", webhook_id, sent) == {"sent_again": [sent]}
    assert run("rotate", webhook_id)["secret"] != made["secret"]
    assert run("remove", webhook_id) == {"removed": webhook_id}
    assert CliRunner().invoke(main, ["webhooks", "rotate", webhook_id]).exit_code == 1
    assert CliRunner().invoke(main, ["webhooks", "list"]).output.strip()


def test_the_command_says_in_words_what_it_did(
    app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "open_existing", lambda: None)
    made = CliRunner().invoke(main, ["webhooks", "create", receiver.url, "--event", "case.closed"]).output
    webhook_id = endpoints.list_endpoints(ADMIN)[0].id
    assert webhook_id in made
    assert "whsec_" in made
    for arguments in (["list"], ["deliveries", webhook_id], ["resend", webhook_id], ["enable", webhook_id]):
        done = CliRunner().invoke(main, ["webhooks", *arguments])
        assert (done.exit_code, bool(done.output.strip())) == (0, True)
    assert webhook_id in CliRunner().invoke(main, ["webhooks", "remove", webhook_id]).output
