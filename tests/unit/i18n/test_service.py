"""Locale negotiation and message look-up."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvariantBroken
from i18n.service import (
    format_date,
    format_moment,
    locales,
    negotiate_locale,
    normalise_locale,
    placeholders,
    translate,
)


@pytest.mark.parametrize(
    ("preferred", "locale"),
    [
        (["en-GB", "zh"], "en"),
        (["zh-Hant-TW"], "zh-Hant"),
        (["fr", "en;q=0.3"], "en"),
        (["fr"], "zh-CN"),
        ([], "zh-CN"),
        (["ZH_cn"], "zh-CN"),
    ],
)
def test_the_first_language_we_speak_is_taken(preferred: list[str], locale: str) -> None:
    assert negotiate_locale(preferred) == locale


@given(st.lists(st.text(max_size=12), max_size=5))
def test_negotiation_always_ends_in_a_supported_locale(tags: list[str]) -> None:
    assert negotiate_locale(tags) in locales()


@given(st.text(max_size=20))
def test_any_spelling_of_a_locale_is_normalised(tag: str) -> None:
    assert normalise_locale(tag) in locales()


def test_placeholders_are_filled() -> None:
    assert "42" in translate("core.account_locked", "zh-CN", retry_after_s=42)


def test_a_missing_placeholder_value_is_our_bug() -> None:
    with pytest.raises(InvariantBroken) as caught:
        translate("core.account_locked", "en")
    assert caught.value.code == "core.message_parameter_missing"


def test_an_unknown_code_is_our_bug() -> None:
    with pytest.raises(InvariantBroken):
        translate("core.no_such_message", "en")


def test_placeholders_of_a_text_are_named() -> None:
    assert placeholders("{a} and {b}") == {"a", "b"}


def test_dates_are_written_as_the_locale_does() -> None:
    assert format_date(date(2026, 5, 15), "zh-CN") == "2026年5月15日"
    assert format_date(date(2026, 5, 15), "en") == "May 15, 2026"


def test_moments_are_shown_in_chinese_time() -> None:
    assert format_moment(datetime(2026, 1, 1, 16, 30, tzinfo=UTC), "en") == "Jan 2, 2026 00:30"
