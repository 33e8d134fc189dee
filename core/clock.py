"""The one source of time: aware UTC moments for storage, China's calendar date for rules."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present moment in UTC, aware."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in China, the date on which statutory periods run."""
    return now().astimezone(CHINA).date()


def isoformat(moment: datetime) -> str:
    """Write a moment in ISO 8601 with China's offset and milliseconds."""
    return moment.astimezone(CHINA).isoformat(timespec="milliseconds")
