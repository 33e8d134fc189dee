"""Token buckets, with a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.security import rate_limits
from web.security.rate_limits import Limit, TokenBuckets

LIMIT = Limit("messages", burst=3, per_minute=60, by="conversation")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_the_next_one_waits() -> None:
    buckets = TokenBuckets(Clock())
    assert [buckets.take(LIMIT, "a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take(LIMIT, "a") == pytest.approx(1.0)


def test_after_the_told_wait_there_is_a_token() -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    for _ in range(3):
        buckets.take(LIMIT, "a")
    clock.now += buckets.take(LIMIT, "a")
    assert buckets.take(LIMIT, "a") == 0


def test_keys_and_limits_do_not_share_tokens() -> None:
    buckets = TokenBuckets(Clock())
    other = Limit("uploads", burst=1, per_minute=1, by="account")
    for _ in range(3):
        buckets.take(LIMIT, "a")
    assert buckets.take(LIMIT, "b") == 0
    assert buckets.take(other, "a") == 0


def test_a_factor_widens_burst_and_rate() -> None:
    buckets = TokenBuckets(Clock())
    assert sum(buckets.take(LIMIT, "a", factor=10) == 0 for _ in range(100)) == 30


@given(st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=60))
def test_never_more_than_burst_and_rate_allow(pauses: list[float]) -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        taken += buckets.take(LIMIT, "a") == 0
    assert taken <= LIMIT.burst + clock.now * LIMIT.per_minute / 60 + 1e-6


def test_old_buckets_are_forgotten_before_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_BUCKETS", 10)
    clock = Clock()
    buckets = TokenBuckets(clock)
    for number in range(50):
        clock.now += 1
        buckets.take(LIMIT, str(number))
    assert len(buckets._buckets) <= 10
