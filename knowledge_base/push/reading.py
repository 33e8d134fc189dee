"""From a checked expression to a tree; what a condition may not hold is refused with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from core.errors import InvalidInput
from knowledge_base.push.schema import FieldSchema, Schema
from knowledge_base.push.tree import (
    SWAPPED,
    TEXT_TESTS,
    Always,
    Both,
    Compare,
    Count,
    Either,
    Has,
    Node,
    OneOf,
    Op,
    Scalar,
    TextTest,
    negated,
)

_OPS: dict[str, Op] = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}


@dataclass
class _Reader:
    """Reads one expression; ``thing`` is the loop's variable inside a list, "" outside."""

    text: str
    schema: Schema
    places: dict[int, int]
    thing: str = ""
    fields: Mapping[str, FieldSchema] = field(default_factory=dict)

    def refuse(self, expr: Any) -> InvalidInput:
        before = self.text[: self.places.get(expr.id, 0)]
        line = before.count("\n") + 1
        return InvalidInput(
            "push.condition.unsupported", line=line, column=len(before.rpartition("\n")[2]) + 1
        )

    def node(self, expr: Any) -> Node:
        if expr.HasField("const_expr"):
            value = self._constant(expr)
            if isinstance(value, bool):
                return Always(value)
        elif expr.HasField("call_expr"):
            return self._call(expr)
        elif expr.HasField("comprehension_expr"):
            return self._has(expr)
        elif (name := self._field(expr)) is not None and self.fields[name].type == "bool":
            return Compare(name, "==", True)
        raise self.refuse(expr)

    def _call(self, expr: Any) -> Node:
        call = expr.call_expr
        if call.function in ("_&&_", "_||_"):
            parts = tuple(self.node(part) for part in call.args)
            return Both(_flat(Both, parts)) if call.function == "_&&_" else Either(_flat(Either, parts))
        if call.function == "!_":
            return negated(self.node(call.args[0]))
        if call.function in _OPS:
            return self._compare(expr, _OPS[call.function])
        if call.function == "@in":
            return self._one_of(expr)
        if call.function in TEXT_TESTS:
            name, text = self._field(call.target), self._constant(call.args[0])
            if name is not None and isinstance(text, str):
                return TextTest(name, call.function, text)
        raise self.refuse(expr)

    def _compare(self, expr: Any, op: Op) -> Node:
        left, right = expr.call_expr.args
        if left.HasField("const_expr"):
            left, right, op = right, left, SWAPPED[op]
        value = self._constant(right)
        if value is None:
            raise self.refuse(right)
        if _is_size(left):
            return self._count(left, op, value)
        name = self._field(left)
        if name is None:
            raise self.refuse(left)
        if isinstance(value, bool):
            return Compare(name, "==", value == (op == "=="))
        return Compare(name, op, value)

    def _one_of(self, expr: Any) -> Node:
        left, right = expr.call_expr.args
        name = self._field(left)
        values = [self._constant(one) for one in right.list_expr.elements]
        if name is None or not right.HasField("list_expr") or None in values:
            raise self.refuse(expr)
        return OneOf(name, tuple(cast(list[Scalar], values)))

    def _count(self, expr: Any, op: Op, value: Scalar) -> Node:
        call = expr.call_expr
        counted = call.target if call.HasField("target") else call.args[0]
        if counted.HasField("ident_expr") and counted.ident_expr.name in self.schema.lists and not self.thing:
            return Count(counted.ident_expr.name, op, int(value))
        if counted.HasField("comprehension_expr"):
            fold = counted.comprehension_expr
            step = fold.loop_step.call_expr
            if fold.accu_init.HasField("list_expr") and step.function == "_?_:_" and _keeps(fold, step):
                name, inner = self._inside(counted)
                return Count(name, op, int(value), inner.node(step.args[0]))
        raise self.refuse(expr)

    def _has(self, expr: Any) -> Node:
        fold = expr.comprehension_expr
        step = fold.loop_step.call_expr
        is_some = step.function == "_||_"
        if not is_some and step.function != "_&&_":
            raise self.refuse(expr)
        name, inner = self._inside(expr)
        body = inner.node(step.args[1])
        return Has(name, body) if is_some else Has(name, negated(body), is_not=True)

    def _inside(self, expr: Any) -> tuple[str, "_Reader"]:
        fold = expr.comprehension_expr
        name = fold.iter_range.ident_expr.name if fold.iter_range.HasField("ident_expr") else ""
        if self.thing or name not in self.schema.lists:
            raise self.refuse(expr)
        listed = self.schema.lists[name].fields
        return name, _Reader(self.text, self.schema, self.places, fold.iter_var, listed)

    def _field(self, expr: Any) -> str | None:
        """Return the name of a field of the thing in hand, None where the expression is none."""
        if self.thing:
            select = expr.select_expr
            is_own = expr.HasField("select_expr") and select.operand.ident_expr.name == self.thing
            return select.field if is_own and not select.test_only else None
        name = expr.ident_expr.name if expr.HasField("ident_expr") else None
        return name if name in self.fields else None

    @staticmethod
    def _constant(expr: Any) -> Scalar | None:
        if not expr.HasField("const_expr"):
            return None
        kind = expr.const_expr.WhichOneof("kind")
        found: Scalar | None = getattr(expr.const_expr, kind) if kind else None
        return found


def _flat(kind: type[Both] | type[Either], parts: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))


def _is_size(expr: Any) -> bool:
    return bool(expr.HasField("call_expr")) and bool(expr.call_expr.function == "size")


def _keeps(fold: Any, step: Any) -> bool:
    """Whether the loop keeps the things themselves (``filter``), not something made from them (``map``)."""
    added: Any = step.args[1].call_expr
    if added.function != "_+_":
        return False
    kept = list(added.args[1].list_expr.elements)
    return len(kept) == 1 and bool(kept[0].ident_expr.name == fold.iter_var)


def read(checked: Any, text: str, schema: Schema) -> Node:
    """Return the tree of a checked expression.

    Raises:
        InvalidInput: it holds what a condition may not hold; line and column tell where.
    """
    places = {place.key: place.value for place in checked.source_info.positions}
    return _Reader(text, schema, places, "", schema.fields).node(checked.expr)


def outer(node: Node) -> Iterator[Node]:
    """Yield the parts that are no And and no Or, without looking into lists."""
    if isinstance(node, Both | Either):
        for part in node.parts:
            yield from outer(part)
    else:
        yield node


def owned(node: Node, schema: Schema) -> Iterator[tuple[Mapping[str, FieldSchema], Node]]:
    """Yield the leaves with the fields among which each finds its own."""
    for leaf in outer(node):
        yield schema.fields, leaf
        body = getattr(leaf, "body", None)
        if isinstance(leaf, Has | Count) and body is not None:
            for inner in outer(body):
                yield schema.lists[leaf.list].fields, inner
