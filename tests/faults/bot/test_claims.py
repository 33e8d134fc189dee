"""Two officers in two processes reach for one case at once: exactly one gets it, over either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database.engine import Database
from tests.live.claiming import assert_one_winner_each, contest, open_cases
from tests.live.webs import enrol
from tests.stores import KINDS, opened

TRIALS, LANES = 100, 4


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with opened(request.param, monkeypatch) as made:
        yield made


def test_two_processes_claim_and_exactly_one_wins(store: Database) -> None:
    officers = [one.id for one in enrol(2)]
    cases = open_cases(TRIALS)
    got = contest(officers, cases, LANES)
    assert_one_winner_each(got, cases, len(officers))
    assert len(got) == TRIALS * 2
