"""What is wrong in an item's files is named with its place, all of it at once; bundles name what exists."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import InvariantBroken
from forms.items.bundles import BundleDefinition, bundle, bundles, shared_keys
from forms.items.catalogue import items, load_item
from forms.items.citations import english_titles
from forms.items.definition import ServiceItem
from forms.items.linting import Mistake, lint
from i18n.service import messages, translate

LAW = ["行政许可法#29"]
Raw = dict[str, Any]
Break = Callable[[Raw], object]


def _text(said: str) -> Raw:
    return {"zh": said, "en": said}


def _field(key: str, kind: str = "string", **more: Any) -> Raw:
    return {"key": key, "type": kind, "label": _text(key), "help": _text("help"), "source": LAW, **more}


def _options(*values: str) -> list[Raw]:
    return [{"value": value, "label": _text(value)} for value in values]


def _point(key: str, *values: str, **more: Any) -> Raw:
    return {
        "key": key,
        "ask": _text("?"),
        "why": _text("!"),
        "options": _options(*values),
        "source": LAW,
        **more,
    }


def _leaving(kind: str, **more: Any) -> Raw:
    return {"kind": kind, "text": _text("elsewhere"), "source": LAW, **more}


def _form() -> Raw:
    return {
        "groups": [
            {
                "key": "all",
                "label": _text("all"),
                "fields": [
                    _field("name", prefill=[{"source": "registry"}], example="甲公司"),
                    _field("kind", "enum", options=_options("a", "b")),
                    _field("number", "code", pattern="drug_approval_no"),
                    _field(
                        "person", "object", parts=[{"key": "name", "label": _text("name")}], example="张三"
                    ),
                    _field("end", "date", example="2030-01-01"),
                ],
            }
        ],
        "checks": [{"check": "in_future", "fields": ["end"], "source": LAW}],
        "certificate": {
            "name": _text("licence"),
            "given": "approval",
            "number_field": "number",
            "fact": "kind",
            "formats": {"a": "A{serial}", "b": "B{serial}"},
            "scopes": {"a": "a", "b": "b"},
            "source": LAW,
        },
        "time_limits": [{"step": "decision", "days": 20, "source": LAW}],
        "declaration": _text("true"),
        "declaration_source": LAW,
        "document": {"title": _text("t"), "subtitle": _text("s"), "declaration_title": _text("d")},
    }


def sound() -> Raw:
    """A small item without a mistake, as its YAML would read."""
    return {
        "code": "small",
        "version": 1,
        "domain": "drug",
        "name": _text("small"),
        "aliases": {"zh": [], "en": []},
        "guide": {"overview": [{"text": _text("overview"), "source": LAW}]},
        "decision_points": [_point("place", "here", "there"), _point("operation", "initial", "change")],
        "form": _form(),
    }


def found(broken: Break) -> list[Mistake]:
    raw = deepcopy(sound())
    broken(raw)
    return lint(ServiceItem.model_validate(raw), {"small", "other"})


def _of(raw: Raw, key: str) -> Raw:
    fields: list[Raw] = raw["form"]["groups"][0]["fields"]
    return next(field for field in fields if field["key"] == key)


def _when(*conditions: Raw) -> Break:
    return lambda raw: _of(raw, "name").update(when=list(conditions))


def _name(**more: Any) -> Break:
    return lambda raw: _of(raw, "name").update(more)


def _prefill(**spec: Any) -> Break:
    return _name(prefill=[{"source": "registry", **spec}])


def _check(**spec: Any) -> Break:
    return lambda raw: raw["form"]["checks"].append(
        {"check": "in_future", "fields": ["end"], "source": LAW, **spec}
    )


def _certificate(**more: Any) -> Break:
    return lambda raw: raw["form"]["certificate"].update(more)


def _routing(**more: Any) -> Break:
    return lambda raw: raw["decision_points"][1].update(more)


def _outcome(point: int, option: int, **outcome: Any) -> Break:
    return lambda raw: raw["decision_points"][point]["options"][option].update(outcome=_leaving(**outcome))


def _no_way_through(raw: Raw) -> None:
    raw["facts"] = {"operation": "initial"}
    raw["decision_points"] = [_point("end", "x", "y")]
    for option in raw["decision_points"][0]["options"]:
        option["outcome"] = _leaving("staff")


def _kind(**more: Any) -> Break:
    return lambda raw: _of(raw, "kind").update(more)


def _calculated(**params: Any) -> Break:
    return _prefill(source="calculated", params=params)


BOTH = [{"key": "place", "is_in": ["here"]}, {"key": "place", "is_in": ["there"]}]
NOWHERE = {"key": "nowhere", "is_in": ["x"]}
SQUARE = {"key": "name", "label": _text("name"), "pattern": "square"}
UNKNOWN_LAW = ["没有这部法#1"]

CASES: list[tuple[str, Break, str, str, str]] = [
    # a condition names something that nothing settles
    ("field", _when(NOWHERE), "form.name", "unknown_key", "nowhere"),
    ("other", _when({"key": "kind", "differs_from": "gone"}), "form.name", "unknown_key", "gone"),
    ("equals", _when({"key": "kind", "equals": "gone"}), "form.name", "unknown_key", "gone"),
    ("routing", _routing(when=[NOWHERE]), "decision_points.operation", "unknown_key", "nowhere"),
    ("prefill", _prefill(when=[NOWHERE]), "form.name", "unknown_key", "nowhere"),
    ("check", _check(when=[NOWHERE]), "checks.2.in_future", "unknown_key", "nowhere"),
    (
        "limit",
        lambda raw: raw["form"]["time_limits"][0].update(when=[NOWHERE]),
        "time_limits.decision",
        "unknown_key",
        "nowhere",
    ),
    ("one param", _prefill(params={"same": "gone"}), "form.name", "unknown_key", "gone"),
    ("params", _prefill(params={"match": ["kind", "gone"]}), "form.name", "unknown_key", "gone"),
    ("check param", _check(params={"name_field": "gone"}), "checks.2.in_future", "unknown_key", "gone"),
    ("certificate", _certificate(fact="gone"), "certificate", "unknown_key", "gone"),
    # or a value that it can never have
    ("option", _when({"key": "kind", "is_in": ["c"]}), "form.name", "impossible_value", "kind=c"),
    ("not", _when({"key": "kind", "not_in": ["c"]}), "form.name", "impossible_value", "kind=c"),
    ("only", _when({"key": "kind", "only": ["a", "c"]}), "form.name", "impossible_value", "kind=c"),
    ("fact", _when({"key": "place", "is_in": ["moon"]}), "form.name", "impossible_value", "place=moon"),
    (
        "question",
        _routing(when=[{"key": "place", "is_in": ["moon"]}]),
        "decision_points.operation",
        "impossible_value",
        "place=moon",
    ),
    # names that name nothing
    (
        "away",
        _outcome(0, 0, kind="other_item", item="gone"),
        "decision_points.place.here",
        "unknown_item",
        "gone",
    ),
    ("nameless", _outcome(0, 1, kind="other_item"), "decision_points.place.there", "unknown_item", "None"),
    ("source item", _prefill(items=["other", "gone"]), "form.name", "unknown_item", "gone"),
    ("family", lambda raw: raw["form"].update(records=["gone"]), "form.records", "unknown_item", "gone"),
    ("no check", _check(check="guess"), "checks.2.guess", "unknown_check", "guess"),
    ("no source", _prefill(source="rumour"), "form.name", "unknown_source", "rumour"),
    ("no pattern", _name(pattern="uscc|square"), "form.name", "unknown_pattern", "square"),
    (
        "part's pattern",
        lambda raw: _of(raw, "person").update(set_by="manufacturer", parts=[SQUARE]),
        "form.person",
        "unknown_pattern",
        "square",
    ),
    ("submission", _certificate(at_submission_when=[NOWHERE]), "certificate", "unknown_key", "nowhere"),
    ("rule", _calculated(rules=[{"when": [NOWHERE], "value": "x"}]), "form.name", "unknown_key", "nowhere"),
    ("mapped", _calculated(map={"a": "x"}, fact="gone"), "form.name", "unknown_key", "gone"),
    ("map", _calculated(map={"c": "x"}, fact="kind"), "form.name", "impossible_value", "kind=c"),
    ("alike", _kind(similar={"alike": ["gone"]}), "form.kind", "unknown_key", "gone"),
    # what no way through the routing reaches
    ("dead question", _routing(when=BOTH), "decision_points.operation", "never_asked", "operation"),
    ("dead field", _when(*BOTH), "form.name", "never_applies", "name"),
    ("dead check", _check(when=BOTH), "checks.2.in_future", "never_applies", "end"),
    (
        "dead limit",
        lambda raw: raw["form"]["time_limits"][0].update(when=BOTH),
        "time_limits.decision",
        "never_applies",
        "decision",
    ),
    # the rest
    ("told by others", _name(similar={}), "form.name", "similar_not_listed", "name"),
    ("own", _kind(similar={}, is_own=True), "form.kind", "similar_not_listed", "kind"),
    ("dead end", _no_way_through, "decision_points", "no_way_through", "end"),
    ("silent", _check(check="ruled_out", rule="r"), "checks.2.ruled_out", "says_nothing", "end"),
    (
        "unnamed",
        _check(check="ruled_out", message=_text("m"), fix=_text("f")),
        "checks.2.ruled_out",
        "says_nothing",
        "end",
    ),
    (
        "no number",
        _certificate(formats={"a": "A{serial}"}, scopes={"a": "a"}),
        "certificate",
        "no_format",
        "b",
    ),
    (
        "twice",
        lambda raw: _of(raw, "kind").update(options=_options("a", "b", "a")),
        "form.kind",
        "repeated_option",
        "kind",
    ),
    ("no example", lambda raw: _of(raw, "person").update(example=""), "form.person", "no_example", "person"),
    (
        "bad example",
        lambda raw: _of(raw, "end").update(example="2030-13-01"),
        "form.end",
        "wrong_example",
        "2030-13-01 (forms.rejected.date)",
    ),
]

LAWS: list[tuple[str, Break]] = [
    ("guide.overview", lambda raw: raw["guide"]["overview"][0].update(source=UNKNOWN_LAW)),
    ("decision_points.operation", _routing(source=UNKNOWN_LAW)),
    ("decision_points.place.here", _outcome(0, 0, kind="staff", source=UNKNOWN_LAW)),
    ("form.name", _name(source=UNKNOWN_LAW)),
    ("form.name", _name(change_source=UNKNOWN_LAW)),
    ("checks.in_past", _check(check="in_past", source=UNKNOWN_LAW)),
    ("form.certificate", _certificate(source=UNKNOWN_LAW)),
    ("time_limits.decision", lambda raw: raw["form"]["time_limits"][0].update(source=UNKNOWN_LAW)),
]
KINDS = {code for _, _, _, code, _ in CASES} | {"unknown_law"}


def test_the_small_item_that_is_broken_below_is_sound() -> None:
    assert found(lambda raw: None) == []


@pytest.mark.parametrize(
    ("broken", "place", "code", "about"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_mistake_is_named_with_its_place(broken: Break, place: str, code: str, about: str) -> None:
    assert found(broken) == [Mistake("small", place, code, about)]


def test_a_part_with_an_unknown_pattern_does_not_hide_the_other_mistakes() -> None:
    def broken(raw: Raw) -> None:
        _of(raw, "person").update(parts=[SQUARE])
        _check(check="guess")(raw)

    assert {one.code for one in found(broken)} == {"unknown_pattern", "unknown_check"}


@pytest.mark.parametrize(("place", "broken"), LAWS)
def test_a_law_without_an_english_title_is_named_where_it_is_cited(place: str, broken: Break) -> None:
    assert "没有这部法" not in english_titles()
    assert Mistake("small", place, "unknown_law", "没有这部法") in found(broken)


def test_all_mistakes_of_an_item_are_told_at_once() -> None:
    def all_broken(raw: Raw) -> None:
        for broken in (_prefill(source="rumour"), _check(check="guess"), _routing(when=[NOWHERE])):
            broken(raw)

    assert Counter(one.code for one in found(all_broken)) == Counter(
        unknown_source=1, unknown_check=1, unknown_key=1
    )


def test_a_question_may_not_build_on_a_later_one() -> None:
    def early(raw: Raw) -> None:
        raw["decision_points"][0]["when"] = [{"key": "operation", "is_in": ["initial"]}]

    assert found(early) == [Mistake("small", "decision_points.place", "unknown_key", "operation")]


def test_what_an_answer_settles_may_be_built_on() -> None:
    def settled(raw: Raw) -> None:
        raw["decision_points"][0]["options"][0]["facts"] = {"soil": "dry"}
        _when({"key": "soil", "is_in": ["dry"]})(raw)

    assert found(settled) == []


def test_every_kind_of_mistake_is_tried_here_and_has_words_in_both_languages() -> None:
    assert {code.removeprefix("forms.lint.") for code in messages("forms.lint", "en")} == KINDS
    for code in KINDS:
        said = {translate(f"forms.lint.{code}", locale, about="ABOUT") for locale in ("zh-CN", "en")}
        assert len(said) == 2
        assert all("ABOUT" in one for one in said), code


def _write(folder: Path, item: Raw | str, form: Raw | str | None = None) -> Path:
    for name, content in (("small.yml", item), ("small.form.yml", form)):
        if content is not None:
            written = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
            (folder / name).write_text(written, encoding="utf-8")
    return folder / "small.yml"


def _item_alone() -> Raw:
    return {key: value for key, value in sound().items() if key != "form"}


def _refused(path: Path) -> dict[str, Any]:
    with pytest.raises(InvariantBroken) as caught:
        load_item(path)
    assert caught.value.code == "forms.item_broken"
    assert caught.value.params["item"] == "small"
    assert translate(caught.value.code, "en", **caught.value.params)
    return caught.value.params


def test_an_item_and_its_form_are_read_from_their_files(tmp_path: Path) -> None:
    form = _form()
    form["groups"].insert(0, {"use": "enterprise", "key": "enterprise"})
    form["groups"][1]["fields"].append({"use": "contact_name"})
    form["checks"].append({"use": "enterprise_agrees", "source": ["行政许可法#31"]})
    loaded = load_item(_write(tmp_path, _item_alone(), form))
    assert loaded.form is not None
    assert loaded.form.fields[0].key == "ent_name"
    assert loaded.form.fields[-1].key == "contact_name"
    added = [check for check in loaded.form.checks if check.fields == ["domicile"]]
    assert [source.article for check in added for source in check.source] == ["31"]


@pytest.mark.parametrize(
    ("changed", "where", "why"),
    [
        ({"version": "soon"}, "version", "integer"),
        ({"colour": "red"}, "colour", "Extra inputs"),
        ({"name": {"zh": "小"}}, "name.en", "required"),
        ({"name": {"zh": "小", "en": ""}}, "name.en", "at least 1"),
        ({"domain": "food"}, "domain", "cosmetic"),
        ({"guide": {"overview": [{"text": _text("x")}]}}, "guide.overview.0", "needs a source"),
        (
            {"guide": {"overview": [{"text": _text("x"), "source": ["x"]}]}},
            "guide.overview.0.source.0",
            "not a source",
        ),
        ({"guide": {"weather": []}}, "guide.weather.[key]", "overview"),
        ({"decision_points": [_point("operation", "initial")]}, "decision_points.0.options", "at least 2"),
        ({"decision_points": [_point("operation", "initial", "sale")]}, "", "unknown operations: ['sale']"),
    ],
)
def test_an_item_against_the_schema_is_refused_with_place_and_reason(
    tmp_path: Path, changed: Raw, where: str, why: str
) -> None:
    params = _refused(_write(tmp_path, {**_item_alone(), **changed}, _form()))
    assert params["where"] == where
    assert why in params["why"]


FIELD = "form.groups.0.fields.0"


@pytest.mark.parametrize(
    ("changed", "where", "why"),
    [
        (_name(type="colour"), f"{FIELD}.type", "string"),
        (_name(options=_options("a")), FIELD, "options belong to enumerations"),
        (_name(parts=[{"key": "a", "label": _text("a")}]), FIELD, "parts belong to objects"),
        (_when({"key": "kind"}), f"{FIELD}.when.0", "exactly one test"),
        (_when({"key": "kind", "is_in": ["a"], "only": ["a"]}), f"{FIELD}.when.0", "exactly one test"),
        (_name(key="kind"), "form", "field keys repeat: ['kind']"),
        (_check(fields=["gone"]), "form", "checks name unknown fields: ['gone']"),
        (_certificate(number_field="gone"), "form", "there is no field gone"),
        (_certificate(scopes={"a": "a"}), "form", "name different cases"),
        (lambda raw: raw["form"].update(groups=[_group([])]), "form.groups.0.fields", "at least 1"),
    ],
)
def test_a_form_against_the_schema_is_refused_with_place_and_reason(
    tmp_path: Path, changed: Break, where: str, why: str
) -> None:
    raw = sound()
    changed(raw)
    params = _refused(_write(tmp_path, _item_alone(), raw["form"]))
    assert params["where"] == where
    assert why in params["why"]


def _group(fields: list[Raw], **more: Any) -> Raw:
    return {"key": "g", "label": _text("g"), "fields": fields, **more}


@pytest.mark.parametrize(
    "changed",
    [
        {"groups": [{"use": "no_such_part"}]},
        {"groups": [_group([{"use": "no_such_part"}])]},
        {"checks": [{"use": "no_such_part"}]},
    ],
    ids=["group", "field", "check"],
)
def test_a_shared_part_that_does_not_exist_is_named(tmp_path: Path, changed: Raw) -> None:
    params = _refused(_write(tmp_path, _item_alone(), {**_form(), **changed}))
    assert "no_such_part" in params["why"]


@pytest.mark.parametrize("broken", ["code: [1, 2", "code: 'open", "a: b: c", "\tcode: x", "a: *nobody"])
@pytest.mark.parametrize("is_form", [False, True])
def test_yaml_that_cannot_be_read_is_refused_with_the_line(
    tmp_path: Path, broken: str, is_form: bool
) -> None:
    path = _write(tmp_path, *((_item_alone(), broken) if is_form else (broken, None)))
    assert "line 1" in _refused(path)["why"]


@pytest.mark.parametrize("code", sorted(bundles()))
def test_a_bundle_names_items_answers_and_keys_that_exist(code: str) -> None:
    made = bundle(code)
    taken = {step.item: items()[step.item] for step in made.steps}
    assert len(taken) == len(made.steps) >= 2
    for step in made.steps:
        points = {point.key: {o.value for o in point.options} for point in taken[step.item].decision_points}
        assert {key for key, value in step.answers.items() if value not in points.get(key, set())} == set()
        assert all(source.law in english_titles() for source in step.source)
    assert made.steps[0].ask is None
    assert made.domain in {item.domain for item in taken.values()}
    _keys_are_shared(made, list(taken.values()))


def _keys_are_shared(made: BundleDefinition, taken: list[ServiceItem]) -> None:
    held = Counter(field.key for item in taken if item.form for field in item.form.fields)
    assert [key for key in made.shared if held[key] < 2] == []
    assert len(made.shared) == len(set(made.shared))
    assert set(made.shared) <= shared_keys()


def test_a_value_told_once_in_a_bundle_means_the_same_in_each_of_its_forms() -> None:
    for made in bundles().values():
        for key in made.shared:
            forms = [form for step in made.steps if (form := items()[step.item].form) is not None]
            fields = [field for form in forms if (field := form.field(key)) is not None]
            assert len({(field.type, field.set_by) for field in fields}) == 1, (made.code, key)
            assert all(field.set_by == "applicant" for field in fields), (made.code, key)
