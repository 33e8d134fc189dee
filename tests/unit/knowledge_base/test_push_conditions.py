"""Conditions: what is read, refused with its place, decided; conditions that never or always hold."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, InvariantBroken
from knowledge_base.push.auditing import Verdict, verdict
from knowledge_base.push.expressions import LONGEST, compile_condition
from knowledge_base.push.narrowing import values_needed
from knowledge_base.push.tree import holds, negated
from knowledge_base.push.wording import what, why

from .push_profiles import SCHEMA, filing, licence, profile

SOON = 'licences.exists(l, l.item == "drug_retail" && l.in_force && l.days_left < 180)'


def decided(source: str, **more: Any) -> bool:
    return compile_condition(source, SCHEMA).holds_for(profile(**more))


@pytest.mark.parametrize(
    ("source", "holds_there"),
    [
        ("true", True),
        ("false", False),
        ('province == "沪"', True),
        ('"粤" == province', False),
        ('province in ["沪", "粤"]', True),
        ('!(province in ["沪"])', False),
        ("years_registered >= 6 && years_registered < 7", True),
        ("3 > years_registered", False),
        ('region_code.startsWith("31") && !region_code.endsWith("00")', True),
        ('region_code.contains("99")', False),
        (SOON, True),
        ("licences.all(l, l.in_force)", True),
        ("licences.exists(l, !l.in_force)", False),
        ("licences.exists(l, l.in_force == false || l.days_left > 0)", True),
        ("size(licences) == 1 && size(filings) == 0", True),
        ("licences.size() > 1", False),
        ("licences.filter(l, l.in_force).size() >= 1", True),
        ("!licences.exists(l, l.days_left == 100)", False),
        ("filings.all(f, f.is_open)", True),
    ],
)
def test_a_condition_is_decided_by_cel_as_its_tree_reads(source: str, holds_there: bool) -> None:
    condition = compile_condition(source, SCHEMA)
    assert condition.holds_for(profile()) is holds_there
    assert holds(condition.tree, profile()) is holds_there


def test_an_enterprise_without_licences_is_no_exception() -> None:
    assert decided(SOON, licences=[]) is False
    assert decided("licences.all(l, l.in_force)", licences=[]) is True
    assert decided(f"!({SOON})", licences=[]) is True


@pytest.mark.parametrize(
    ("source", "code", "place"),
    [
        ("   ", "push.condition.empty", None),
        ("true " * LONGEST, "push.condition.too_long", None),
        ('province = "沪"', "push.condition.syntax", (1, 10)),
        ("licences.exists(l,\n  l.zzz == 3)", "push.condition.unknown_name", (2, 4)),
        ('provnce == "沪"', "push.condition.unknown_name", (1, 1)),
        ("province == 3", "push.condition.types", (1, 10)),
        ("years_registered", "push.condition.not_a_claim", None),
        ("(" * 60 + "true" + ")" * 60, "push.condition.too_deep", None),
        ('province == "Atlantis"', "push.condition.unknown_value", None),
        ('licences.exists(l, l.item in ["drug_retail", "x"])', "push.condition.unknown_value", None),
        ("true &&\n years_registered + 1 > 2", "push.condition.unsupported", (2, 19)),
        ('province + "a" == "b"', "push.condition.unsupported", (1, 10)),
        ("province == region_code", "push.condition.unsupported", None),
        ('province.matches("(a+)+$")', "push.condition.unsupported", None),
        ("licences.map(l, l.item).size() > 1", "push.condition.unsupported", None),
        ("licences.exists_one(l, l.in_force)", "push.condition.unsupported", None),
        ("licences.exists(l, filings.exists(f, f.is_open))", "push.condition.unsupported", None),
        ("[1, 2].exists(x, x == 1)", "push.condition.unsupported", None),
        ("licences[0].in_force", "push.condition.unsupported", None),
        ("licences.exists(l, has(l.item))", "push.condition.unsupported", None),
        ('licences.exists(l, province == "沪")', "push.condition.unsupported", None),
        ('profile.licences{item: "x"}.in_force', "push.condition.unknown_name", None),
        ("province == '\ud800'", "push.condition.syntax", None),
        ("1.5 > 1.0", "push.condition.unsupported", None),
        ("null == null", "push.condition.unsupported", None),
    ],
)
def test_what_is_broken_or_not_allowed_is_refused_with_its_place(
    source: str, code: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(InvalidInput) as refused:
        compile_condition(source, SCHEMA)
    assert refused.value.code == code
    if place is not None:
        assert (refused.value.params["line"], refused.value.params["column"]) == place


def test_an_expression_that_would_explode_ends_at_once() -> None:
    ten = "[" + ",".join("1" * 10) + "]"
    bomb = f"{ten}.map(a,{ten}.map(b,{ten}.map(c,{ten}.map(d,{ten}.map(e,a+b+c+d+e))))).size() > 3"
    started = time.perf_counter()
    with pytest.raises(InvalidInput):
        compile_condition(bomb, SCHEMA)
    with pytest.raises(InvalidInput):
        compile_condition("(" * 900 + "true" + ")" * 900, SCHEMA)
    assert decided(" && ".join(["true"] * 240)) is True
    assert time.perf_counter() - started < 2


def test_a_profile_that_is_not_as_declared_tells_nobody() -> None:
    condition = compile_condition(SOON, SCHEMA)
    with pytest.raises(InvariantBroken):
        condition.holds_for(profile(licences=[{"item": "drug_retail"}]))
    with pytest.raises(InvariantBroken):
        condition.holds_for({"province": "沪"})


def test_a_misfit_between_profile_and_schema_is_named() -> None:
    assert SCHEMA.misfit(profile()) == ""
    assert SCHEMA.misfit({}) == "keys"
    assert SCHEMA.misfit(profile(province="X")) == "province"
    assert SCHEMA.misfit(profile(years_registered=True)) == "years_registered"
    assert SCHEMA.misfit(profile(licences=[licence(days_left=None)])) == "licences.days_left"
    assert SCHEMA.misfit(profile(filings=[{"item": "drug_retail"}])) == "filings"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("false", "never"),
        ("years_registered < 0", "never"),
        ("years_registered < 3 && years_registered > 5", "never"),
        ("years_registered > 5 && years_registered < 6", "never"),
        ("years_registered == 2 && years_registered != 2", "never"),
        ('province == "沪" && province == "粤"', "never"),
        ('province != "沪" && province != "粤"', "never"),
        ('province in ["沪"] && !province.startsWith("沪")', "never"),
        ("licences.exists(l, l.days_left < 0 && l.days_left > 0)", "never"),
        (f"{SOON} && !{SOON}", "never"),
        ("size(licences) < 0", "never"),
        ("size(licences) == 0 && size(licences) > 0", "never"),
        ("licences.exists(l, l.in_force && !l.in_force)", "never"),
        ('region_code == "1" && region_code == "2"', "never"),
        ("true", "always"),
        ("years_registered >= 0", "always"),
        ('province in ["沪", "粤"]', "always"),
        (f"{SOON} || !({SOON})", "always"),
        ("size(filings) >= 0", "always"),
        ("licences.all(l, l.in_force || !l.in_force)", "always"),
        (SOON, "open"),
        ("years_registered > 5 && years_registered < 7", "open"),
        ("licences.exists(l, l.in_force)", "open"),
        ('region_code.startsWith("31") && region_code.startsWith("44")', "open"),
    ],
)
def test_conditions_that_never_or_always_hold_are_seen(source: str, expected: str) -> None:
    assert verdict(compile_condition(source, SCHEMA).tree, SCHEMA) is Verdict(expected)


def test_a_condition_with_too_many_alternatives_is_left_open() -> None:
    source = " && ".join(f"(years_registered == {n} || region_code == '{n}')" for n in range(12))
    assert verdict(compile_condition(source, SCHEMA).tree, SCHEMA) is Verdict.OPEN


PARTS = st.sampled_from(
    [
        "true",
        'province == "沪"',
        'province != "粤"',
        'enterprise_type in ["drug_maker", "other"]',
        "years_registered < 4",
        "years_registered >= 4",
        'region_code.startsWith("31")',
        SOON,
        "licences.all(l, l.in_force)",
        'licences.exists(l, l.domain == "device" || l.days_held > 365)',
        "size(licences) > 1",
        "filings.filter(f, f.is_open).size() == 1",
        'filings.exists(f, f.state == "approved" && !f.is_open)',
    ]
)
CONDITIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} && {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} || {two[1]})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=6,
)
LICENCES = st.builds(
    licence,
    item=st.sampled_from(["drug_retail", "device_prod"]),
    domain=st.sampled_from(["drug", "device"]),
    in_force=st.booleans(),
    days_left=st.integers(-10, 400),
    days_held=st.integers(0, 800),
)
FILINGS = st.builds(filing, state=st.sampled_from(["draft", "approved"]), is_open=st.booleans())
PROFILES = st.builds(
    profile,
    province=st.sampled_from(["沪", "粤"]),
    enterprise_type=st.sampled_from(["drug_maker", "other", "drug_distributor"]),
    region_code=st.sampled_from(["310115", "440100"]),
    years_registered=st.integers(0, 9),
    licences=st.lists(LICENCES, max_size=3),
    filings=st.lists(FILINGS, max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, PROFILES)
def test_cel_and_tree_agree_and_a_verdict_is_never_wrong(source: str, told: dict[str, Any]) -> None:
    condition = compile_condition(source, SCHEMA)
    found = condition.holds_for(told)
    assert holds(condition.tree, told) is found
    assert holds(negated(condition.tree), told) is not found
    known = verdict(condition.tree, SCHEMA)
    assert not (known is Verdict.NEVER and found)
    assert not (known is Verdict.ALWAYS and not found)
    for locale in ("zh-CN", "en"):
        assert what(condition.tree, SCHEMA, locale)
        assert why(condition.tree, told, SCHEMA, locale)


@pytest.mark.parametrize(
    ("source", "items"),
    [
        (SOON, {"drug_retail"}),
        (f"!({SOON}) && years_registered > 3", {"drug_retail"}),
        (f'{SOON} || licences.exists(l, l.item == "device_prod")', {"drug_retail", "device_prod"}),
        (f"{SOON} && size(licences) > 1", None),
        ("licences.exists(l, l.in_force)", None),
        ('licences.exists(l, l.item == "drug_retail" || l.in_force)', None),
        ('licences.exists(l, l.item != "drug_retail")', None),
        ('licences.all(l, l.item != "drug_retail")', {"drug_retail"}),
        ('licences.filter(l, l.item in ["drug_retail"] && l.item == "device_prod").size() == 0', set()),
        ('province == "沪"', set()),
    ],
)
def test_what_cannot_matter_is_not_read(source: str, items: set[str] | None) -> None:
    found = values_needed(compile_condition(source, SCHEMA).tree, "licences", "item")
    assert found == (None if items is None else frozenset(items))


@settings(max_examples=200, deadline=None)
@given(CONDITIONS, PROFILES)
def test_leaving_out_what_cannot_matter_decides_alike(source: str, told: dict[str, Any]) -> None:
    condition = compile_condition(source, SCHEMA)
    narrow = dict(told)
    for field in ("item", "domain"):
        values = values_needed(condition.tree, "licences", field)
        if values is not None:
            narrow["licences"] = [one for one in narrow["licences"] if one[field] in values]
    assert condition.holds_for(narrow) is condition.holds_for(told)


def test_why_names_the_parts_that_held_and_no_others() -> None:
    tree = compile_condition(f'province == "沪" && ({SOON} || enterprise_type == "other")', SCHEMA).tree
    assert why(tree, profile(), SCHEMA, "zh-CN") == (
        "因为贵单位位于上海市，且有证照（药品经营许可证（零售）、在有效期内、剩余有效期少于 180 天）。"
    )
    assert why(tree, profile(), SCHEMA, "en") == (
        "You are told because you are in Shanghai and you have a licence"
        " (Retail drug licence, in force, fewer than 180 days left)."
    )
    other = profile(licences=[], enterprise_type="other")
    assert why(tree, other, SCHEMA, "zh-CN") == "因为贵单位位于上海市，且登记为其他企业。"


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("true", "面向全部企业发布。", "This is told to every enterprise."),
        ("!licences.exists(l, true)", "因为贵单位没有证照。", "You are told because you have no licence."),
        (
            "!licences.exists(l, !l.in_force)",
            "因为贵单位没有证照（不在有效期内）。",
            "You are told because you have no licence (not in force).",
        ),
        (
            "filings.filter(f, f.is_open).size() < 2",
            "因为贵单位办件（尚未办结）少于 2 件。",
            "You are told because you have fewer than 2 of this kind: filing (still open).",
        ),
        (
            'region_code.startsWith("31") && years_registered > 3',
            "因为贵单位行政区划代码以“31”开头，且成立超过 3 年。",
            "You are told because your division code begins with “31” and you were registered"
            " more than 3 years ago.",
        ),
    ],
)
def test_why_reads_as_a_sentence_in_both_languages(source: str, zh: str, en: str) -> None:
    tree = compile_condition(source, SCHEMA).tree
    assert why(tree, profile(), SCHEMA, "zh-CN") == zh
    assert why(tree, profile(), SCHEMA, "en") == en
