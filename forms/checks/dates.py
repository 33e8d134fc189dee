"""Checks of dates: terms of validity, renewal windows, periods within which something is to be reported.

Source: 行政许可法 第50、82条 (renewal; statutory periods count working days).
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from forms.checks.base import CheckContext, Finding
from forms.items.form import CheckSpec
from i18n.calendar import add_working_days, is_working_day
from i18n.service import format_date


def renewal_window(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """Renewal is applied for in its window before the end of validity in the field.

    ``opens`` and ``closes`` are spans before the end: ``{working_days: n}``, ``{days: n}`` or ``{months:
    n}``;
    without ``opens`` there is no earliest day.
    """
    key = spec.fields[0]
    end = date.fromisoformat(context.known[key])
    shown: dict[str, Any] = {"end": format_date(end, context.locale)}
    if end < context.today:
        return [Finding(key, "already_expired", shown)]
    closes = before(end, spec.params["closes"])
    opens = before(end, spec.params["opens"]) if "opens" in spec.params else None
    shown["closes"] = format_date(closes, context.locale)
    if opens is not None and context.today < opens:
        return [Finding(key, "renewal_too_early", {**shown, "opens": format_date(opens, context.locale)})]
    if context.today > closes:
        return [Finding(key, "renewal_too_late", shown)]
    return []


def before(end: date, span: dict[str, int]) -> date:
    """Return the day that lies a span before an end."""
    if "working_days" in span:
        return _working_days_before(end, span["working_days"])
    if "months" in span:
        return months_from(end, -span["months"])
    return end - timedelta(days=span["days"])


def after(start: date, span: dict[str, int]) -> date:
    """Return the last day of a span that begins after a day."""
    if "working_days" in span:
        return add_working_days(start, span["working_days"])
    if "months" in span:
        return months_from(start, span["months"])
    return start + timedelta(days=span["days"])


def _working_days_before(end: date, count: int) -> date:
    day, left = end, count
    while left > 0:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return day


def months_from(day: date, months: int) -> date:
    """Return the same day some months later or earlier, the month's last where it has no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def not_in_future(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The day has come."""
    key = spec.fields[0]
    day = date.fromisoformat(context.known[key])
    shown = {"day": format_date(day, context.locale)}
    return [Finding(key, "in_future", shown)] if day > context.today else []


def in_future(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The day has not passed."""
    key = spec.fields[0]
    day = date.fromisoformat(context.known[key])
    shown = {"day": format_date(day, context.locale)}
    return [Finding(key, "in_past", shown)] if day < context.today else []


def reported_within(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """What happened on the day in the field is reported within ``span`` of it."""
    key = spec.fields[0]
    day = date.fromisoformat(context.known[key])
    last = after(day, spec.params["span"])
    if context.today <= last:
        return []
    return [
        Finding(
            key,
            "reported_late",
            {"day": format_date(day, context.locale), "last": format_date(last, context.locale)},
        )
    ]


def date_order(spec: CheckSpec, context: CheckContext) -> list[Finding]:
    """The second field's day does not lie before the first one's."""
    first, second = (date.fromisoformat(context.known[key]) for key in spec.fields)
    if first <= second:
        return []
    return [
        Finding(
            spec.fields[1],
            "before_other",
            {"other": context.label(spec.fields[0]), "day": format_date(first, context.locale)},
        )
    ]
