"""CEL, in the one module that wraps it: check against the profile's schema, read the tree, evaluate.

1. ``compile_condition`` parses and type-checks by Google's own implementation, names a mistake with line
   and column, and reads the checked expression into a tree. What the tree does not know is refused;
   it knows comparisons of a field with a value, ``in``, ``&&``, ``||``, ``!``, ``exists``, ``all``,
   ``filter(…).size()``, ``size``, ``startsWith``, ``endsWith``, ``contains``. So nothing can grow: no
   arithmetic, no joined text, no list inside a list. Length is limited, and the implementation limits depth
   and steps besides.
2. ``Condition.holds_for`` evaluates over a profile: a plain mapping with every declared field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.any_pb2 import Any as Packed

from core.errors import InvalidInput, InvariantBroken
from knowledge_base.push import reading
from knowledge_base.push.schema import FieldSchema, Schema
from knowledge_base.push.tree import Compare, Node, OneOf, leaves

LONGEST = 2000
_PLACE = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_NO_FIELD = re.compile(r"undefined field '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '([^']*)'")
_DEEP = ("recursion", "Iteration budget", "size exceeds")
_TYPES = {"string": cel.Type.STRING, "int": cel.Type.INT, "bool": cel.Type.BOOL}
_PROTO = {
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "int": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
}
_PACKAGE = "profile"


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition that was checked; ``names`` are the fields and lists that it reads."""

    source: str
    tree: Node
    names: tuple[str, ...]
    program: Any

    def holds_for(self, profile: Mapping[str, Any]) -> bool:
        """Whether an enterprise is meant.

        Raises:
            InvariantBroken: it cannot be evaluated, so the profile is not as declared.
        """
        try:
            found = self.program.eval(data={name: profile[name] for name in self.names}).value()
        except (KeyError, RuntimeError) as error:
            raise InvariantBroken("push.condition.not_evaluated") from error
        if not isinstance(found, bool):
            raise InvariantBroken("push.condition.not_evaluated")
        return found


@dataclass(frozen=True)
class _Environments:
    """One for checking, where things have declared fields; one for running, where they are mappings."""

    check: Any
    run: Any


@lru_cache(maxsize=8)
def _environments(schema: Schema) -> _Environments:
    file = descriptor_pb2.FileDescriptorProto(name="profile.proto", package=_PACKAGE, syntax="proto3")
    for listed in schema.lists.values():
        message = file.message_type.add(name=listed.key)
        for number, one in enumerate(listed.fields.values(), 1):
            message.field.add(name=one.key, number=number, type=_PROTO[one.type], label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    plain = {key: _TYPES[one.type] for key, one in schema.fields.items()}
    things = cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))
    typed = {key: cel.Type.List(cel.Type(f"{_PACKAGE}.{key}")) for key in schema.lists}
    return _Environments(
        check=cel.NewEnv(pool, variables={**plain, **typed}),
        run=cel.NewEnv(variables={**plain, **dict.fromkeys(schema.lists, things)}),
    )


def compile_condition(source: str, schema: Schema) -> Condition:
    """Check a condition and make it ready.

    Raises:
        InvalidInput: it is empty, too long, broken, of the wrong type, or holds what is not allowed; the
            parameters give line and column.
    """
    text = source.strip()
    if not text:
        raise InvalidInput("push.condition.empty")
    if len(text) > LONGEST:
        raise InvalidInput("push.condition.too_long", limit=LONGEST)
    environments = _environments(schema)
    if not text.isprintable() and _has_surrogate(text):
        raise InvalidInput("push.condition.syntax", line=1, column=1)
    try:
        checked = environments.check.compile(text)
        program = environments.run.compile(text)
    except RuntimeError as error:
        raise _mistake(str(error)) from error
    if checked.return_type() != cel.Type.BOOL:
        raise InvalidInput("push.condition.not_a_claim")
    tree = reading.read(_decoded(checked.serialize()), text, schema)
    _check_values(tree, schema)
    return Condition(text, tree, tuple(_names(tree, schema)), program)


def _has_surrogate(text: str) -> bool:
    return any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)


def _names(tree: Node, schema: Schema) -> set[str]:
    found = {getattr(leaf, "list", "") or getattr(leaf, "field", "") for leaf in reading.outer(tree)}
    return found & {*schema.fields, *schema.lists}


def _mistake(told: str) -> InvalidInput:
    """Return the first mistake with its place, in our words."""
    place = _PLACE.search(told)
    line, column = (max(int(place[1]), 1), max(int(place[2]), 1)) if place else (1, 1)
    where: dict[str, Any] = {"line": line, "column": column}
    if any(mark in told for mark in _DEEP):
        return InvalidInput("push.condition.too_deep")
    if name := _UNKNOWN.search(told):
        return InvalidInput("push.condition.unknown_name", name=name[1][:60], **where)
    if name := _NO_FIELD.search(told):
        return InvalidInput("push.condition.unknown_name", name=name[1][:60], **where)
    if overload := _OVERLOAD.search(told):
        return InvalidInput("push.condition.types", types=overload[2].strip("()")[:120], **where)
    return InvalidInput("push.condition.syntax", **where)


def _check_values(tree: Node, schema: Schema) -> None:
    """Refuse values that a field's closed set does not hold: such a part could never be as meant."""
    for owner, leaf in reading.owned(tree, schema):
        declared: FieldSchema | None = owner.get(getattr(leaf, "field", ""))
        if declared is None or declared.values is None or not isinstance(leaf, Compare | OneOf):
            continue
        given = leaf.values if isinstance(leaf, OneOf) else (leaf.value,)
        for value in given:
            if value not in declared.values:
                raise InvalidInput("push.condition.unknown_value", name=declared.key, value=str(value)[:60])


def size_of(tree: Node) -> int:
    """Return how many parts a condition has."""
    return sum(1 for _ in leaves(tree))


@lru_cache(maxsize=1)
def _checked_message() -> Any:
    """Return the message class of a checked expression, with the parts that we read.

    Source: cel-spec ``cel/expr/checked.proto`` and ``cel/expr/syntax.proto`` (field numbers).
    """
    kind = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="checked.proto", package="checked", syntax="proto3")
    scalars = {
        "int": kind.TYPE_INT64,
        "int32": kind.TYPE_INT32,
        "bool": kind.TYPE_BOOL,
        "str": kind.TYPE_STRING,
    }
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        if name == "Const":
            message.oneof_decl.add(name="kind")
        for told in fields.split():
            key, number, type_name = told.rstrip("*").split(":")
            one = message.field.add(name=key, number=int(number), label=3 if told.endswith("*") else 1)
            if name == "Const":
                one.oneof_index = 0
            if type_name in scalars:
                one.type = scalars[type_name]
            else:
                one.type, one.type_name = kind.TYPE_MESSAGE, f".checked.{type_name}"
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("checked.Checked"))


_MESSAGES = {
    "Checked": "expr:4:Expr source_info:5:Info",
    "Expr": "id:2:int const_expr:3:Const ident_expr:4:Ident select_expr:5:Select call_expr:6:Call"
    " list_expr:7:Listed comprehension_expr:9:Fold",
    "Const": "bool_value:2:bool int64_value:3:int string_value:6:str",
    "Ident": "name:1:str",
    "Select": "operand:1:Expr field:2:str test_only:3:bool",
    "Call": "target:1:Expr function:2:str args:3:Expr*",
    "Listed": "elements:1:Expr*",
    "Fold": "iter_var:1:str iter_range:2:Expr accu_var:3:str accu_init:4:Expr loop_condition:5:Expr"
    " loop_step:6:Expr result:7:Expr",
    "Place": "key:1:int value:2:int32",
    "Info": "positions:4:Place*",
}


def _decoded(serialized: bytes) -> Any:
    packed = Packed()
    packed.ParseFromString(serialized)
    checked = _checked_message()()
    checked.ParseFromString(packed.value)
    return checked
