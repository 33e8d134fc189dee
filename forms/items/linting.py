"""What the schema cannot see of an item: dead branches, fields that no rule reaches, names that name nothing.

``lint`` returns every mistake with its place, so that a person who writes an item mends all of them at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from forms.checks.registry import CHECKS
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.items.basics import Condition, Source
from forms.items.citations import english_titles
from forms.items.definition import DecisionPoint, ServiceItem
from forms.items.form import FieldDefinition, FormDefinition
from forms.items.patterns import pattern_names
from forms.items.reaching import unreached
from forms.prefill.registry import SOURCES

LISTED = frozenset({"enum", "multi_enum"})
EXEMPT_FROM_EXAMPLES = frozenset({"enum", "multi_enum", "boolean", "file", "files"})
FIELD_PARAMS = ("name_field", "number_field", "number", "field", "same_product", "fields", "same", "match")


@dataclass(frozen=True)
class Mistake:
    """One mistake: the item, the place in it, a code (``forms.lint.<code>``) and what it is about."""

    item: str
    place: str
    code: str
    about: str = ""


def lint(item: ServiceItem, all_items: Iterable[str]) -> list[Mistake]:
    """Return every mistake of an item."""
    codes = set(all_items)
    found = [*_routing(item, codes), *_sources(item)]
    if item.form is not None:
        found += _form(item, item.form, codes)
    wrong = {place for place, _, _ in found}
    found += [one for one in unreached(item) if one[0] not in wrong]
    return [Mistake(item.code, place, code, about) for place, code, about in found]


Found = Iterator[tuple[str, str, str]]


def _routing(item: ServiceItem, codes: set[str]) -> Found:
    known: dict[str, set[str]] = {key: {value} for key, value in item.facts.items()}
    for point in item.decision_points:
        place = f"decision_points.{point.key}"
        yield from _conditions(place, point.when, known, {})
        for option in point.options:
            outcome = option.outcome
            if outcome is not None and outcome.kind == "other_item" and outcome.item not in codes:
                yield f"{place}.{option.value}", "unknown_item", str(outcome.item)
        _learn(point, known)
    if item.decision_points and not any(
        option.outcome is None for option in item.decision_points[-1].options
    ):
        yield "decision_points", "no_way_through", item.decision_points[-1].key


def _learn(point: DecisionPoint, known: dict[str, set[str]]) -> None:
    for option in point.options:
        if option.outcome is None:
            known.setdefault(point.key, set()).add(option.value)
            for key, value in option.facts.items():
                known.setdefault(key, set()).add(value)


def _conditions(
    place: str,
    conditions: list[Condition],
    facts: dict[str, set[str]],
    fields: dict[str, FieldDefinition],
) -> Found:
    """Every condition names something that exists, and a value that it can have."""
    for condition in conditions:
        other = condition.differs_from or condition.equals
        if other and other not in fields:
            yield place, "unknown_key", other
        if condition.key in facts:
            possible = facts[condition.key] | _values(fields.get(condition.key))
        elif condition.key in fields:
            possible = _values(fields[condition.key])
        else:
            yield place, "unknown_key", condition.key
            continue
        named = [*(condition.is_in or []), *(condition.not_in or []), *(condition.only or [])]
        for value in named:
            if possible and value not in possible:
                yield place, "impossible_value", f"{condition.key}={value}"


def _values(field: FieldDefinition | None) -> set[str]:
    if field is None:
        return set()
    return {"yes", "no"} if field.type == "boolean" else {option.value for option in field.options}


def _facts(item: ServiceItem) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {key: {value} for key, value in item.facts.items()}
    for point in item.decision_points:
        _learn(point, known)
    return known


def _form(item: ServiceItem, form: FormDefinition, codes: set[str]) -> Found:
    facts, fields = _facts(item), {field.key: field for field in form.fields}
    keys = set(fields) | set(facts)
    for field in form.fields:
        place = f"form.{field.key}"
        yield from _conditions(place, field.when, facts, fields)
        yield from _field(place, field)
        for spec in field.prefill:
            yield from _prefill(place, spec.source, spec.items, codes, spec.when, facts, fields)
            yield from _params(place, spec.params, keys)
            yield from _rules(place, spec.params, facts, fields)
        yield from _similar(place, field, keys)
    for number, check in enumerate(form.checks, 1):
        place = f"checks.{number}.{check.check}"
        if check.check not in CHECKS:
            yield place, "unknown_check", check.check
        if check.check == "ruled_out" and (check.message is None or check.fix is None or not check.rule):
            yield place, "says_nothing", check.fields[0]
        yield from _conditions(place, check.when, facts, fields)
        yield from _params(place, check.params, keys)
    if form.second_person is not None:
        yield from _conditions("form.second_person", form.second_person.when, facts, fields)
    for code in form.records:
        if code not in codes:
            yield "form.records", "unknown_item", code
    yield from _certificate(form, facts, fields)
    for limit in form.time_limits:
        yield from _conditions(f"time_limits.{limit.step}", limit.when, facts, fields)


def _certificate(
    form: FormDefinition, facts: dict[str, set[str]], fields: dict[str, FieldDefinition]
) -> Found:
    yield from _conditions("certificate", form.certificate.at_submission_when, facts, fields)
    fact = form.certificate.fact
    if not fact:
        return
    possible = facts.get(fact, set()) | _values(fields.get(fact))
    if not possible:
        yield "certificate", "unknown_key", fact
    for value in possible - set(form.certificate.formats):
        yield "certificate", "no_format", value


def _prefill(
    place: str,
    source: str,
    items: list[str],
    codes: set[str],
    when: list[Condition],
    facts: dict[str, set[str]],
    fields: dict[str, FieldDefinition],
) -> Found:
    if source not in SOURCES:
        yield place, "unknown_source", source
    for code in items:
        if code not in codes:
            yield place, "unknown_item", code
    yield from _conditions(place, when, facts, fields)


def _rules(
    place: str, params: dict[str, Any], facts: dict[str, set[str]], fields: dict[str, FieldDefinition]
) -> Found:
    """What a value is calculated from must exist, and be able to be so."""
    for rule in params.get("rules", []):
        conditions = [Condition.model_validate(one) for one in rule["when"]]
        yield from _conditions(place, conditions, facts, fields)
    if "map" in params:
        fact = params["fact"]
        possible = facts.get(fact, set()) | _values(fields.get(fact))
        if not possible:
            yield place, "unknown_key", fact
        for value in set(params["map"]) - possible if possible else ():
            yield place, "impossible_value", f"{fact}={value}"


def _similar(place: str, field: FieldDefinition, keys: set[str]) -> Found:
    """What others answered may be suggested only where it tells nothing of any of them."""
    if field.similar is None:
        return
    if field.type not in (*LISTED, "boolean") or field.sensitive or field.is_own:
        yield place, "similar_not_listed", field.key
    for key in field.similar.alike:
        if key not in keys:
            yield place, "unknown_key", key


def _params(place: str, params: dict[str, Any], keys: set[str]) -> Found:
    for name in FIELD_PARAMS:
        named = params.get(name, [])
        for key in [named] if isinstance(named, str) else named:
            if key not in keys:
                yield place, "unknown_key", str(key)


def _field(place: str, field: FieldDefinition) -> Found:
    names = [*field.patterns, *(part.pattern for part in field.parts if part.pattern)]
    unknown = [name for name in names if name not in pattern_names()]
    for name in unknown:
        yield place, "unknown_pattern", name
    if field.type in LISTED:
        values = [option.value for option in field.options]
        if len(values) != len(set(values)):
            yield place, "repeated_option", field.key
    is_asked = field.set_by == "applicant" and field.type not in EXEMPT_FROM_EXAMPLES
    if is_asked and not field.pattern and not unknown:
        yield from _example(place, field)


def _example(place: str, field: FieldDefinition) -> Found:
    if not field.example:
        if field.type in ("object", "table", "list", "number", "text"):
            yield place, "no_example", field.key
        return
    read = parse(field, field.example, "zh-CN")
    if isinstance(read, Rejected):
        yield place, "wrong_example", f"{field.example} ({read.code})"


def _sources(item: ServiceItem) -> Found:
    """Every law that is cited has its English name beside it, so that no citation reads as a bare string."""
    for place, sources in _all_sources(item):
        for source in sources:
            if source.law not in english_titles():
                yield place, "unknown_law", source.law


def _all_sources(item: ServiceItem) -> Iterator[tuple[str, list[Source]]]:
    for aspect, entries in item.guide.items():
        for entry in entries:
            yield f"guide.{aspect}", entry.source
    for point in item.decision_points:
        yield f"decision_points.{point.key}", point.source
        for option in point.options:
            if option.outcome is not None:
                yield f"decision_points.{point.key}.{option.value}", option.outcome.source
    if item.form is not None:
        yield from _form_sources(item.form)


def _form_sources(form: FormDefinition) -> Iterator[tuple[str, list[Source]]]:
    for field in form.fields:
        yield f"form.{field.key}", [*field.source, *field.change_source]
    for check in form.checks:
        yield f"checks.{check.check}", check.source
    yield "form.certificate", form.certificate.source
    if form.second_person is not None:
        yield "form.second_person", form.second_person.source
    for limit in form.time_limits:
        yield f"time_limits.{limit.step}", limit.source
