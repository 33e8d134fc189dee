"""Five thousand conversations with random fates on two web processes that are killed all the while."""

import os

import pytest

from core.database.engine import Database
from tests.live.delivery import delivered
from tests.live.talk import CHANNELS

pytestmark = [pytest.mark.benchmark, pytest.mark.redis, pytest.mark.timeout(5400)]
RUNS = {"sqlite": 4500, "postgresql": 500}
AT_ONCE, FEWEST_KILLS, KILL_EVERY = 50, 5, (40, 80)
REDIS = os.environ.get("YAOZHENG_TEST_REDIS_URL", "")


def test_delivery_under_kills(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = store.engine.dialect.name
    settings = {"REDIS_URL": REDIS} if kind == "postgresql" else {}
    found = delivered(
        monkeypatch, runs=RUNS[kind], at_once=AT_ONCE, seed=11, kill_every=KILL_EVERY, **settings
    )
    print(f"\n{kind}: {found.told()}")
    assert found.runs == RUNS[kind]
    assert found.kills >= FEWEST_KILLS
    assert all(found.owned[channel] for channel in CHANNELS)
    assert found.faults == {}, "\n".join(found.notes)
