"""China's working days and office hours.

Statutory periods of the Licensing Law run on working days (行政许可法 82). Holidays and shifted
working days are those that the State Council announces, as kept by the ``chinesecalendar`` package; for
years that it does not hold yet, Saturdays and Sundays are taken as free and ``is_announced`` says so.

Source: 行政许可法 第82条; 国务院办公厅 yearly holiday notices (through ``chinesecalendar``).
"""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from core.clock import CHINA

OPENS, LUNCH_FROM, LUNCH_TO, CLOSES = time(9), time(12), time(13, 30), time(17)


def is_announced(day: date) -> bool:
    """Whether the holidays of that year are known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether offices work on that day."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_working_days(start: date, count: int) -> date:
    """Return the last day of a period of ``count`` working days; the day of the event is not counted."""
    day, left = start, count
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to and including ``end``; negative if ``end`` is earlier."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def is_office_open(moment: datetime) -> bool:
    """Whether staff are at their desks (09:00–12:00 and 13:30–17:00 on working days, China's time)."""
    local = moment.astimezone(CHINA)
    clock = local.time()
    return is_working_day(local.date()) and (OPENS <= clock < LUNCH_FROM or LUNCH_TO <= clock < CLOSES)


def next_opening(moment: datetime) -> datetime:
    """Return the next moment at which the office opens, or ``moment`` itself if it is open."""
    if is_office_open(moment):
        return moment
    local = moment.astimezone(CHINA)
    day = local.date()
    while True:
        for opening in (OPENS, LUNCH_TO):
            candidate = datetime.combine(day, opening, CHINA)
            if candidate > local and is_working_day(day):
                return candidate
        day += timedelta(days=1)


def next_closing(moment: datetime) -> datetime:
    """Return when the office closes next, for lunch or for the day; ``moment`` lies in opening hours."""
    local = moment.astimezone(CHINA)
    return datetime.combine(local.date(), LUNCH_FROM if local.time() < LUNCH_FROM else CLOSES, CHINA)


def half_day_ends(moment: datetime, *, is_morning: bool) -> datetime:
    """Return the next end of a morning's or an afternoon's opening hours after ``moment``."""
    local, closing = moment.astimezone(CHINA), LUNCH_FROM if is_morning else CLOSES
    day = local.date()
    while not is_working_day(day) or datetime.combine(day, closing, CHINA) <= local:
        day += timedelta(days=1)
    return datetime.combine(day, closing, CHINA)


def add_office_time(moment: datetime, span: timedelta) -> datetime:
    """Return the moment at which ``span`` of opening hours has passed since ``moment``."""
    start, left = next_opening(moment), span
    while True:
        closing = next_closing(start)
        if start + left <= closing:
            return start + left
        left -= closing - start
        start = next_opening(closing)
