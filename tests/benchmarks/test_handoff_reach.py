"""From the applicant's words to the officer's screen, and from each to the other, with everyone connected.

200 applicants hold a stream and talk to the assistant, 20 officers hold theirs. Three installations: as it
ships; two web processes on SQLite; two on PostgreSQL with Redis.
"""

import asyncio
import os
import time
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from statistics import median
from typing import Any

import psycopg
import pytest

from core.database.engine import WRITE, Database
from core.identity import Role
from core.identity.service import create_account
from tests.benchmarks.load import percentile
from tests.benchmarks.product import MESSAGES
from tests.live.crowd import Applicant, Officer, applicants, officers, talking
from tests.live.webs import PASSWORD
from tests.live.wire import API
from web.supervisor.stack import Stack

POSTGRES = os.environ.get("YAOZHENG_TEST_POSTGRES_URL", "")
REDIS = os.environ.get("YAOZHENG_TEST_REDIS_URL", "")
pytestmark = [pytest.mark.benchmark, pytest.mark.rasa, pytest.mark.timeout(1500)]
APPLICANTS, OFFICERS = 200, 20
CALLS, CALL_EVERY_S, SEEN_WITHIN_S = 60, 1.0, 15.0
TALK_EVERY_S = 40.0
ROUNDS, PAUSE_S = 20, 0.1
REACH_MS, DELIVERY_MS = 1000.0, 300.0
ASKING = "转人工"


@pytest.fixture(scope="module", params=["as shipped", "two web processes", "two, PostgreSQL and Redis"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    env, name = {"YAOZHENG_RATE_LIMIT_FACTOR": "0", "YAOZHENG_LOG_LEVEL": "WARNING"}, f"reach_{os.getpid()}"
    if request.param != "as shipped":
        env["YAOZHENG_WEB_WORKERS"] = "2"
    if "Redis" not in request.param:
        with Stack(tmp_path_factory.mktemp("reach"), env) as stack:
            _enrol(f"sqlite:///{stack.home / 'database.sqlite3'}")
            yield stack
        return
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"create database {name}")
    url = POSTGRES.rsplit("/", 1)[0] + "/" + name
    env |= {"YAOZHENG_DATABASE_URL": url, "YAOZHENG_REDIS_URL": REDIS}
    with Stack(tmp_path_factory.mktemp("reach"), env) as stack:
        _enrol(url)
        yield stack
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"drop database {name} with (force)")


def _logins() -> list[str]:
    return [f"desk{number:02d}" for number in range(OFFICERS)]


def _enrol(url: str) -> None:
    database = Database(url)
    with database.session(WRITE) as session:
        for login in _logins():
            create_account(session, login=login, password=PASSWORD, role=Role.OFFICER, display_name=login)
    database.dispose()


def _told(what: str, ms: list[float]) -> str:
    return f"{what}: p50 {median(ms):.0f} ms, p95 {percentile(ms, 0.95):.0f} ms, most {max(ms):.0f} ms"


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; a task that failed beside it fails the whole."""
    asyncio.run(work)


async def _leave(crowd: list[Applicant] | list[Officer]) -> None:
    for one in crowd:
        await one.leave()


async def _cancelled(task: asyncio.Task[None]) -> None:
    assert not task.done(), "the talk broke off"
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_handoff_reaches_every_officer(desk: Stack, request: pytest.FixtureRequest) -> None:
    port = int(desk.base_url.rsplit(":", 1)[1])
    reached: list[float] = []
    replies: list[float] = []
    missing: list[str] = []

    async def call(applicant: Applicant, staff: list[Officer], handler: Officer) -> None:
        begun = time.perf_counter()
        await applicant.write(ASKING)
        replies.append((time.perf_counter() - begun) * 1000)
        case_id = await applicant.case_id()
        deadline = begun + SEEN_WITHIN_S
        while time.perf_counter() < deadline and not all(case_id in one.seen for one in staff):
            await asyncio.sleep(0.05)
        missing.extend(case_id for one in staff if case_id not in one.seen)
        reached.extend((one.seen[case_id] - begun) * 1000 for one in staff if case_id in one.seen)
        await handler.act(case_id, "claim", {})
        await handler.act(case_id, "messages", {"client_message_id": uuid.uuid4().hex, "text": "您好"})
        await handler.act(case_id, "closure", {"resolution": "已答复"})

    async def work() -> None:
        staff = await officers(port, _logins())
        for one in staff:
            await one.hold("/staff/tickets", "/staff/stream")
        crowd = await applicants(port, APPLICANTS)
        talk = asyncio.create_task(talking(crowd, MESSAGES, TALK_EVERY_S))
        await asyncio.sleep(TALK_EVERY_S / 2)
        calls, begun = [], time.perf_counter()
        turns_before = sum(len(one.turns_ms) for one in crowd)
        for number in range(CALLS):
            caller, handler = crowd[number * 3 % APPLICANTS], staff[number % OFFICERS]
            calls.append(asyncio.create_task(call(caller, staff, handler)))
            await asyncio.sleep(CALL_EVERY_S)
        await asyncio.gather(*calls)
        seconds = time.perf_counter() - begun
        turns = sum(len(one.turns_ms) for one in crowd) - turns_before
        await _cancelled(talk)
        every = [ms for one in crowd for ms in one.turns_ms]
        fetches = [ms for one in staff for ms in one.fetches_ms]
        print(f"\n{name}: {APPLICANTS} conversations, {turns / seconds:.1f} turns/s; {OFFICERS} officers")
        print(_told(f"{name}: {CALLS} calls for staff until on each officer's list", reached))
        print(_told(f"{name}: beside it the reply to the call itself", replies))
        print(_told(f"{name}: {len(fetches)} readings of the list", fetches))
        print(_told(f"{name}: all turns", every))
        print(f"{name}: beyond the reply p95 {percentile(reached, 0.95) - percentile(replies, 0.95):.0f} ms")
        await _leave(crowd)
        await _leave(staff)

    name = request.node.callspec.params["desk"]
    _run(work())
    assert missing == []
    assert len(reached) == CALLS * OFFICERS
    assert percentile(reached, 0.95) <= REACH_MS


def test_messages_are_delivered_to_the_other_side(desk: Stack, request: pytest.FixtureRequest) -> None:
    port = int(desk.base_url.rsplit(":", 1)[1])
    name = request.node.callspec.params["desk"]
    down: list[float] = []
    up: list[float] = []
    replies: list[float] = []

    async def arrival(holder: Applicant | Officer, key: str, begun: float) -> float:
        deadline = begun + SEEN_WITHIN_S
        while key not in holder.came and time.perf_counter() < deadline:
            await asyncio.sleep(0.002)
        return (holder.came[key] - begun) * 1000

    async def exchange(applicant: Applicant, officer: Officer, case_id: str, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        for _ in range(ROUNDS):
            key, begun = uuid.uuid4().hex, time.perf_counter()
            body = {"client_message_id": key, "text": "请补一张照片"}
            await officer.act(case_id, "messages", body)
            replies.append((time.perf_counter() - begun) * 1000)
            down.append(await arrival(applicant, key, begun))
            await asyncio.sleep(PAUSE_S * OFFICERS / 2)
            key, begun = uuid.uuid4().hex, time.perf_counter()
            await applicant.write("好的，马上", key)
            replies.append((time.perf_counter() - begun) * 1000)
            up.append(await arrival(officer, key, begun))
            await asyncio.sleep(PAUSE_S * OFFICERS / 2)

    async def work() -> None:
        staff = await officers(port, _logins())
        crowd = await applicants(port, APPLICANTS)
        pairs = []
        for applicant, officer in zip(crowd, staff, strict=False):
            path = f"{API}/conversations/{applicant.id}/handoff"
            given = await applicant.wire.call("POST", path, {})
            case_id = given.json["handoff"]["case_id"]
            await officer.act(case_id, "claim", {})
            await officer.hold("/staff/tickets", f"/staff/stream?case={case_id}")
            pairs.append((applicant, officer, case_id))
        talk = asyncio.create_task(talking(crowd[OFFICERS:], MESSAGES, TALK_EVERY_S))
        await asyncio.gather(*[exchange(*pair, at * PAUSE_S) for at, pair in enumerate(pairs)])
        await _cancelled(talk)
        print(f"\n{name}: {APPLICANTS} + {OFFICERS} streams held, {len(up) + len(down)} messages")
        print(_told(f"{name}: officer to applicant", down))
        print(_told(f"{name}: applicant to officer", up))
        print(_told(f"{name}: beside it the replies to the same requests", replies))
        ratio = percentile(down + up, 0.95) / percentile(replies, 0.95)
        print(f"{name}: arrival p95 over reply p95: {ratio:.2f}")
        for _, officer, case_id in pairs:
            await officer.act(case_id, "closure", {"resolution": "已答复"})
        await _leave(crowd)
        await _leave(staff)

    _run(work())
    assert len(up) == len(down) == OFFICERS * ROUNDS
    assert percentile(down, 0.95) <= DELIVERY_MS
    assert percentile(up, 0.95) <= DELIVERY_MS
