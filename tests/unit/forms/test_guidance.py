"""Routing leads to the form, to another item, or to staff; never to a ruling."""

import pytest

from core.errors import InvalidInput, NotAvailable
from forms.guidance.service import GuidanceOutcome, GuidanceQuestion, guidance_step, read_choice
from forms.items.catalogue import items

ITEM = "cosmetic_filing"
DOMESTIC = {
    "special": "no",
    "kind": "cosmetic",
    "matter": "first",
    "origin": "domestic",
    "production": "self",
}


def test_questions_come_one_at_a_time_and_end_in_proceed() -> None:
    answers: dict[str, str] = {}
    for expected in ("special", "kind", "matter", "origin", "production", "new_ingredient"):
        step = guidance_step(ITEM, answers, "zh-CN")
        assert isinstance(step, GuidanceQuestion)
        assert step.key == expected
        assert step.basis
        answers[expected] = DOMESTIC.get(expected, "no")
    outcome = guidance_step(ITEM, answers, "zh-CN")
    assert isinstance(outcome, GuidanceOutcome)
    assert outcome.kind == "proceed"
    assert outcome.facts["production"] == "self"


def test_an_imported_product_is_not_asked_who_makes_it() -> None:
    step = guidance_step(ITEM, {**DOMESTIC, "origin": "import"} | {"production": "self"}, "en")
    assert isinstance(step, GuidanceQuestion)
    assert step.key == "new_ingredient"


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"special": "yes"}, "not_applicable"),
        ({"special": "unsure"}, "staff"),
        ({"special": "no", "kind": "toothpaste"}, "staff"),
        ({"special": "no", "kind": "soap"}, "not_applicable"),
        ({"special": "no", "kind": "cosmetic", "matter": "stop"}, "staff"),
    ],
)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_this_item_is_not_for_ends_with_the_provision(
    answers: dict[str, str], kind: str, locale: str
) -> None:
    outcome = guidance_step(ITEM, answers, locale)
    assert isinstance(outcome, GuidanceOutcome)
    assert outcome.kind == kind
    assert outcome.text
    assert outcome.basis


def test_a_choice_is_read_from_labels_synonyms_and_numbers() -> None:
    assert read_choice(ITEM, "origin", "国产的") == "domestic"
    assert read_choice(ITEM, "origin", "不是国产的") is None
    assert read_choice(ITEM, "origin", "国产") == "domestic"
    assert read_choice(ITEM, "origin", "In mainland China") == "domestic"
    assert read_choice(ITEM, "origin", "2") == "import"


def test_an_answer_that_is_no_option_is_refused() -> None:
    with pytest.raises(InvalidInput):
        guidance_step(ITEM, {"special": "sometimes"}, "zh-CN")


def test_an_unknown_item_is_not_available() -> None:
    with pytest.raises(NotAvailable):
        guidance_step("no_such_item", {}, "zh-CN")


def test_items_without_an_online_form_end_with_staff() -> None:
    for code, item in items().items():
        if item.form is None and not item.decision_points:
            outcome = guidance_step(code, {}, "zh-CN")
            assert isinstance(outcome, GuidanceOutcome)
            assert outcome.kind == "staff"
