"""When a person is told: at once, or in a digest of the day or the week; never in their quiet hours.

Hours are China's. A digest comes at nine in the morning, the week's on Monday. What is urgent waits for
nothing.
"""

from datetime import datetime, timedelta
from typing import Protocol

from core.clock import CHINA

AT_ONCE, DAILY, WEEKLY = "at_once", "daily", "weekly"
RHYTHMS = (AT_ONCE, DAILY, WEEKLY)
DIGEST_HOUR = 9
MONDAY = 0


class Wish(Protocol):
    """What a person wishes."""

    rhythm: str
    quiet_from: int
    quiet_to: int


def due_at(wish: Wish, moment: datetime, *, is_urgent: bool) -> datetime:
    """Return the first moment from ``moment`` on at which a person may be told."""
    if is_urgent:
        return moment
    local = moment.astimezone(CHINA)
    if wish.rhythm != AT_ONCE:
        local = _next_digest(local, is_weekly=wish.rhythm == WEEKLY)
    return _after_quiet(local, wish.quiet_from, wish.quiet_to).astimezone(moment.tzinfo)


def _next_digest(local: datetime, *, is_weekly: bool) -> datetime:
    found = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if found <= local:
        found += timedelta(days=1)
    while is_weekly and found.weekday() != MONDAY:
        found += timedelta(days=1)
    return found


def is_quiet(hour: int, quiet_from: int, quiet_to: int) -> bool:
    """Whether an hour lies in quiet hours, which may go over midnight; alike means none."""
    if quiet_from <= quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to


def _after_quiet(local: datetime, quiet_from: int, quiet_to: int) -> datetime:
    if not is_quiet(local.hour, quiet_from, quiet_to):
        return local
    ends = local.replace(hour=quiet_to, minute=0, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)
