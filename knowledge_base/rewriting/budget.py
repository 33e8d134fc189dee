"""The day's budget and the circuit breaker: neither cost nor waiting can run away."""

import threading
import time

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import is_duplicate, transaction
from core.settings import get_settings
from knowledge_base.rewriting.models import RewritingBudget

FAILURES = 3
REST_S = 60.0


def reserve(tokens: int) -> bool:
    """Take a call and its most tokens from today's budget; return whether they were there."""
    settings, today = get_settings(), clock.today()
    _open_day()
    row = RewritingBudget
    within = (
        row.day == today,
        row.calls < settings.rewrite_daily_calls,
        row.tokens + tokens <= settings.rewrite_daily_tokens,
    )
    with transaction() as session:
        taken = update(row).where(*within).values(calls=row.calls + 1, tokens=row.tokens + tokens)
        return session.execute(taken).rowcount == 1  # type: ignore[attr-defined]


def _open_day() -> None:
    try:
        with transaction() as session:
            if session.get(RewritingBudget, clock.today()) is None:
                session.add(RewritingBudget(day=clock.today(), calls=0, tokens=0))
    except IntegrityError as error:
        if not is_duplicate(error):
            raise


def settle(reserved: int, used: int) -> None:
    """Give back what was reserved and not used; what an endpoint claims beyond belief is not believed."""
    if not 0 < used < reserved:
        return
    row = RewritingBudget
    with transaction() as session:
        given_back = update(row).where(row.day == clock.today()).values(tokens=row.tokens - (reserved - used))
        session.execute(given_back)


class Breaker:
    """After ``FAILURES`` failures in a row nothing is asked for ``REST_S`` seconds, then once on trial."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = float("-inf")

    def lets_through(self) -> bool:
        """Whether a call may be made now."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if time.monotonic() < self._open_until:
                return False
            self._open_until = time.monotonic() + REST_S
            return True

    def note(self, *, is_failure: bool) -> None:
        """Note how a call ended."""
        with self._lock:
            self._failures = self._failures + 1 if is_failure else 0
            if self._failures >= FAILURES:
                self._open_until = time.monotonic() + REST_S


breaker = Breaker()
