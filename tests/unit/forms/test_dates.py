"""Days: terms, windows and periods as the law counts them, and dates as people write them."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forms.checks.base import CheckContext, Finding
from forms.checks.dates import (
    after,
    before,
    date_order,
    in_future,
    months_from,
    not_in_future,
    renewal_window,
    reported_within,
)
from forms.filing.dates import read_date
from forms.items.catalogue import item
from forms.items.form import CheckSpec
from forms.records.service import Records
from i18n.calendar import is_working_day, working_days_between
from i18n.service import translate

FORM = item("drug_prod_licence").form
assert FORM is not None
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
ANNOUNCED = st.dates(date(2010, 1, 1), date(2026, 12, 31))
WORKING_DAYS, MONTHS, PLAIN_DAYS = "working_days", "months", "days"
FULL_WIDTH = {ord("0") + n: 0xFF10 + n for n in range(10)}


def _context(today: date, locale: str = "zh-CN", **known: str) -> CheckContext:
    return CheckContext(
        form=cast(Any, FORM),
        known=known,
        facts={},
        enterprise_id="-",
        records=Records(cast(Any, None), "-", today),
        licences=(),
        recorded=frozenset(),
        texts={},
        family=(),
        today=today,
        locale=locale,
    )


def _spec(check: str, *fields: str, **params: Any) -> CheckSpec:
    return CheckSpec(check=check, fields=list(fields), params=params, verified=False)


def _renewal(today: date, end: date, **spans: dict[str, int]) -> list[str]:
    spec = _spec("renewal_window", "valid_to", **spans)
    return [found.code for found in renewal_window(spec, _context(today, valid_to=end.isoformat()))]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-08-31", -6, "2026-02-28"),
        ("2028-08-31", -6, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day: str, months: int, expected: str) -> None:
    assert months_from(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(DAYS, st.integers(-240, 240))
def test_any_number_of_months_keeps_the_day_where_the_month_has_it(day: date, months: int) -> None:
    moved = months_from(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, monthrange(moved.year, moved.month)[1])


@given(DAYS, st.integers(0, 240))
def test_going_back_and_forth_by_months_loses_only_the_days_that_a_month_lacks(
    day: date, months: int
) -> None:
    again = months_from(months_from(day, -months), months)
    assert (again.year, again.month) == (day.year, day.month)
    assert again == day or (again < day and day.day > 28)


@pytest.mark.parametrize(
    ("end", "span", "expected"),
    [
        ("2026-11-25", {PLAIN_DAYS: 30}, "2026-10-26"),
        ("2026-11-25", {PLAIN_DAYS: 0}, "2026-11-25"),
        ("2026-08-31", {MONTHS: 6}, "2026-02-28"),
        ("2025-10-09", {WORKING_DAYS: 1}, "2025-09-30"),
        ("2025-10-09", {WORKING_DAYS: 3}, "2025-09-28"),
        ("2025-10-13", {WORKING_DAYS: 1}, "2025-10-11"),
        ("2025-10-05", {WORKING_DAYS: 1}, "2025-09-30"),
        ("2026-10-08", {WORKING_DAYS: 1}, "2026-09-30"),
        ("2026-09-28", {WORKING_DAYS: 1}, "2026-09-24"),
        ("2026-10-08", {WORKING_DAYS: 0}, "2026-10-08"),
    ],
)
def test_the_day_before_an_end_passes_over_the_national_day_holiday(
    end: str, span: dict[str, int], expected: str
) -> None:
    assert before(date.fromisoformat(end), span) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        ("2026-11-25", {PLAIN_DAYS: 30}, "2026-12-25"),
        ("2026-12-31", {MONTHS: 2}, "2027-02-28"),
        ("2025-09-30", {WORKING_DAYS: 1}, "2025-10-09"),
        ("2025-09-26", {WORKING_DAYS: 1}, "2025-09-28"),
        ("2025-10-10", {WORKING_DAYS: 1}, "2025-10-11"),
        ("2025-10-03", {WORKING_DAYS: 2}, "2025-10-10"),
        ("2026-09-30", {WORKING_DAYS: 3}, "2026-10-10"),
        ("2026-09-19", {WORKING_DAYS: 1}, "2026-09-20"),
        ("2026-09-30", {WORKING_DAYS: 0}, "2026-09-30"),
    ],
)
def test_a_period_after_a_day_passes_over_the_national_day_holiday(
    start: str, span: dict[str, int], expected: str
) -> None:
    assert after(date.fromisoformat(start), span) == date.fromisoformat(expected)


@given(ANNOUNCED, st.integers(1, 120))
def test_so_many_working_days_lie_between_the_window_and_the_end(end: date, count: int) -> None:
    day = before(end, {WORKING_DAYS: count})
    assert is_working_day(day)
    assert working_days_between(day - timedelta(days=1), end - timedelta(days=1)) == count


@given(ANNOUNCED, st.integers(1, 120))
def test_so_many_working_days_lie_within_a_period(start: date, count: int) -> None:
    last = after(start, {WORKING_DAYS: count})
    assert is_working_day(last)
    assert working_days_between(start, last) == count


@given(ANNOUNCED, st.integers(1, 120))
def test_counting_working_days_back_from_the_end_of_a_period_finds_its_start(start: date, count: int) -> None:
    assume(is_working_day(start))
    assert before(after(start, {WORKING_DAYS: count}), {WORKING_DAYS: count}) == start


@given(st.dates(date(2090, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_far_years_without_announced_holidays_count_weekdays(end: date, count: int) -> None:
    day = before(end, {WORKING_DAYS: count})
    between = [day + timedelta(days=n) for n in range((end - day).days)]
    assert sum(one.weekday() < 5 for one in between) == count


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-02-27", ["renewal_too_early"]),
        ("2026-02-28", []),
        ("2026-06-30", []),
        ("2026-07-01", ["renewal_too_late"]),
        ("2026-08-31", ["renewal_too_late"]),
        ("2026-09-01", ["already_expired"]),
    ],
)
def test_a_window_in_months_opens_and_closes_on_its_days(today: str, expected: list[str]) -> None:
    spans = {"opens": {MONTHS: 6}, "closes": {MONTHS: 2}}
    assert _renewal(date.fromisoformat(today), date(2026, 8, 31), **spans) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2025-09-27", ["renewal_too_early"]),
        ("2025-09-28", []),
        ("2025-10-08", []),
        ("2025-10-09", []),
        ("2025-10-10", ["renewal_too_late"]),
        ("2025-10-11", ["renewal_too_late"]),
        ("2025-10-12", ["already_expired"]),
    ],
)
def test_a_window_in_working_days_reaches_over_the_holiday(today: str, expected: list[str]) -> None:
    spans = {"opens": {WORKING_DAYS: 5}, "closes": {WORKING_DAYS: 2}}
    assert _renewal(date.fromisoformat(today), date(2025, 10, 11), **spans) == expected


def test_without_an_opening_there_is_no_earliest_day() -> None:
    assert _renewal(date(2000, 1, 1), date(2026, 8, 31), closes={MONTHS: 6}) == []
    assert _renewal(date(2026, 3, 1), date(2026, 8, 31), closes={MONTHS: 6}) == ["renewal_too_late"]


def test_a_window_of_no_days_closes_with_the_term() -> None:
    assert _renewal(date(2026, 8, 31), date(2026, 8, 31), closes={PLAIN_DAYS: 0}) == []
    assert _renewal(date(2026, 9, 1), date(2026, 8, 31), closes={PLAIN_DAYS: 0}) == ["already_expired"]


UNITS = st.sampled_from([WORKING_DAYS, MONTHS, PLAIN_DAYS])


@given(ANNOUNCED, st.integers(-400, 60), UNITS, st.integers(1, 9), st.integers(10, 20))
def test_every_day_is_before_within_or_after_the_window(
    end: date, distance: int, unit: str, closes: int, opens: int
) -> None:
    today = end + timedelta(days=distance)
    found = _renewal(today, end, opens={unit: opens}, closes={unit: closes})
    expected = {
        "already_expired": today > end,
        "renewal_too_late": before(end, {unit: closes}) < today <= end,
        "renewal_too_early": today < before(end, {unit: opens}),
    }
    assert found == [code for code, applies in expected.items() if applies]


@pytest.mark.parametrize(
    ("code", "opens", "closes"),
    [
        ("drug_prod_licence", None, {MONTHS: 6}),
        ("drug_change", None, {MONTHS: 6}),
        ("drug_dist_retail", {MONTHS: 6}, {PLAIN_DAYS: 0}),
        ("drug_dist_wholesale", {MONTHS: 6}, {PLAIN_DAYS: 0}),
        ("device2_reg_renewal", None, {MONTHS: 6}),
        ("device_prod_licence", {WORKING_DAYS: 90}, {WORKING_DAYS: 30}),
        ("device_dist_class3_licence", {WORKING_DAYS: 90}, {WORKING_DAYS: 30}),
        ("cosmetic_prod_licence", {WORKING_DAYS: 90}, {WORKING_DAYS: 30}),
    ],
)
def test_the_shipped_windows_are_those_of_the_law(
    code: str, opens: dict[str, int] | None, closes: dict[str, int]
) -> None:
    form = item(code).form
    assert form is not None
    windows = [spec for spec in form.checks if spec.check == "renewal_window"]
    assert [(spec.params.get("opens"), spec.params["closes"]) for spec in windows] == [(opens, closes)]
    assert all(spec.source for spec in windows)


@pytest.mark.parametrize(
    ("offset", "future", "past"), [(-1, [], ["in_past"]), (0, [], []), (1, ["in_future"], [])]
)
def test_today_is_neither_past_nor_future(offset: int, future: list[str], past: list[str]) -> None:
    today = date(2026, 11, 25)
    context = _context(today, change_date=(today + timedelta(days=offset)).isoformat())
    assert [f.code for f in not_in_future(_spec("not_in_future", "change_date"), context)] == future
    assert [f.code for f in in_future(_spec("in_future", "change_date"), context)] == past


@pytest.mark.parametrize(("today", "late"), [("2025-10-16", False), ("2025-10-17", True)])
def test_a_report_within_ten_working_days_has_the_holiday_in_addition(today: str, late: bool) -> None:
    spec = _spec("reported_within", "change_date", span={WORKING_DAYS: 10})
    found = reported_within(spec, _context(date.fromisoformat(today), change_date="2025-09-26"))
    assert [one.code for one in found] == (["reported_late"] if late else [])


@pytest.mark.parametrize(
    ("first", "second", "is_wrong"),
    [
        ("2026-01-02", "2026-01-01", True),
        ("2026-01-01", "2026-01-01", False),
        ("2026-01-01", "2027-01-01", False),
    ],
)
def test_the_second_day_may_not_lie_before_the_first(first: str, second: str, is_wrong: bool) -> None:
    context = _context(date(2026, 11, 25), change_date=first, valid_to=second)
    found = date_order(_spec("date_order", "change_date", "valid_to"), context)
    assert [one.field for one in found] == (["valid_to"] if is_wrong else [])


@pytest.mark.parametrize(("locale", "written"), [("zh-CN", "2026年8月31日"), ("en", "August 31, 2026")])
def test_a_finding_writes_its_days_as_the_language_does(locale: str, written: str) -> None:
    spans = {"opens": {MONTHS: 6}, "closes": {MONTHS: 2}}
    spec = _spec("renewal_window", "valid_to", **spans)
    found: list[Finding] = []
    for today in (date(2026, 1, 1), date(2026, 8, 1), date(2026, 9, 1)):
        found += renewal_window(spec, _context(today, locale, valid_to="2026-08-31"))
    assert [one.code for one in found] == ["renewal_too_early", "renewal_too_late", "already_expired"]
    for one in found:
        assert one.params["end"] == written
        for part in ("deficiency", "fix"):
            assert translate(f"forms.{part}.{one.code}", locale, field="F", **one.params)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-05",
        "2026-11-5",
        "2026/11/05",
        "2026.11.5",
        "2026年11月5日",
        "2026 年 11 月 5 日",
        "2026年11月5",
        "２０２６年１１月５日",
        "20261105",
        "  2026-11-05\n",
        "5 November 2026",
        "05 Nov 2026",
        "November 5, 2026",
        "nov 5, 2026",
        "NOVEMBER 5 2026",
    ],
)
def test_a_date_is_read_however_people_write_it(typed: str) -> None:
    assert read_date(typed) == "2026-11-05"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "明天",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-11-31",
        "0000-01-01",
        "26-11-05",
        "2026-11",
        "2026",
        "5/11/2026",
        "2026-11-05T00:00",
        "2026-11-05 至 2027-11-05",
        "2026-W45-4",
        "31 November 2026",
        "5 Brumaire 2026",
        "9" * 10_000,
    ],
)
def test_what_is_no_date_or_does_not_exist_is_not_read(typed: str) -> None:
    assert read_date(typed) is None


STYLES = (
    "{0.year:04d}-{0.month:02d}-{0.day:02d}",
    "{0.year:04d}/{0.month}/{0.day}",
    "{0.year:04d}.{0.month}.{0.day}",
    "{0.year:04d}年{0.month}月{0.day}日",
    "{0.year:04d}{0.month:02d}{0.day:02d}",
    "{0:%d %B %Y}",
    "{0:%b %d, %Y}",
)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(STYLES), st.booleans())
def test_every_date_is_read_in_every_style(day: date, style: str, is_full_width: bool) -> None:
    written = style.format(day)
    assert read_date(written.translate(FULL_WIDTH) if is_full_width else written) == day.isoformat()


@given(st.one_of(st.text(max_size=40), st.text("0123456789-/.年月日 ", max_size=14)))
def test_any_text_gives_a_real_date_or_none(typed: str) -> None:
    found = read_date(typed)
    assert found is None or date.fromisoformat(found).isoformat() == found
