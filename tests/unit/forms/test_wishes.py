"""A wish in a person's own words leads to the right item and operation in at most three questions."""

from collections import Counter

import pytest

from forms.guidance.service import answers_for
from forms.guidance.wishes import COVERED, MOST_OFFERED, read_wish, settle
from forms.items.catalogue import items
from training.evaluate.wishes import MOST_QUESTIONS, cases, follow
from training.wishes.__main__ import written

FLOOR = 0.93


def test_the_wishes_cover_every_item_and_were_not_trained_on() -> None:
    found = cases()
    assert len(found) >= 150
    assert {one.item for one in found} == set(items())
    assert Counter(one.half for one in found) == {"A": 110, "B": 110}
    assert not {one.text for one in found} & {one.text for one in written()}


@pytest.mark.parametrize("half", ["A", "B"])
def test_wishes_are_reached_in_at_most_three_questions(half: str) -> None:
    outcomes = [follow(case) for case in cases() if case.half == half]
    assert sum(one.is_reached for one in outcomes) / len(outcomes) >= FLOOR
    assert max(one.questions for one in outcomes) <= MOST_QUESTIONS


def test_what_is_not_sure_is_asked_with_a_few_items_to_choose_from() -> None:
    wish = read_wish("想办个证")
    assert wish is not None
    settled = settle(wish)
    assert settled.item_code == ""
    assert 2 <= len(settled.offered) <= MOST_OFFERED
    told = dict(wish.items)
    assert len(settled.offered) == MOST_OFFERED or sum(told[c] for c in settled.offered) >= COVERED


def test_too_short_a_text_tells_nothing() -> None:
    assert read_wish("") is None


@pytest.mark.parametrize("code", sorted(items()))
def test_an_operation_answers_the_question_that_it_settles(code: str) -> None:
    for operation in items()[code].operations_known:
        for key, value in answers_for(code, operation).items():
            point = next(one for one in items()[code].decision_points if one.key == key)
            assert value in {option.value for option in point.options}
    assert answers_for(code, "") == {}
