"""Conditions that can never hold, or hold for all: found without looking at any enterprise.

A condition is spread into alternatives, each a set of parts that must hold together. An alternative is
impossible where the parts on one field leave it no value: ``years < 3 && years > 5``, a province outside the
closed set, a thing of a list that cannot be. A condition all of whose alternatives are impossible can never
hold; one whose opposite can never hold, holds for all. What this finds is so; what it does not find may be so
all the same, therefore a dry run counts besides.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import inf

from knowledge_base.push.schema import FieldSchema, Schema
from knowledge_base.push.tree import (
    TEXT_TESTS,
    Always,
    Both,
    Compare,
    Count,
    Either,
    Has,
    Node,
    OneOf,
    Scalar,
    TextTest,
    negated,
)

MOST_ALTERNATIVES = 512


class Verdict(StrEnum):
    """What is known of a condition beforehand."""

    OPEN = "open"
    NEVER = "never"
    ALWAYS = "always"


def verdict(tree: Node, schema: Schema) -> Verdict:
    """Return whether a condition can never hold, holds for all, or depends."""
    if not _is_possible(tree, schema.fields, schema):
        return Verdict.NEVER
    return Verdict.OPEN if _is_possible(negated(tree), schema.fields, schema) else Verdict.ALWAYS


def _is_possible(node: Node, fields: Mapping[str, FieldSchema], schema: Schema) -> bool:
    alternatives = _alternatives(node)
    return alternatives is None or any(_fits_together(parts, fields, schema) for parts in alternatives)


def _alternatives(node: Node) -> list[tuple[Node, ...]] | None:
    """Return the alternatives of a condition; None where there are too many to look at."""
    if isinstance(node, Either):
        found: list[tuple[Node, ...]] = []
        for part in node.parts:
            inner = _alternatives(part)
            if inner is None or len(found) + len(inner) > MOST_ALTERNATIVES:
                return None
            found += inner
        return found
    if isinstance(node, Both):
        joined: list[tuple[Node, ...]] = [()]
        for part in node.parts:
            inner = _alternatives(part)
            if inner is None or len(joined) * len(inner) > MOST_ALTERNATIVES:
                return None
            joined = [(*one, *other) for one in joined for other in inner]
        return joined
    return [(node,)]


def _fits_together(parts: Sequence[Node], fields: Mapping[str, FieldSchema], schema: Schema) -> bool:
    on_field: dict[str, list[Node]] = {}
    counted: dict[tuple[str, Node | None], list[Count]] = {}
    lists: list[Has] = []
    for part in parts:
        match part:
            case Always(value):
                if not value:
                    return False
            case Has():
                lists.append(part)
            case Count(name, _, _, body):
                counted.setdefault((name, body), []).append(part)
            case Compare() | OneOf() | TextTest():
                on_field.setdefault(part.field, []).append(part)
    return (
        all(_has_value(fields[name], found) for name, found in on_field.items())
        and all(_has_number([(one.op, one.value) for one in found], 0) for found in counted.values())
        and _lists_fit(lists, schema)
    )


def _lists_fit(parts: Sequence[Has], schema: Schema) -> bool:
    barred = {(one.list, one.body) for one in parts if one.is_not}
    for one in parts:
        if not one.is_not:
            if (one.list, one.body) in barred:
                return False
            if not _is_possible(one.body, schema.lists[one.list].fields, schema):
                return False
    return True


def _has_value(declared: FieldSchema, parts: Sequence[Node]) -> bool:
    if declared.type == "int":
        return _has_int(declared, parts)
    allowed: set[Scalar] | None = set(declared.values) if declared.values is not None else None
    if declared.type == "bool":
        allowed = {True, False}
    named = _named(parts)
    if allowed is None and named is not None:
        allowed = named
    return allowed is None or any(_passes(value, parts) for value in allowed)


def _named(parts: Sequence[Node]) -> set[Scalar] | None:
    """Return the values that the parts name as the only ones, None where they leave it open."""
    found: set[Scalar] | None = None
    for part in parts:
        values: set[Scalar] | None = None
        if isinstance(part, Compare) and part.op == "==":
            values = {part.value}
        elif isinstance(part, OneOf) and not part.is_not:
            values = set(part.values)
        if values is not None:
            found = values if found is None else found & values
    return found


def _passes(value: Scalar, parts: Sequence[Node]) -> bool:
    for part in parts:
        match part:
            case Compare(_, op, wanted):
                if op in ("==", "!=") and (value == wanted) != (op == "=="):
                    return False
            case OneOf(_, values, is_not):
                if (value in values) == is_not:
                    return False
            case TextTest(_, test, text, is_not):
                if TEXT_TESTS[test](str(value), text) == is_not:
                    return False
    return True


def _has_int(declared: FieldSchema, parts: Sequence[Node]) -> bool:
    named = _named(parts)
    limits = [(one.op, int(one.value)) for one in parts if isinstance(one, Compare)]
    if named is None:
        barred = {value for one in parts if isinstance(one, OneOf) and one.is_not for value in one.values}
        return _has_number([*limits, *(("!=", int(value)) for value in barred)], declared.least)
    in_reach = (value for value in named if _passes(value, parts))
    return any(_has_number([*limits, ("==", int(value))], declared.least) for value in in_reach)


def _has_number(limits: Sequence[tuple[str, int]], least: int | None) -> bool:
    low, high = (-inf if least is None else float(least)), inf
    barred = set()
    for op, value in limits:
        match op:
            case "<" | "<=":
                high = min(high, value - (op == "<"))
            case ">" | ">=":
                low = max(low, value + (op == ">"))
            case "==":
                low, high = max(low, value), min(high, value)
            case _:
                barred.add(float(value))
    if low > high:
        return False
    if high - low > len(barred):
        return True
    return any(low + step not in barred for step in range(int(high - low) + 1))
