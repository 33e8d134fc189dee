"""When a person is told: digests, quiet hours, what is urgent; stages of a certificate's term."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notices.reminders import stage_of
from bot.notices.rhythm import RHYTHMS, due_at, is_quiet
from core.clock import CHINA
from forms.filing.holding import CertificateTerm


@dataclass
class Wish:
    rhythm: str = "at_once"
    quiet_from: int = 0
    quiet_to: int = 0


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("wish", "moment", "due"),
    [
        (Wish(), "2026-05-20 10:15", "2026-05-20 10:15"),
        (Wish(quiet_from=21, quiet_to=8), "2026-05-20 22:15", "2026-05-21 08:00"),
        (Wish(quiet_from=21, quiet_to=8), "2026-05-20 03:15", "2026-05-20 08:00"),
        (Wish(quiet_from=12, quiet_to=14), "2026-05-20 13:59", "2026-05-20 14:00"),
        (Wish("daily"), "2026-05-20 08:59", "2026-05-20 09:00"),
        (Wish("daily"), "2026-05-20 09:00", "2026-05-21 09:00"),
        (Wish("daily", 21, 10), "2026-05-20 12:00", "2026-05-21 10:00"),
        (Wish("weekly"), "2026-05-20 12:00", "2026-05-25 09:00"),
        (Wish("weekly"), "2026-05-25 09:30", "2026-06-01 09:00"),
    ],
)
def test_a_person_is_told_at_the_first_fit_moment(wish: Wish, moment: str, due: str) -> None:
    assert due_at(wish, china(moment), is_urgent=False) == china(due)


def test_what_is_urgent_waits_for_nothing() -> None:
    moment = china("2026-05-20 23:00")
    assert due_at(Wish("weekly", 21, 8), moment, is_urgent=True) == moment


@given(
    st.sampled_from(RHYTHMS),
    st.integers(0, 23),
    st.integers(0, 23),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_nobody_is_told_in_quiet_hours_or_before_there_is_something(
    rhythm: str, quiet_from: int, quiet_to: int, moment: datetime
) -> None:
    due = due_at(Wish(rhythm, quiet_from, quiet_to), moment, is_urgent=False)
    assert moment <= due <= moment + timedelta(days=9)
    assert not is_quiet(due.astimezone(CHINA).hour, quiet_from, quiet_to)


def term(**more: date | None) -> CertificateTerm:
    days: dict[str, date | None] = {"expires_on": date(2027, 1, 1), "renew_from": None, "renew_until": None}
    return CertificateTerm("rec", "ent", "1", {"zh-CN": "证", "en": "c"}, **{**days, **more}, renewal_item="")  # type: ignore[arg-type]


WINDOW = {"renew_from": date(2026, 7, 1), "renew_until": date(2026, 11, 1)}


@pytest.mark.parametrize(
    ("certificate", "today", "stage"),
    [
        (term(), date(2026, 10, 1), None),
        (term(), date(2026, 10, 3), "quarter"),
        (term(), date(2026, 12, 2), "month"),
        (term(), date(2026, 12, 25), "week"),
        (term(), date(2027, 1, 1), "week"),
        (term(), date(2027, 1, 2), None),
        (term(**WINDOW), date(2026, 6, 30), None),
        (term(**WINDOW), date(2026, 7, 1), "opens"),
        (term(**WINDOW), date(2026, 10, 2), "month"),
        (term(**WINDOW), date(2026, 10, 25), "week"),
        (term(**WINDOW), date(2026, 11, 2), "late"),
        (term(**WINDOW), date(2027, 1, 2), None),
        (term(renew_until=date(2026, 11, 1)), date(2026, 8, 4), "quarter"),
    ],
)
def test_a_term_reaches_its_stages(certificate: CertificateTerm, today: date, stage: str | None) -> None:
    found = stage_of(certificate, today)
    assert (found.stage if found else None) == stage
