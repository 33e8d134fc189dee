"""Statutory periods run on China's working days (行政许可法 第82条)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from i18n.calendar import (
    add_working_days,
    is_announced,
    is_office_open,
    is_working_day,
    next_opening,
    working_days_between,
)


def test_national_day_week_is_not_counted() -> None:
    # 2026-10-01 to 07 are free, 2026-10-10 (Saturday) is worked
    assert add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_a_shifted_saturday_is_a_working_day() -> None:
    assert is_working_day(date(2026, 10, 10))


def test_the_day_of_the_event_is_not_counted() -> None:
    assert add_working_days(date(2026, 11, 23), 1) == date(2026, 11, 24)


def test_years_without_an_announcement_are_marked() -> None:
    assert not is_announced(date(2031, 1, 1))
    assert is_working_day(date(2031, 1, 1))  # a Wednesday


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(0, 80))
def test_counting_undoes_adding(start: date, count: int) -> None:
    assert working_days_between(start, add_working_days(start, count)) == count


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 24, 10, 0, tzinfo=CHINA), True),
        (datetime(2026, 11, 24, 12, 30, tzinfo=CHINA), False),
        (datetime(2026, 11, 24, 16, 59, tzinfo=CHINA), True),
        (datetime(2026, 11, 22, 10, 0, tzinfo=CHINA), False),
    ],
)
def test_office_hours(moment: datetime, is_open: bool) -> None:
    assert is_office_open(moment) is is_open


def test_the_next_opening_after_friday_evening_is_monday_morning() -> None:
    friday = datetime(2026, 11, 20, 18, 0, tzinfo=CHINA)
    assert next_opening(friday) == datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)


def test_an_open_office_opens_now() -> None:
    moment = datetime(2026, 11, 24, 14, 0, tzinfo=CHINA)
    assert next_opening(moment) == moment
    assert next_opening(moment - timedelta(hours=1)).hour == 13
