"""The same flows over PostgreSQL and Redis, with two web processes: ask, hand over, lose processes."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from web.supervisor.readiness import fetch
from web.supervisor.stack import Stack

from .person import Officer, Person, case_of, wait_until

POSTGRES = os.environ.get("YAOZHENG_TEST_POSTGRES_URL", "")
REDIS = os.environ.get("YAOZHENG_TEST_REDIS_URL", "")
pytestmark = [
    *(pytest.mark.rasa, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(1500)),
    pytest.mark.skipif(not (POSTGRES and REDIS), reason="make test starts both servers"),
]
QUESTION = "普通化妆品备案需要提交哪些资料？"


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    name = f"scaled_{os.getpid()}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"create database {name}")
    env = {
        "YAOZHENG_DATABASE_URL": POSTGRES.rsplit("/", 1)[0] + "/" + name,
        "YAOZHENG_REDIS_URL": REDIS,
        "YAOZHENG_WEB_WORKERS": "2",
        "YAOZHENG_RATE_LIMIT_FACTOR": "0",
    }
    with Stack(Path(tmp_path_factory.mktemp("scaled")), env) as started:
        yield started
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"drop database {name} with (force)")


def test_questions_are_answered(scaled: Stack) -> None:
    person = Person(scaled)
    messages, _ = person.write(QUESTION)
    answer = next(message for message in messages if message["kind"] == "answer")
    assert answer["answer"]["citations"]
    assert not (scaled.home / "database.sqlite3").exists()


def test_an_officer_and_a_person_write_to_each_other(scaled: Stack) -> None:
    person, officer = Person(scaled, "en"), Officer(scaled)
    handoff = person.http.post(f"/conversations/{person.id}/handoff", json={})
    assert handoff.status_code < 300, handoff.text
    case = case_of(officer, person.id)
    assert case is not None
    place = f"/staff/cases/{case['case_id']}"
    assert officer.http.post(f"{place}/claim").status_code < 300
    body = {"client_message_id": uuid.uuid4().hex, "text": "Good day, how can I help?"}
    assert officer.http.post(f"{place}/messages", json=body).status_code < 300
    assert person.read()[-1]["text"] == body["text"]
    person.write("I typed the wrong address.")
    shown = officer.http.get(f"{place}/messages", params={"after": 0}).json()["messages"]
    assert shown[-1]["text"] == "I typed the wrong address."


def test_a_dead_rasa_and_a_dead_worker_lose_nothing(scaled: Stack) -> None:
    person, officer = Person(scaled), Officer(scaled)
    rasa, worker = scaled.kill("rasa"), scaled.kill("worker")
    messages, seconds = person.write(QUESTION)
    assert messages[0]["text"] == QUESTION
    assert len(messages) > 1
    assert seconds < 16.5
    case = case_of(officer, person.id)
    assert case is not None
    assert case["reason"] == "bot_failure"
    scaled.wait_for_restart("rasa", rasa)
    scaled.wait_for_restart("worker", worker)
    assert wait_until(lambda: fetch(scaled.base_url + "/readyz", 20)[0] == 200, 180)
