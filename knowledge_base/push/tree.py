"""A condition as a tree of the few forms that it may have, negations at the leaves.

``holds`` reads a tree over a profile in plain Python. What is sent is decided by CEL; this reading tells
which parts held, and tests hold the two to each other.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Op = Literal["==", "!=", "<", "<=", ">", ">="]
Scalar = str | int | bool
OPPOSITE: dict[str, Op] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
SWAPPED: dict[str, Op] = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": str.__contains__,
}


@dataclass(frozen=True)
class Always:
    """``true`` or ``false`` themselves."""

    value: bool


@dataclass(frozen=True)
class Compare:
    """A field beside a value."""

    field: str
    op: Op
    value: Scalar


@dataclass(frozen=True)
class OneOf:
    """A field among values, or (``is_not``) outside them."""

    field: str
    values: tuple[Scalar, ...]
    is_not: bool = False


@dataclass(frozen=True)
class TextTest:
    """A text field that begins with, ends with or contains a text, or (``is_not``) does not."""

    field: str
    test: str
    text: str
    is_not: bool = False


@dataclass(frozen=True)
class Has:
    """Some thing of a list is as told; with ``is_not`` none is."""

    list: str
    body: "Node"
    is_not: bool = False


@dataclass(frozen=True)
class Count:
    """How many things of a list there are (that are as told)."""

    list: str
    op: Op
    value: int
    body: "Node | None" = None


@dataclass(frozen=True)
class Both:
    """All parts hold."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    """Some part holds."""

    parts: tuple["Node", ...]


Node = Always | Compare | OneOf | TextTest | Has | Count | Both | Either


def negated(node: Node) -> Node:
    """Return what holds just where the node does not."""
    match node:
        case Always(value):
            return Always(not value)
        case Compare(field, op, value):
            return Compare(field, OPPOSITE[op], value)
        case OneOf(field, values, is_not):
            return OneOf(field, values, not is_not)
        case TextTest(field, test, text, is_not):
            return TextTest(field, test, text, not is_not)
        case Has(name, body, is_not):
            return Has(name, body, not is_not)
        case Count(name, op, value, inner):
            return Count(name, OPPOSITE[op], value, inner)
        case Both(parts):
            return Either(tuple(negated(part) for part in parts))
        case Either(parts):
            return Both(tuple(negated(part) for part in parts))


def holds(node: Node, row: Mapping[str, Any]) -> bool:
    """Whether a tree holds over a profile, or over one thing of a list."""
    match node:
        case Always(value):
            return value
        case Compare(field, op, value):
            return _COMPARE[op](row[field], value)
        case OneOf(field, values, is_not):
            return (row[field] in values) != is_not
        case TextTest(field, test, text, is_not):
            return TEXT_TESTS[test](row[field], text) != is_not
        case Both(parts):
            return all(holds(part, row) for part in parts)
        case Either(parts):
            return any(holds(part, row) for part in parts)
        case _:
            return _over_list(node, row)


def _over_list(node: Has | Count, row: Mapping[str, Any]) -> bool:
    things = row[node.list]
    if isinstance(node, Has):
        return any(holds(node.body, thing) for thing in things) != node.is_not
    found = [thing for thing in things if node.body is None or holds(node.body, thing)]
    return _COMPARE[node.op](len(found), node.value)


def leaves(node: Node) -> Iterator[Node]:
    """Yield the parts that are no And and no Or, those inside lists included."""
    match node:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Has(_, body):
            yield node
            yield from leaves(body)
        case Count(_, _, _, body) if body is not None:
            yield node
            yield from leaves(body)
        case _:
            yield node
