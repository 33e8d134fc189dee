"""A wish in a person's own words leads to the right item and operation in at most three questions."""

from collections import Counter

import pytest

from forms.guidance.service import answers_for
from forms.guidance.wishes import COVERED, MOST_OFFERED, read_wish, settle
from forms.items.catalogue import items
from training.evaluate.wishes import MOST_QUESTIONS, cases, follow
from training.wishes.__main__ import written
from training.wishes.formal import formal

FLOOR = 0.93


def test_the_wishes_cover_every_item_and_were_not_trained_on() -> None:
    found = cases()
    assert len(found) >= 150
    assert {one.item for one in found} == set(items())
    assert Counter(one.half for one in found) == {"A": 110, "B": 110}
    trained = {one.text for one in written()} | {text for _, _, text in formal()}
    assert not {one.text for one in found} & trained


@pytest.mark.parametrize("half", ["A", "B"])
def test_wishes_are_reached_in_at_most_three_questions(half: str) -> None:
    outcomes = [follow(case) for case in cases() if case.half == half]
    assert sum(one.is_reached for one in outcomes) / len(outcomes) >= FLOOR
    assert max(one.questions for one in outcomes) <= MOST_QUESTIONS


OFFICIAL = {
    "zh": {
        "initial": ("{name}申领", "头一次办{name}"),
        "change": ("我要办理{name}的变更", "{name}要变更了"),
        "renewal": ("我要办理{name}的延续", "{name}快到期了要延续"),
        "replacement": ("我要办理{name}的补发", "{name}丢了想补发"),
        "cancellation": ("我要办理{name}的注销", "{name}不要了，注销"),
    },
    "en": {
        "initial": ("I want to apply for the first issue of {name}",),
        "change": ("I want to change {name}",),
        "renewal": ("our {name} expires, we want its renewal",),
        "replacement": ("we lost {name} and want a replacement",),
        "cancellation": ("I want to cancel {name}",),
    },
}


def test_official_names_with_an_operation_are_nearly_always_understood_at_once() -> None:
    told = []
    for item in items().values():
        for language, said in OFFICIAL.items():
            name = item.name.zh if language == "zh" else item.name.en
            for operation in item.operations:
                for shape in said[operation]:
                    wish = read_wish(shape.format(name=name))
                    assert wish is not None
                    settled = settle(wish)
                    assert settled.item_code in ("", item.code), shape
                    told.append((settled.item_code, settled.operation) == (item.code, operation))
    assert sum(told) / len(told) >= FLOOR


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
