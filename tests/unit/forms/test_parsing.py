"""What people type becomes a stored value, or a reason that says what to do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse, read_yes_no
from forms.items.catalogue import item
from forms.items.form import FieldDefinition
from i18n.service import translate

FORM = item("cosmetic_filing").form
assert FORM is not None
FIELDS = {field.key: field for field in FORM.fields}


def _field(key: str) -> FieldDefinition:
    return FIELDS[key]


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("product_name_zh", "  清润保湿\u200b面霜 ", "清润保湿面霜"),
        ("uscc", "９１３１０１１５ＭＡ１Ｋ３ＹＨ６２３", Rejected),
        ("prod_licence_no", "粤妆 2016 0012", "粤妆20160012"),
        ("contact_mobile", "138 0013 8000", "13800138000"),
        ("origin", "境内", "domestic"),
        ("origin", "Domestic", "domestic"),
        ("origin", "2", "import"),
        ("efficacy", "保湿，滋养", ["11", "07"]),
        ("efficacy", "moisturising and nourishing", ["11", "07"]),
        ("efficacy", ["11", "11"], ["11"]),
        ("region_code", "３１０１１５", "310115"),
        (
            "new_ingredient_no",
            "国妆原备字20240012、国妆原备字20240013",
            ["国妆原备字20240012", "国妆原备字20240013"],
        ),
    ],
)
def test_typed_words_are_read_as_the_value_that_is_meant(key: str, typed: object, stored: Any) -> None:
    found = parse(_field(key), typed, "zh-CN")
    if stored is Rejected:
        assert isinstance(found, Rejected)
    else:
        assert found == stored


def test_a_table_is_read_line_by_line_with_its_heading_passed_over() -> None:
    typed = "原料名称 | 含量（%） | 使用目的\n水 | 92.5 | 溶剂\n甘油 | 7.5% | 保湿剂"
    assert parse(_field("formula"), typed, "zh-CN") == [
        {"ingredient": "水", "percent": "92.5", "purpose": "溶剂", "safety_code": ""},
        {"ingredient": "甘油", "percent": "7.5", "purpose": "保湿剂", "safety_code": ""},
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "名称：甲公司；生产地址：上海市浦东新区一路1号",
        "生产地址: 上海市浦东新区一路1号\n名称: 甲公司",
        "甲公司 | 上海市浦东新区一路1号",
        '{"name": "甲公司", "address": "上海市浦东新区一路1号"}',
    ],
)
def test_an_object_may_be_typed_in_any_of_the_ways_that_are_offered(typed: str) -> None:
    expected = {"name": "甲公司", "address": "上海市浦东新区一路1号"}
    assert parse(_field("manufacturer"), typed, "zh-CN") == expected


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("product_name_zh", ""),
        ("product_name_zh", "\u200b\u200b"),
        ("product_name_zh", "😀😀😀"),
        ("product_name_zh", "面" * 100_000),
        ("uscc", "91310115MA1K3YH62X"),
        ("legal_rep_id", "110105194912310021"),
        ("contact_mobile", "12345"),
        ("origin", "月球"),
        ("region_code", "999999"),
        ("formula", "水"),
        ("qs_officer", "张三"),
        ("label", "附件"),
        ("efficacy", "美白"),
    ],
)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_cannot_be_taken_is_refused_with_words_in_the_persons_language(
    key: str, typed: str, locale: str
) -> None:
    found = parse(_field(key), typed, locale)
    assert isinstance(found, Rejected)
    assert len(translate(found.code, locale, **found.params)) > 5


@given(st.text(max_size=300))
def test_no_text_makes_reading_a_field_crash(typed: str) -> None:
    for field in FIELDS.values():
        found = parse(field, typed, "zh-CN")
        assert found is not None


@pytest.mark.parametrize("word", ["是", "是的", "yes", "Yes.", "对", "y"])
def test_yes_is_understood_in_both_languages(word: str) -> None:
    assert read_yes_no(word) is True


@pytest.mark.parametrize("word", ["否", "不是", "no", "No!"])
def test_no_is_understood_in_both_languages(word: str) -> None:
    assert read_yes_no(word) is False


def test_something_else_is_neither_yes_nor_no() -> None:
    assert read_yes_no("也许") is None
