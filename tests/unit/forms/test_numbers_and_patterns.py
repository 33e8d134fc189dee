"""Numbers: every shape knows its own example, tidies what people type, and withstands any text."""

import re
import time
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.content import read_yaml
from forms.filing.numbers import tidy_filing_no
from forms.filing.parsing import parse
from forms.items.catalogue import DATA, items
from forms.items.form import FieldDefinition
from forms.items.patterns import CHECKS, matches, pattern_names, shape, tidy
from forms.sandbox.identifiers import make_uscc

SPECS: dict[str, dict[str, Any]] = read_yaml(DATA / "patterns.yml")
NAMES = sorted(SPECS)
CJK = re.compile(r"[\u4e00-\u9fff]")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code).isalnum()}
PROVINCES = ("京", "沪", "新")
HARD = [
    "A" * 40_000,
    "a" * 40_000,
    "0" * 40_000,
    "a." * 20_000,
    "1/" * 20_000 + "-",
    "-" * 40_000,
    ":" * 40_000,
    "Ahz" * 13_000 + "!",
    "沪" * 40_000,
    "\x00" * 100,
]


def test_the_names_are_those_of_the_file() -> None:
    assert set(NAMES) == pattern_names()
    assert {spec["check"] for spec in SPECS.values() if "check" in spec} == set(CHECKS)


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_matches_its_own_example(name: str) -> None:
    assert matches(name, SPECS[name]["example"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", "x{}", "{}？", "{}{}"])
def test_a_shape_matches_the_whole_value_alone(name: str, around: str) -> None:
    value = around.format(SPECS[name]["example"], SPECS[name]["example"])
    is_also_one = name in {"drug_production_class_code", "host_name"} and around in {"x{}", "{}{}"}
    assert not matches(name, value) or is_also_one


@pytest.mark.parametrize("name", NAMES)
def test_an_example_typed_carelessly_becomes_the_example(name: str) -> None:
    example = SPECS[name]["example"]
    careless = [
        example,
        f" {example}\n",
        " ".join(example),
        "\u3000".join(example),
        example.translate(FULL_WIDTH),
    ]
    if SPECS[name].get("case") != "keep":
        careless += [example.lower(), example.upper(), example.swapcase()]
    assert {tidy(name, typed) for typed in careless} == {example}


def test_letters_that_mean_something_keep_their_case() -> None:
    assert tidy("drug_production_class_code", " Ah Bz ") == "AhBz"
    assert matches("drug_production_class_code", "AhBz")
    assert not matches("drug_production_class_code", "AHBZ")


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_is_told_in_both_languages_with_its_example(name: str) -> None:
    chinese, english = shape(name, "zh-CN"), shape(name, "en")
    assert CJK.search(chinese[0])
    assert re.search(r"[a-z]{2}", english[0])
    assert chinese[0] != english[0]
    assert chinese[1] == english[1] == SPECS[name]["example"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_says_where_it_comes_from_or_that_it_is_not_proved(name: str) -> None:
    assert "source" in SPECS[name]
    assert SPECS[name]["source"] is None or re.search(r"\d", SPECS[name]["source"])


@pytest.mark.parametrize("name", NAMES)
def test_long_and_hostile_texts_are_refused_at_once(name: str) -> None:
    started = time.monotonic()
    found = [text[:6] for text in HARD if matches(name, tidy(name, text)) and len(set(text)) < 3]
    assert time.monotonic() - started < 2
    assert found == (["AAAAAA"] if name == "drug_production_class_code" else [])


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("0123456789ABCDXabcdx-./:（）沪国械准药字号 ０９Ａ", max_size=24),
    st.from_regex("|".join(f"(?:{SPECS[name]['regex']})" for name in NAMES), fullmatch=True),
    st.ip_addresses().map(str),
)


@given(TEXTS)
def test_no_text_makes_matching_or_tidying_fail(text: str) -> None:
    for name in NAMES:
        found = matches(name, text)
        assert found in (True, False)
        assert found is False or re.fullmatch(SPECS[name]["regex"], text)
        tidied = tidy(name, text)
        assert tidy(name, tidied) == tidied
        assert re.search(r"\s", tidied) is None


@given(st.sampled_from(NAMES), st.data())
def test_what_a_shape_allows_stays_the_same_when_tidied(name: str, data: st.DataObject) -> None:
    value = data.draw(st.from_regex(SPECS[name]["regex"], fullmatch=True))
    assert tidy(name, value) == value


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("uscc", "91310115MA1K4B0P2G"),
        ("uscc", "91310115MA1K4B0P2"),
        ("uscc", "91310115MA1K4B0PIF"),
        ("id_cn", "110105194912310021"),
        ("id_cn", "11010520991231002X"),
        ("id_cn", "110105194902300020"),
        ("mobile_cn", "12800138000"),
        ("mobile_cn", "1380013800"),
        ("mobile_cn", "１３８００１３８０００"),
        ("cosmetic_production_licence_no", "粤妆2016001"),
        ("cosmetic_production_licence_no", "月妆20160012"),
        ("drug_approval_no", "国药准字20210001"),
        ("device_class2_reg_no", "京械注准20233070123"),
        ("device_catalogue_code", "07-03"),
        ("device_scope_code", "23"),
        ("host_name", "https://shop.example.cn"),
        ("host_name", "-shop.example.cn"),
        ("host_name", "localhost"),
        ("ip_address", "256.1.1.1"),
        ("ip_address", "::::"),
        ("icp_no", "ICP备20230012号"),
    ],
)
def test_a_number_that_is_nearly_right_is_refused(name: str, wrong: str) -> None:
    assert not matches(name, wrong)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("ip_address", "2001:db8::1"),
        ("icp_no", "沪ICP证030173号"),
        ("device_catalogue_code", "6840"),
        ("device_scope_code", "6840"),
        ("device_class1_filing_no", "国械备20240012号"),
        ("drug_approval_no", "国药准字HJ20210001"),
        ("device_reg_no", "国械注进20233070123"),
        ("host_name", "xn--fiqs8s.cn"),
    ],
)
def test_the_other_forms_of_a_number_are_known(name: str, right: str) -> None:
    assert matches(name, right)


@given(st.integers(0, 10**6))
def test_a_code_read_aloud_in_blocks_is_the_same_code(seed: int) -> None:
    code = make_uscc(Random(seed), "310115")
    spoken = f"{code[:4].lower()} {code[4:10]}\u3000{code[10:].translate(FULL_WIDTH)}"
    assert tidy("uscc", spoken) == code
    assert matches("uscc", code)


def _numbers_given() -> list[tuple[FieldDefinition, str]]:
    """Every shape in which the system gives a certificate's number, with the field that holds it."""
    return [
        (field, shaped)
        for one in items().values()
        if one.form is not None and (field := one.form.field(one.form.certificate.number_field)) is not None
        for shaped in sorted(set(one.form.certificate.formats.values()))
    ]


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("serial", [1, 9999])
def test_a_number_that_is_given_is_one_that_the_form_takes(province: str, serial: int) -> None:
    place = {"province": province, "year": 2026, "area": "0115", "serial": serial, "catalogue": "07"}
    given_numbers = [(field, shaped.format(**place)) for field, shaped in _numbers_given()]
    assert len(given_numbers) > 10
    assert [number for field, number in given_numbers if parse(field, number, "zh-CN") != number] == []


@pytest.mark.parametrize(
    ("typed", "issued"),
    [
        (" 沪 G妆网备字 2026000001 ", "沪G妆网备字2026000001"),
        ("沪g妆网备字2026000001", "沪G妆网备字2026000001"),
        ("国妆网备进字(沪)2026000001", "国妆网备进字（沪）2026000001"),
        ("YP31 20261125 00001", "YP312026112500001"),
    ],
)
def test_a_filing_number_is_written_as_it_is_issued(typed: str, issued: str) -> None:
    assert tidy_filing_no(typed) == issued
    assert tidy_filing_no(issued) == issued
