"""What a dashboard looks at: a period of whole days in China, and what it is narrowed to."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core import clock
from core.clock import CHINA

PERIODS = (7, 30, 90)
USUAL_DAYS = 30
MOST_DAYS = 366
NARROWINGS = ("item", "channel", "language")


@dataclass(frozen=True)
class Selection:
    """The days from ``first`` to ``last``, both included; "" narrows nothing.

    Attributes:
        first: the first day, China's calendar.
        last: the last day.
        item: code of a service item.
        channel: where the conversation or filing was begun.
        language: the locale in which people spoke.
    """

    first: date
    last: date
    item: str = ""
    channel: str = ""
    language: str = ""

    @property
    def since(self) -> datetime:
        """The moment at which the first day begins."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def until(self) -> datetime:
        """The moment at which the day after the last one begins."""
        return datetime.combine(self.last + timedelta(days=1), time(), CHINA)

    @property
    def days(self) -> list[date]:
        """Every day of the period."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def last_days(count: int = USUAL_DAYS, **narrowed: str) -> Selection:
    """Return the selection of the last ``count`` days, today included."""
    today = clock.today()
    return Selection(today - timedelta(days=count - 1), today, **narrowed)
