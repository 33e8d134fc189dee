"""Two officers reach for one case at once, ten thousand times: exactly one gets it."""

import time

import pytest

from core.database.engine import Database
from tests.live.claiming import assert_one_winner_each, contest, open_cases
from tests.live.webs import enrol

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]
TRIALS, LANES = 10_000, 8


def test_claims_have_one_winner(store: Database) -> None:
    officers = [one.id for one in enrol(2)]
    cases, begun = open_cases(TRIALS), time.perf_counter()
    got = contest(officers, cases, LANES)
    seconds = time.perf_counter() - begun
    wins = assert_one_winner_each(got, cases, len(officers))
    shares = " and ".join(str(count) for _, count in sorted(wins.items()))
    print(
        f"\n{store.engine.dialect.name}: {TRIALS} cases claimed by two officers at once,"
        f" {LANES} at a time, two processes, in {seconds:.0f} s: exactly one winner each ({shares})"
    )
    assert len(got) == TRIALS * 2
    assert min(wins.values()) > 0
