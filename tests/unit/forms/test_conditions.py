"""Conditions: each kind over single values, lists, yes and no, and what is not known yet."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forms.filing.conditions import holds, may_hold
from forms.items.basics import Condition

NOTHING: tuple[Any, ...] = (None, "", [], {})
IS_IN: dict[str, Any] = {"is_in": ["a", "b"]}
NOT_IN: dict[str, Any] = {"not_in": ["a", "b"]}
ONLY: dict[str, Any] = {"only": ["a", "b"]}
KINDS: list[dict[str, Any]] = [
    IS_IN,
    NOT_IN,
    ONLY,
    {"differs_from": "other"},
    {"equals": "other"},
    {"is_filled": True},
]


def _holds(test: dict[str, Any], **known: Any) -> bool:
    return holds([Condition(key="key", **test)], known)


@pytest.mark.parametrize(
    ("value", "is_in", "not_in", "only"),
    [
        ("a", True, False, True),
        ("c", False, True, False),
        (["a"], True, False, True),
        (["a", "c"], True, False, False),
        (["a", "b"], True, False, True),
        (["c"], False, True, False),
        ([], False, True, False),
        (None, False, False, False),
        (5, False, True, False),
        ([{"name": "a"}], False, True, False),
        ({"name": "a"}, False, True, False),
    ],
)
def test_a_value_is_among_not_among_or_only_among_the_named(
    value: Any, is_in: bool, not_in: bool, only: bool
) -> None:
    assert (_holds(IS_IN, key=value), _holds(NOT_IN, key=value), _holds(ONLY, key=value)) == (
        is_in,
        not_in,
        only,
    )


@pytest.mark.parametrize(
    ("value", "named", "expected"), [(True, "yes", True), (False, "no", True), (True, "no", False)]
)
def test_a_yes_or_no_reads_as_a_word(value: bool, named: str, expected: bool) -> None:
    assert _holds({"is_in": [named]}, key=value) is expected
    assert _holds({"only": [named]}, key=value) is expected
    assert _holds({"not_in": [named]}, key=value) is not expected


@pytest.mark.parametrize(
    ("known", "differs", "equals"),
    [
        ({"key": "x", "other": "y"}, True, False),
        ({"key": "x", "other": "x"}, False, True),
        ({"key": ["x", "y"], "other": ["x", "y"]}, False, True),
        ({"key": False, "other": True}, True, False),
        ({"other": "x"}, False, False),
        ({"key": None, "other": None}, False, False),
        ({}, False, False),
    ],
)
def test_a_value_differs_from_or_equals_another_field(
    known: dict[str, Any], differs: bool, equals: bool
) -> None:
    assert _holds({"differs_from": "other"}, **known) is differs
    assert _holds({"equals": "other"}, **known) is equals


def test_a_value_differs_from_one_that_is_missing() -> None:
    assert _holds({"differs_from": "other"}, key="x")


@pytest.mark.parametrize("value", [*NOTHING, "x", 0, False, ["x"], {"a": ""}])
def test_filled_and_empty_are_opposites_and_no_is_an_answer(value: Any) -> None:
    is_filled = value not in NOTHING or value is False or value == 0
    assert _holds({"is_filled": True}, key=value) is is_filled
    assert _holds({"is_filled": False}, key=value) is not is_filled


def test_a_key_that_nobody_answered_is_empty() -> None:
    assert _holds({"is_filled": False})
    assert not _holds({"is_filled": True})


def test_all_conditions_must_hold_and_none_is_always_met() -> None:
    first, second = Condition(key="a", is_in=["x"]), Condition(key="b", is_in=["y"])
    assert holds([], {})
    assert holds([first, second], {"a": "x", "b": "y"})
    assert not holds([first, second], {"a": "x", "b": "z"})
    assert not holds([first, second], {"a": "x"})


@pytest.mark.parametrize("test", [*KINDS, {"is_filled": False}], ids=str)
def test_what_is_not_known_yet_may_still_hold(test: dict[str, Any]) -> None:
    assert may_hold([Condition(key="key", **test)], {})
    assert may_hold([Condition(key="key", **test)], {"key": None})


def test_one_contradiction_is_enough_beside_what_is_open() -> None:
    conditions = [Condition(key="a", is_in=["x"]), Condition(key="b", is_in=["y"])]
    assert may_hold(conditions, {"a": "x"})
    assert not may_hold(conditions, {"a": "z"})
    assert not may_hold(conditions, {"b": "z"})


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(["", "a", "b", "c"]),
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
    st.dictionaries(st.sampled_from(["name"]), st.text(max_size=3), max_size=1),
    st.lists(st.dictionaries(st.just("name"), st.text(max_size=3)), max_size=2),
)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["key", "other"]), VALUES))
def test_what_holds_may_hold_and_what_is_known_is_decided(
    test: dict[str, Any], known: dict[str, Any]
) -> None:
    condition = [Condition(key="key", **test)]
    assert may_hold(condition, known) or not holds(condition, known)
    if known.get("key") is not None:
        assert may_hold(condition, known) == holds(condition, known)


@given(VALUES)
def test_a_known_value_is_either_in_or_not_in(value: Any) -> None:
    assert (_holds(IS_IN, key=value) ^ _holds(NOT_IN, key=value)) is (value is not None)


@pytest.mark.parametrize(
    "tests",
    [{}, {"is_in": ["a"], "not_in": ["b"]}, {"equals": "x", "differs_from": "x"}, {"is_like": "a"}],
    ids=str,
)
def test_a_condition_makes_exactly_one_known_test(tests: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate({"key": "key", **tests})
