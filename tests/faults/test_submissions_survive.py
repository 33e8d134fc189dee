"""Workers are killed while they hand filings in: none is lost, none comes twice, every change is audited."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database.engine import Database
from tests.faults import killing
from tests.stores import KINDS, opened

pytestmark = pytest.mark.timeout(600)
SUBMISSIONS, FEWEST_KILLS = 200, 15


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty database of either kind with all tables."""
    with opened(request.param, monkeypatch) as made:
        yield made


def test_workers_killed_while_they_hand_in_lose_nothing_and_double_nothing(store: Database) -> None:
    run = killing.hand_in_under_kills(killing.prepare(SUBMISSIONS), most_between=12, seed=1)
    print(
        f"{run.kills} kills, {run.kills_within} within a filing, {run.repeats} repeated, {run.seconds:.0f} s"
    )
    assert run.kills >= FEWEST_KILLS
    assert run.kills_within > run.kills / 2
    killing.assert_nothing_lost_or_doubled(run)
    killing.assert_each_key_gives_its_filing_again(run)
    killing.assert_nothing_lost_or_doubled(run)
    killing.assert_the_audit_trail_is_whole()
