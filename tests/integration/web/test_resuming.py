"""A conversation goes on on another device: by a code, good once, for a while, for nobody else's account."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from bot.conversations.models import ResumeCode, ResumedToken
from core import clock
from core.database import transaction
from tests.integration.web.conftest import Person, Talk, error_of

People, Talks = Callable[..., Person], Callable[..., Talk]


def code_of(who: Person, talk: Talk) -> str:
    answer = who.post(f"{talk.path}/resume-codes", headers=talk.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json["url"] == f"{answer.json['page']}#{answer.json['code']}"
    return str(answer.json["code"])


def redeemed(who: Person, code: str) -> dict[str, str]:
    answer = who.post("/resumptions", json={"code": code})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json['token']}"}


def test_a_conversation_goes_on_elsewhere_while_the_first_device_keeps_it(
    person: People, talk: Talks
) -> None:
    phone, computer = person(), person()
    mine = talk(phone, channel="miniprogram")
    header = redeemed(computer, code_of(phone, mine).lower().replace("-", " "))
    assert computer.get(mine.path, headers=header).json["conversation"]["id"] == mine.id
    assert phone.get(mine.path, headers=mine.headers).status_code == 200


def test_a_code_opens_its_conversation_once_and_a_new_code_ends_the_old_one(
    person: People, talk: Talks
) -> None:
    phone, computer = person(), person()
    mine, other = talk(phone), talk(phone)
    old, new = code_of(phone, mine), code_of(phone, mine)
    code_of(phone, other)
    assert computer.post("/resumptions", json={"code": old}).status_code == 404
    header = redeemed(computer, new)
    assert computer.post("/resumptions", json={"code": new}).status_code == 404
    assert computer.get(other.path, headers=header).status_code == 404


def test_codes_and_the_tokens_that_they_gave_run_out(person: People, talk: Talks) -> None:
    phone = person()
    mine = talk(phone)
    header, late = redeemed(person(), code_of(phone, mine)), code_of(phone, mine)
    with transaction() as session:
        session.execute(update(ResumeCode).values(expires_at=clock.now() - timedelta(seconds=1)))
        session.execute(update(ResumedToken).values(expires_at=clock.now() - timedelta(seconds=1)))
    refused = phone.post("/resumptions", json={"code": late})
    assert error_of(refused)["code"] == "conversations.resume_code_wrong"
    assert person().get(mine.path, headers=header).status_code == 404


def test_a_code_gives_another_account_nothing_and_an_anonymous_device_no_account(
    person: People, talk: Talks
) -> None:
    owner = person("applicant1")
    mine = talk(owner)
    assert person("applicant2").post("/resumptions", json={"code": code_of(owner, mine)}).status_code == 404
    computer = person()
    header = redeemed(computer, code_of(owner, mine))
    assert computer.get(mine.path, headers=header).status_code == 200
    assert computer.get("/filings", headers=header).status_code == 401


def test_the_page_takes_a_code_without_javascript(person: People, talk: Talks, app: Flask) -> None:
    phone = person()
    mine = talk(phone)
    client = app.test_client()
    assert client.get("/continue").status_code == 200
    assert client.post("/continue", data={"code": "AAAA-AAAA"}).status_code == 404
    answer = client.post("/continue", data={"code": code_of(phone, mine)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/#latest")
    assert mine.id in answer.headers["Set-Cookie"]
