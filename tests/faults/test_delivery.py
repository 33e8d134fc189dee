"""Whatever is killed, dropped or sent twice: each page ends with the same messages, once, in one order."""

from pathlib import Path

import pytest

from tests.live.delivery import delivered
from tests.live.talk import CHANNELS
from tests.stores import opened

pytestmark = pytest.mark.timeout(240)
RUNS, AT_ONCE, KILL_EVERY = 50, 25, (5, 12)


def test_nothing_is_lost_doubled_or_out_of_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("sqlite", monkeypatch):
        found = delivered(monkeypatch, runs=RUNS, at_once=AT_ONCE, seed=7, kill_every=KILL_EVERY)
    print(f"\n{found.told()}")
    assert found.runs == RUNS
    assert found.kills > 0
    assert all(found.owned[channel] for channel in CHANNELS)
    assert found.faults == {}, "\n".join(found.notes)
