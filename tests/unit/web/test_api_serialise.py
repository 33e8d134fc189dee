"""Views into JSON."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from core.errors import InvariantBroken
from forms.service import DocumentState, Submission
from web.api import serialise


class Colour(StrEnum):
    RED = "red"


def test_moments_are_told_in_chinas_time() -> None:
    assert serialise.to_json(datetime(2026, 5, 15, 1, 0, tzinfo=UTC)) == "2026-05-15T09:00:00.000+08:00"


def test_a_view_becomes_an_object_with_all_its_fields() -> None:
    moment = datetime(2026, 5, 15, tzinfo=UTC)
    body = serialise.submission(Submission("fil_1", "沪备2026000001", "code", moment))
    assert set(body) == {"filing_id", "filing_no", "receipt_code", "submitted_at", "is_repeat"}


def test_collections_dates_and_enumerations_become_plain() -> None:
    raw = {"a": (date(2026, 1, 2), Colour.RED), "b": frozenset({1})}
    assert serialise.to_json(raw) == {"a": ["2026-01-02", "red"], "b": [1]}


def test_what_is_no_view_is_refused_instead_of_told_in_part() -> None:
    with pytest.raises(InvariantBroken):
        serialise.to_json(object())


@pytest.mark.parametrize("ready", [True, False])
def test_a_document_is_told_without_its_path(ready: bool) -> None:
    state = DocumentState(ready, "/srv/secret/fil_1.pdf", "确认书.pdf")
    told = serialise.document_state(state, "fil_1", "zh-CN")
    assert "/srv" not in str(told)
    assert bool(told["href"]) is ready


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_why_a_document_is_missing_is_told_in_words(locale: str) -> None:
    state = DocumentState(False, "", "", "forms.document.fonts_missing")
    told = serialise.document_state(state, "fil_1", locale)["problem"]
    assert told["code"] == "forms.document.fonts_missing"
    assert told["message"] != told["code"]
