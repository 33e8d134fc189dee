"""Whatever is killed, dropped or sent twice: every page ends with the same messages, each once, in one order."""

import asyncio
from pathlib import Path

import pytest

from core.database.engine import Database
from tests.live.delivery import Delivered, deliver
from tests.live.standin import StandIn
from tests.live.webs import Webs, enrol, serving
from tests.stores import opened

pytestmark = pytest.mark.timeout(240)
RUNS, AT_ONCE = 50, 25


def test_nothing_is_lost_doubled_or_out_of_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def all_runs() -> Delivered:
        standin = StandIn()
        await standin.start()
        logins = enrol(6)
        settings = {"RASA_URL": f"http://127.0.0.1:{standin.port}", "TURN_BUDGET_S": 5}
        with serving(monkeypatch, count=2, **settings) as webs:
            return await deliver(webs, standin, logins, runs=RUNS, at_once=AT_ONCE, seed=7)

    with opened("sqlite", monkeypatch):
        found = asyncio.run(all_runs())
    print(f"\n{found.told()}")
    assert found.runs == RUNS
    assert found.kills > 0
    assert found.faults == {}, "\n".join(found.notes)
