"""Deficiencies seeded against the checks that an item names, one maker for each registered check.

A maker gets the check, the filing and the enterprise, and tells what to change and what must then be found.
Where the check's own conditions do not hold in the right filing, ``arranged`` brings them about first:
another way through the routing, other choices, what is asked then filled with examples.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from core import clock
from forms.filing.conditions import holds
from forms.filing.parsing import parse
from forms.guidance.service import GuidanceOutcome, guidance_step
from forms.items.basics import Condition
from forms.items.catalogue import item
from forms.items.definition import OPERATION
from forms.items.form import CheckSpec, FieldDefinition
from forms.items.patterns import matches, shape
from forms.sandbox.world import Record, SyntheticEnterprise
from tests.integration.forms.every_item import FILES, enterprise_for, world
from tests.integration.forms.mutations import Filled, Mutation

# The last digits that the numbers of licences get which nobody holds, or which have ended.
UNKNOWN, ENDED = "991", {"expired": "992", "revoked": "993"}
ON_EMPTY = ("ruled_out", "set_by_manufacturer")
ELSEWHERE = ("attachment_mentions",)
Wrong = tuple[str, str, str, dict[str, Any]]
Maker = Callable[[CheckSpec, Filled, SyntheticEnterprise], Iterator[Wrong]]


def of_checks(filing: Filled) -> Iterator[Mutation]:
    """Break what each check of the item holds, one way at a time."""
    made = enterprise_for(filing.code)
    for spec in filing.form.checks:
        base = arranged(spec, filing)
        if base is None or spec.check in ELSEWHERE:
            continue
        for kind, field, code, values in MAKERS[spec.check](spec, base, made):
            yield Mutation(kind, field, spec.rule or code, base.changed(**values), spec.check)


def arranged(spec: CheckSpec, filing: Filled) -> Filled | None:
    """The filing in which the check is made, nothing else wrong by it; None where it never is."""
    for facts in sorted(routes(filing.code, filing.operation), key=lambda one: _unlike(one, filing.facts)):
        for is_added in (True, False):
            base = _with(facts, spec, filing, is_added=is_added)
            keys = {field.key for field in base.visible()}
            read = {one.key for one in spec.when if base.form.field(one.key) is not None}
            if keys.issuperset({*spec.fields, *read}) and holds(spec.when, base.known):
                return base
    return None


@lru_cache(maxsize=64)
def routes(code: str, operation: str) -> list[dict[str, str]]:
    """The facts of every way through the routing questions to the form."""
    return [facts for facts in _walked(code, {}) if facts.get(OPERATION) == operation]


def _walked(code: str, answers: dict[str, str]) -> Iterator[dict[str, str]]:
    step = guidance_step(code, answers, "zh-CN")
    if isinstance(step, GuidanceOutcome):
        if step.kind == "proceed":
            yield step.facts
        return
    for value, _ in step.options:
        yield from _walked(code, {**answers, step.key: value})


def _unlike(facts: dict[str, str], wanted: dict[str, str]) -> int:
    return len(set(facts.items()) ^ set(wanted.items()))


def _with(facts: dict[str, str], spec: CheckSpec, filing: Filled, *, is_added: bool) -> Filled:
    values = dict(filing.values)
    asked = [one for key in spec.fields for one in _field(filing, key).when]
    for condition in [*asked, *spec.when]:
        if not holds([condition], {**facts, **values}):
            _bring_about(condition, filing, values, is_added=is_added)
    return _completed(Filled(filing.code, filing.operation, facts, values), spec)


def _bring_about(condition: Condition, filing: Filled, values: dict[str, Any], *, is_added: bool) -> None:
    """Let a condition on a field hold; ``is_added`` puts a further choice beside those of a list."""
    field = filing.form.field(condition.key)
    if field is None:
        return
    held = values.get(condition.key)
    if condition.equals and held is not None:
        values[condition.equals] = held
        return
    wanted = _wanted(condition, field, held)
    if wanted is None:
        values.pop(condition.key, None)
    elif field.type == "multi_enum" and not isinstance(wanted, list):
        keeps = held if is_added and condition.is_in and isinstance(held, list) else []
        values[condition.key] = [*keeps, wanted]
    else:
        values[condition.key] = wanted


def _wanted(condition: Condition, field: FieldDefinition, held: Any) -> Any:
    named = condition.is_in or condition.only
    if named:
        return named[0] == "yes" if field.type == "boolean" else named[0]
    if condition.not_in is not None:
        kept = [one for one in held if one not in condition.not_in] if isinstance(held, list) else []
        others = [option.value for option in field.options if option.value not in condition.not_in]
        return kept or (others[0] if others else None)
    if condition.is_filled is not None:
        return example(field) if condition.is_filled else None
    return example(field)


def _completed(base: Filled, spec: CheckSpec) -> Filled:
    """Fill in what is asked now and was not before: all that is required, and what the check reads."""
    values = dict(base.values)
    read = {*spec.fields, *(one.equals for one in spec.when if one.equals)}
    for field in base.form.fields:
        is_read = field.key in read and spec.check not in ON_EMPTY
        is_asked = field.set_by == "applicant" and holds(field.when, {**base.facts, **values})
        if field.key not in values and is_asked and (field.required or is_read):
            values[field.key] = example(field)
    return Filled(base.code, base.operation, base.facts, values)


def example(field: FieldDefinition) -> Any:
    """A right value of a field."""
    if field.type in FILES:
        attached = {"name": f"{field.key}.pdf"}
        return [attached] if field.type == "files" else attached
    if field.type in ("enum", "multi_enum"):
        return [field.options[0].value] if field.type == "multi_enum" else field.options[0].value
    if field.type == "date":
        return (clock.today() - timedelta(days=3)).isoformat()
    if field.type == "boolean":
        return False
    if field.pattern and not field.example:
        return shape(field.patterns[0], "zh-CN")[1]
    return parse(field, field.example or "示例内容", "zh-CN")


def other(field: FieldDefinition, value: Any) -> Any:
    """Another right value of a field."""
    match field.type:
        case "enum":
            return next(option.value for option in field.options if option.value != value)
        case "multi_enum":
            return [*value, next(option.value for option in field.options if option.value not in value)]
        case "date":
            return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
        case "region":
            return "310115" if value != "310115" else "110105"
        case "list":
            entry = renumbered(field.patterns, value[0]) if field.pattern else "未载明的一处"
            return [*value, entry]
    return renumbered(field.patterns, value) if field.pattern else f"{value}二"


def renumbered(patterns: list[str], number: str) -> str:
    """Another number of the same shape."""
    tries = [numbered(number, last) for last in (UNKNOWN, "91", "9")] + [f"{number}z"]
    return next(one for one in tries if one != number and any(matches(name, one) for name in patterns))


def numbered(number: str, last: str) -> str:
    """A number of the same shape with other last digits."""
    return re.sub(rf"\d{{{len(last)}}}(?=\D*$)", last, number)


def _field(filing: Filled, key: str) -> FieldDefinition:
    field = filing.form.field(key)
    assert field is not None, key
    return field


def licences_of(made: SyntheticEnterprise, items: list[str]) -> list[Record]:
    """The licences on record that an enterprise holds of some items."""
    return [one for one in made.records if one.kind == "licence" and one.item in items]


def _days(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def _equals_record(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    if spec.params["source"] == "registry":
        records = [one for one in made.records if one.kind == "enterprise_registry"]
    else:
        records = licences_of(made, spec.params.get("items") or list(item(base.code).family))
        records = [one for one in records if one.number == base.values.get(spec.params["number"])]
    is_held = any(key in one.data or _is_term(base, key, one) for one in records)
    if is_held and key != "uscc":
        wrong = other(_field(base, key), base.values[key])
        yield f"differs from the {spec.params['source']}", key, "differs_from_record", {key: wrong}


def _is_term(base: Filled, key: str, record: Record) -> bool:
    return key == base.form.certificate.expiry_field and record.expires_on is not None


def _id_matches_name(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    for name, number in spec.params["same_as"].items():
        told = {name: base.values[spec.params["name_field"]], number: made.proxy.id_number}
        yield "one person with two numbers", spec.fields[0], "same_person_two_numbers", told


def _fact_agrees(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    told = {key: other(_field(base, key), base.facts[spec.params["fact"]])}
    yield "differs from the routing answer", key, "differs_from_answer", told


def _implied_by(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    implied = spec.params["map"][base.known[spec.params["field"]]]
    yield "not what follows", key, "not_implied", {key: other(_field(base, key), implied)}


def _prohibited_words(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    for family, words in spec.params.items():
        yield "prohibited word", key, f"words_{family}", {key: f"{base.values[key]}{words[0]}"}


def _class_code(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    first, *rest = base.values[key].split("-")
    yield "special code", key, "class_code_special", {key: "-".join([spec.params["special"][1], *rest])}
    yield "part of another code", key, "class_code_part", {key: "-".join([first, *rest[:-1], "99"])}


def _licence_in_force(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key, items = spec.fields[0], spec.params["items"]
    held = [(one, record) for one in world() for record in licences_of(one, items)]
    if not held:
        return
    number = next((record.number for one, record in held if one is made), held[0][1].number)
    yield "licence that nobody holds", key, "licence_unknown", {key: numbered(number, UNKNOWN)}
    for status, last in ENDED.items():
        yield f"{status} licence", key, f"licence_{status}", {key: numbered(number, last)}
    others = [record.number for one, record in held if one is not made]
    if spec.params.get("own") and others:
        yield "licence of another enterprise", key, "licence_not_own", {key: others[0]}


def _licence_covers(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    number_key, key = spec.fields
    for record in licences_of(made, spec.params["items"]):
        held = set(record.data[spec.params["scope"]])
        beyond = [value for value, needed in spec.params["accepts"].items() if not held.intersection(needed)]
        if record.number == base.values[number_key]:
            yield "beyond the licence's scope", key, "licence_scope", {key: beyond[0]}


def _licence_holder_is(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    held = [record for one in world() for record in licences_of(one, spec.params["items"])]
    number = base.values.get(spec.params["number_field"])
    record = next((one for one in held if one.number == number), held[0] if held else None)
    for part in spec.params["object"] if record else ():
        told = {**base.values[key], part: f"{base.values[key][part]}二"}
        yield (
            "not the licence's holder",
            key,
            "licence_holder",
            {
                key: told,
                spec.params["number_field"]: record.number if record else None,
            },
        )


def _within_record(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key, number_key = spec.fields[0], spec.params["number"]
    for record in licences_of(made, spec.params["items"]):
        held = record.data.get(spec.params.get("path", key))
        if held and record.number:
            beyond = other(_field(base, key), held)
            told = {key: beyond, number_key: record.number}
            yield "beyond the licence", key, "beyond_licence", told


def _renewal_window(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    yield "term has ended", key, "already_expired", {key: _days(-1)}
    if "opens" in spec.params:
        yield "renewal too early", key, "renewal_too_early", {key: _days(900)}
    if spec.params["closes"] != {"days": 0}:
        yield "renewal too late", key, "renewal_too_late", {key: _days(5)}


def _not_in_future(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    yield "day to come", spec.fields[0], "in_future", {spec.fields[0]: _days(3)}


def _in_future(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    yield "day gone by", spec.fields[0], "in_past", {spec.fields[0]: _days(-3)}


def _reported_within(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    yield "reported late", spec.fields[0], "reported_late", {spec.fields[0]: _days(-200)}


def _date_order(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    first, second = spec.fields
    yield "days in the wrong order", second, "before_other", {first: _days(-3), second: _days(-4)}


def _column_sums_to(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    first, *rest = base.values[key]
    yield "wrong sum", key, "sum", {key: [{**first, spec.params["column"]: "0.5"}, *rest]}


def _column_is_unique(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    yield "named twice", key, "repeated", {key: [*base.values[key], base.values[key][0]]}


def _column_is_positive(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    first, *rest = base.values[key]
    for wrong in ("0", "-1", "101"):
        told = [{**first, spec.params["column"]: wrong}, *rest]
        yield "amount out of bounds", key, "not_positive", {key: told}


def _part_at_least(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    key = spec.fields[0]
    told = {**base.values[key], spec.params["part"]: str(spec.params["minimum"] - 1)}
    yield "too few years", key, "below_minimum", {key: told}


def _set_by_manufacturer(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    yield "manufacturer is silent", spec.fields[0], "manufacturer_silent", {spec.fields[0]: None}


def _ruled_out(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    yield "what the law rules out", spec.fields[0], "ruled_out", {}


def _distinct_persons(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    first, second = spec.fields
    same = {part: base.values[first][part] for part in ("name", "id_number") if part in base.values[first]}
    yield "one person in two posts", second, "same_person_in_both", {second: {**base.values[second], **same}}


def _one_number_a_person(spec: CheckSpec, base: Filled, made: SyntheticEnterprise) -> Iterator[Wrong]:
    first, *others = spec.fields
    for second in others:
        told = {**base.values[second], "name": base.values[first]["name"]}
        yield (
            "one person with two numbers",
            second,
            "same_person_two_numbers",
            {second: {**told, "id_number": made.proxy.id_number}},
        )


MAKERS: dict[str, Maker] = {
    "equals_record": _equals_record,
    "id_matches_name": _id_matches_name,
    "licence_in_force": _licence_in_force,
    "licence_covers": _licence_covers,
    "licence_holder_is": _licence_holder_is,
    "within_record": _within_record,
    "renewal_window": _renewal_window,
    "not_in_future": _not_in_future,
    "in_future": _in_future,
    "reported_within": _reported_within,
    "date_order": _date_order,
    "fact_agrees": _fact_agrees,
    "implied_by": _implied_by,
    "prohibited_words": _prohibited_words,
    "class_code_consistent": _class_code,
    "column_sums_to": _column_sums_to,
    "column_is_unique": _column_is_unique,
    "column_is_positive": _column_is_positive,
    "part_at_least": _part_at_least,
    "set_by_manufacturer": _set_by_manufacturer,
    "ruled_out": _ruled_out,
    "distinct_persons": _distinct_persons,
    "one_number_a_person": _one_number_a_person,
}
