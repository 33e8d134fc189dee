"""Waiting for staff and being on duty, through the API and the pages."""

from collections.abc import Callable
from typing import Any

from bot.handoff import service as handoff
from core.identity import Actor, Role
from tests.integration.web.conftest import Person, Talk, error_of
from tests.integration.web.plain_browser import PlainBrowser

BOSS = Actor("acct_boss", Role.SUPERVISOR)
Open = Callable[..., Talk]
Browser = Callable[[str], PlainBrowser]


def state_of(visitor: Person, talk: Talk) -> tuple[str, dict[str, Any] | None]:
    found = visitor.get(talk.path, headers=talk.headers).json
    return found["conversation"]["owner"], found["handoff"]


def test_a_person_who_leaves_the_queue_talks_to_the_assistant_again(visitor: Person, waiting: Talk) -> None:
    assert visitor.delete(f"{waiting.path}/handoff").status_code == 404
    assert visitor.delete(f"{waiting.path}/handoff", headers=waiting.headers).status_code == 200
    assert state_of(visitor, waiting) == ("bot", None)
    again = visitor.delete(f"{waiting.path}/handoff", headers=waiting.headers)
    assert (again.status_code, error_of(again)["code"]) == (409, "handoff.not_queued")


def test_a_person_asks_to_be_called_and_the_officer_reports_the_call(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    path = f"{waiting.path}/callback"
    wrong = visitor.post(path, json={"phone": "12"}, headers=waiting.headers)
    assert (wrong.status_code, error_of(wrong)["code"]) == (422, "handoff.callback_phone")
    body = {"phone": "13800138000", "slot": "morning"}
    asked = visitor.post(path, json=body, headers=waiting.headers).json["handoff"]["callback"]
    assert (asked["phone"], asked["slot"], asked["state"]) == ("138****8000", "morning", "waiting")
    officer = person("officer3")
    (line,) = officer.get("/staff/cases").json["cases"]
    assert line["has_callback"]
    case = f"/staff/cases/{line['case_id']}"
    assert officer.get(case).json["case"]["callback"]["phone"] == "138****8000"
    officer.post(f"{case}/claim")
    assert officer.get(case).json["case"]["callback"]["phone"] == "138 0013 8000"
    done = officer.post(f"{case}/calls", json={"was_reached": True, "note": "已说明"}).json["case"]
    assert (done["callback"]["state"], "已说明" in done["notes"][0]["text"]) == ("reached", True)


def test_an_officer_who_is_away_gives_waiting_cases_back(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    officer = person("officer3")
    (line,) = officer.get("/staff/cases").json["cases"]
    officer.post(f"/staff/cases/{line['case_id']}/claim")
    assert officer.put("/staff/presence", json={"state": "away"}).json == {"returned": 1}
    assert state_of(visitor, waiting)[0] == "queue"
    mine = {one["account_id"]: one["state"] for one in officer.get("/staff/officers").json["officers"]}
    assert "away" in mine.values()
    assert officer.put("/staff/presence", json={"state": "here"}).json == {"returned": 0}
    assert visitor.put("/staff/presence", json={"state": "away"}).status_code in (401, 403)


def test_signing_out_gives_waiting_cases_back(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    officer = person("officer3")
    (line,) = officer.get("/staff/cases").json["cases"]
    officer.post(f"/staff/cases/{line['case_id']}/claim")
    assert state_of(visitor, waiting)[0] == "officer"
    assert officer.delete("/sessions/current").status_code == 200
    assert state_of(visitor, waiting)[0] == "queue"


def test_supervisors_put_the_cases_of_an_officer_back(
    person: Callable[..., Person], visitor: Person, waiting: Talk
) -> None:
    officer, boss = person("officer3"), person("supervisor1")
    (line,) = officer.get("/staff/cases").json["cases"]
    summary = officer.post(f"/staff/cases/{line['case_id']}/claim").json["case"]["summary"]
    path = f"/staff/officers/{summary['officer_id']}/returns"
    assert officer.post(path).status_code == 404
    assert boss.post(path).json == {"returned": 1}


def test_without_scripts_a_person_asks_for_a_call_and_leaves(browser: Browser) -> None:
    page = browser("applicant1").open("/")
    assert page.page.xpath("boolean(//*[@data-chat-waiting and @hidden])")
    page.send("/chat/handoff")
    assert not page.page.xpath("boolean(//*[@data-chat-waiting and @hidden])")
    wrong = page.send("/chat/callback", phone="12", slot="any")
    assert (wrong.status, "可以接通的电话" in wrong.text) == (422, True)
    page.open("/").send("/chat/callback", phone="13800138000", slot="afternoon")
    (case,) = handoff.list_cases(BOSS)
    assert case.has_callback
    page.open("/").send("/chat/leave")
    assert handoff.list_cases(BOSS) == []


def test_the_duty_page_shows_who_is_here_and_lets_an_officer_be_away(browser: Browser) -> None:
    officer = browser("officer3").open("/staff/officers")
    officer.send("/staff/presence", state="away")
    assert "暂离" in officer.page.xpath("string(//section[@aria-labelledby='own-title'])")
    assert "恢复在岗" in officer.open("/staff").text
    officer.send("/staff/presence", state="here")
    assert "恢复在岗" not in officer.open("/staff").text
    assert not officer.open("/staff/officers").has_form("/return")


def test_an_officer_makes_the_call_by_page(browser: Browser, visitor: Person, waiting: Talk) -> None:
    body = {"phone": "13800138000"}
    visitor.post(f"{waiting.path}/callback", json=body, headers=waiting.headers)
    officer = browser("officer3").open("/staff?late=1")
    assert not officer.has_form("/claim")
    officer.open("/staff")
    (claim,) = officer.page.xpath("//form[contains(@action, '/claim')]/@action")
    officer.send(claim)
    assert "138 0013 8000" in officer.text
    (call,) = officer.page.xpath("//form[contains(@action, '/call')]/@action")
    officer.send(call, was_reached="no", text="无人接听")
    assert "无人接听" in officer.text
