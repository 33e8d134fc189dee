"""Deficiencies to seed into a right filing, made from its form: one wrong value for each rule of a field.

``of_fields`` breaks every visible field in every way that its type knows. The module ``mutations_of_checks``
breaks what the item's checks hold against each other, the registry, the licences and the calendar.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from forms.filing.conditions import holds
from forms.items.form import FieldDefinition, FormDefinition, Part
from forms.items.patterns import matches, shape
from forms.sandbox.world import SyntheticEnterprise
from tests.integration.forms.every_item import FILES, form_of, good_values

CHECKED_DIGITS = ("uscc", "id_cn")
NO_OPTION, NO_DAY = "zz-99", "2026-02-30"
PLAIN = {
    "enum": ("not an option", NO_OPTION),
    "multi_enum": ("not an option", NO_OPTION),
    "date": ("impossible date", NO_DAY),
    "region": ("no such division", "999999"),
    "boolean": ("neither yes nor no", NO_OPTION),
}


@dataclass(frozen=True)
class Filled:
    """A filing as its people fill it in: routing facts and values."""

    code: str
    operation: str
    facts: dict[str, str]
    values: dict[str, Any]

    @property
    def form(self) -> FormDefinition:
        """The item's form."""
        return form_of(self.code)

    @property
    def known(self) -> dict[str, Any]:
        """Facts and values, values first."""
        return {**self.facts, **self.values}

    def visible(self) -> list[FieldDefinition]:
        """The fields that are asked."""
        return [field for field in self.form.fields if holds(field.when, self.known)]

    def given(self) -> dict[str, Any]:
        """The filing as a file for ``forms.precheck``."""
        return {"facts": self.facts, "values": self.values}

    def changed(self, **values: Any) -> "Filled":
        """The same with other values; None leaves a field empty."""
        kept = {key: value for key, value in {**self.values, **values}.items() if value is not None}
        return Filled(self.code, self.operation, self.facts, kept)


@dataclass(frozen=True)
class Mutation:
    """A filing with one deficiency: what kind, in which field, the rule (of a check) that must find it."""

    kind: str
    field: str
    rule: str
    filing: Filled
    check: str = ""

    def __str__(self) -> str:
        """Name it for a list of what was missed."""
        return f"{self.filing.code}/{self.filing.operation} {self.field}: {self.rule} ({self.kind})"


def good(code: str, operation: str, made: SyntheticEnterprise | None = None) -> Filled:
    """The unmutated filing, of the first enterprise without flaws or of the one that is named."""
    return Filled(code, operation, *good_values(code, operation, made))


def of_fields(filing: Filled) -> Iterator[Mutation]:
    """Break each visible field: left out where it is required, and wrong in every way of its type."""
    for field in filing.visible():
        if field.set_by != "applicant":
            continue
        if field.required:
            rule = "attach" if field.type in FILES else "required"
            yield Mutation("left out", field.key, rule, filing.changed(**{field.key: None}))
        if field.key not in filing.values:
            continue
        for kind, wrong in wrong_values(field, filing.values[field.key]):
            yield Mutation(kind, field.key, "invalid", filing.changed(**{field.key: wrong}))


def wrong_values(field: FieldDefinition, value: Any) -> Iterator[tuple[str, Any]]:
    """Values of the field's kind that its own rules forbid."""
    if field.type in PLAIN:
        kind, wrong = PLAIN[field.type]
        yield kind, [*value, wrong] if field.type == "multi_enum" else wrong
    elif field.type in BREAKERS:
        yield from BREAKERS[field.type](field, value)


def _wrong_lists(field: FieldDefinition, value: list[str]) -> Iterator[tuple[str, list[str]]]:
    if field.pattern:
        yield "wrong shape", [*value, misshapen(field.patterns, value[0])]
    yield "entry too long", ["长" * (field.max_length + 1)]


def _wrong_objects(field: FieldDefinition, value: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for part in field.parts:
        for kind, wrong in _wrong_parts(part, value.get(part.key, "")):
            yield kind, {**value, part.key: wrong}


def _wrong_tables(
    field: FieldDefinition, value: list[dict[str, str]]
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for kind, wrong in _wrong_objects(field, value[0]):
        yield kind, [wrong, *value[1:]]


def _wrong_texts(field: FieldDefinition, value: str) -> Iterator[tuple[str, str]]:
    if field.pattern:
        is_checked = field.patterns[0] in CHECKED_DIGITS
        yield "wrong check digit" if is_checked else "wrong shape", misshapen(field.patterns, value)
        return
    yield "too long", "长" * (field.max_length + 1)
    if field.min_length > 1:
        yield "too short", value[: field.min_length - 1]


def _wrong_numbers(field: FieldDefinition, value: str) -> Iterator[tuple[str, str]]:
    yield "no number", "若干"
    if field.minimum is not None:
        yield "out of bounds", f"{field.minimum - 1:g}"
    if field.maximum is not None:
        yield "out of bounds", f"{field.maximum + 1:g}"


def _wrong_parts(part: Part, value: str) -> Iterator[tuple[str, str]]:
    if part.required:
        yield "part left out", ""
    if part.type == "date":
        yield "impossible date", NO_DAY
    elif part.type != "string":
        yield "no number", "若干"
    elif part.pattern:
        kind = "wrong check digit" if part.pattern in CHECKED_DIGITS else "wrong shape"
        yield kind, misshapen([part.pattern], value or shape(part.pattern, "zh-CN")[1])


def misshapen(patterns: list[str], value: str) -> str:
    """A number as it is mistyped: its last character another one, or missing, or one too many."""
    last = "7" if value[-1] != "7" else "1"
    tries = [value[:-1] + last] if patterns[0] in CHECKED_DIGITS else []
    tries += [value[:-1], f"{value}{value[-1]}", re.sub(r"\d", "", value), f"{value}？"]
    return next(one for one in tries if one and not any(matches(name, one) for name in patterns))


BREAKERS: dict[str, Callable[[FieldDefinition, Any], Iterator[tuple[str, Any]]]] = {
    "string": _wrong_texts,
    "text": _wrong_texts,
    "code": _wrong_texts,
    "number": _wrong_numbers,
    "list": _wrong_lists,
    "object": _wrong_objects,
    "table": _wrong_tables,
}
