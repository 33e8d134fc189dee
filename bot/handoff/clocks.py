"""The clocks of a case, counted in opening hours: first response, each next one, resolution.

1. A case that is queued must have its first answer within ``FIRST_RESPONSE``; what the person writes after an
   answer is due one within ``NEXT_RESPONSE`` (``start_reply_clock``), unless a call was agreed on.
2. A reply stops the clock (``stop_reply_clock``).
3. A case must be closed within ``RESOLUTION``.

``bot.handoff.timers`` shows supervisors what was missed.
"""

from datetime import datetime, timedelta

from bot.handoff.models import HandoffCase
from i18n.calendar import add_office_time

FIRST_RESPONSE = timedelta(seconds=60)
NEXT_RESPONSE = timedelta(minutes=5)
RESOLUTION = timedelta(hours=6, minutes=30)
"""One working day of the office."""


def respond_by(moment: datetime) -> datetime:
    """Return when a case queued at ``moment`` must have its first answer."""
    return add_office_time(moment, FIRST_RESPONSE)


def resolve_by(moment: datetime) -> datetime:
    """Return when a case opened at ``moment`` must be closed."""
    return add_office_time(moment, RESOLUTION)


def start_reply_clock(case: HandoffCase, moment: datetime) -> None:
    """Let the person's wait begin; one that runs already goes on."""
    if case.reply_by is None:
        span = NEXT_RESPONSE if case.first_response_at else FIRST_RESPONSE
        case.reply_by = add_office_time(moment, span)


def stop_reply_clock(case: HandoffCase) -> None:
    """End the person's wait: they were answered, or the case is closed."""
    case.reply_by, case.escalated_at, case.waiting_since = None, None, None


def late_clocks(case: HandoffCase, moment: datetime) -> list[str]:
    """Return which clocks have run out: ``first_response`` or ``next_response``, ``resolution``."""
    found = []
    if case.reply_by is not None and case.reply_by < moment:
        found.append("next_response" if case.first_response_at else "first_response")
    if case.closed_at is None and case.resolve_by is not None and case.resolve_by < moment:
        found.append("resolution")
    return found
