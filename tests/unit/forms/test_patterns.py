"""Identifiers: a single wrong character is found."""

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from forms.items.patterns import matches, pattern_names
from forms.sandbox.identifiers import make_id_number, make_uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TODAY = date(2026, 11, 25)


@given(st.integers(0, 10**6), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_credit_code_with_one_character_changed_is_refused(seed: int, place: int, other: str) -> None:
    code = make_uscc(Random(seed), "310115")
    assert matches("uscc", code)
    changed = code[:place] + other + code[place + 1 :]
    assert changed == code or not matches("uscc", changed)


@given(st.integers(0, 10**6), st.integers(0, 17), st.sampled_from("0123456789"))
def test_an_identity_number_with_one_digit_changed_is_refused(seed: int, place: int, other: str) -> None:
    number = make_id_number(Random(seed), "310115", TODAY)
    assert matches("id_cn", number)
    changed = number[:place] + other + number[place + 1 :]
    assert changed == number or not matches("id_cn", changed)


def test_filing_numbers_of_all_three_origins_are_known() -> None:
    for number in ("沪G妆网备字2026000001", "国妆网备进字（沪）2026000001", "国妆网备制字（粤）2026000002"):
        assert matches("cosmetic_filing_no", number)
    assert not matches("cosmetic_filing_no", "粤妆20160012")


def test_no_pattern_matches_an_empty_text() -> None:
    assert [name for name in pattern_names() if matches(name, "")] == []
