"""Two thousand filings handed in by workers that are killed all the while."""

import pytest

from core.database.engine import Database
from tests.faults import killing

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1500)]
SUBMISSIONS, FEWEST_KILLS = 2000, 100


def test_submissions_under_kills(store: Database) -> None:
    run = killing.hand_in_under_kills(killing.prepare(SUBMISSIONS), most_between=20, seed=2)
    print()
    print(
        f"{store.engine.dialect.name}: {len(run.told)} filings handed in by {killing.WORKERS} workers at once"
        f" in {run.seconds:.0f} s under {run.kills} kills, {run.kills_within} of them within a filing;"
        f" {run.repeats} handed in by a worker that died before it knew"
    )
    assert run.kills >= FEWEST_KILLS
    killing.assert_nothing_lost_or_doubled(run)
    killing.assert_each_key_gives_its_filing_again(run)
    killing.assert_nothing_lost_or_doubled(run)
    killing.assert_the_audit_trail_is_whole()
    print(f"{store.engine.dialect.name}: 0 lost, 0 doubled, every change audited, the audit trail whole")
