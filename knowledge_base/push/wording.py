"""Why an enterprise is told, in words made from the parts of the condition that held for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from i18n.service import content_language, translate
from knowledge_base.push.schema import FieldSchema, Schema
from knowledge_base.push.tree import (
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
    holds,
)

_CODES = {
    "==": "push.why.is",
    "!=": "push.why.is_not",
    "<": "push.why.less",
    "<=": "push.why.most",
    ">": "push.why.more",
    ">=": "push.why.least",
}
_COUNTS = {
    "==": "push.why.count_is",
    "!=": "push.why.count_is_not",
    "<": "push.why.count_less",
    "<=": "push.why.count_most",
    ">": "push.why.count_more",
    ">=": "push.why.count_least",
}


def why(tree: Node, profile: Mapping[str, Any], schema: Schema, locale: str) -> str:
    """Return one sentence: the parts that held for this enterprise."""
    held = _held(tree, profile)
    return _Words(schema, locale).sentence(held)


def what(tree: Node, schema: Schema, locale: str) -> str:
    """Return the whole condition in words, for editors."""
    return _Words(schema, locale).part(tree, schema.fields)


def _held(node: Node, profile: Mapping[str, Any]) -> list[Node]:
    match node:
        case Both(parts):
            return [one for part in parts for one in _held(part, profile)]
        case Either(parts):
            return next((_held(part, profile) for part in parts if holds(part, profile)), [])
        case Always():
            return []
        case _:
            return [node]


class _Words:
    """Puts parts in the words of one language."""

    def __init__(self, schema: Schema, locale: str) -> None:
        self._schema = schema
        self._locale = locale
        self._language = content_language(locale)

    def _t(self, code: str, **params: object) -> str:
        return translate(code, self._locale, **params)

    def sentence(self, held: Sequence[Node]) -> str:
        if not held:
            return self._t("push.why.everybody")
        parts = dict.fromkeys(self.part(one, self._schema.fields) for one in held)
        return self._t("push.why.sentence", parts=self._t("push.why.and").join(parts))

    def part(self, node: Node, fields: Mapping[str, FieldSchema]) -> str:
        """Return a part in words; a chain in brackets only where it stands inside another."""
        match node:
            case Always(value):
                return self._t("push.why.everybody_short" if value else "push.why.nobody")
            case Both(parts):
                return self._t("push.why.and").join(self._inner(one, fields) for one in parts)
            case Either(parts):
                return self._t("push.why.or").join(self._inner(one, fields) for one in parts)
            case Has() | Count():
                return self._of_list(node)
            case _:
                return self._of_field(node, fields)

    def _inner(self, node: Node, fields: Mapping[str, FieldSchema]) -> str:
        words = self.part(node, fields)
        return self._t("push.why.brackets", words=words) if isinstance(node, Either) else words

    def _of_list(self, node: Has | Count) -> str:
        listed = self._schema.lists[node.list]
        params: dict[str, object] = {"thing": listed.name[self._language]}
        if node.body is not None:
            params["told"] = self._told(node.body, listed.fields)
        if isinstance(node, Has):
            if isinstance(node.body, Always):
                return self._t("push.why.has_none" if node.is_not else "push.why.has_any", **params)
            return self._t("push.why.has_not" if node.is_not else "push.why.has", **params)
        code = _COUNTS[node.op] + ("_told" if node.body is not None else "")
        return self._t(code, number=node.value, **params)

    def _told(self, body: Node, fields: Mapping[str, FieldSchema]) -> str:
        parts = body.parts if isinstance(body, Both) else (body,)
        return self._t("push.why.told").join(self._inner(one, fields) for one in parts)

    def _of_field(self, node: Node, fields: Mapping[str, FieldSchema]) -> str:
        assert isinstance(node, Compare | OneOf | TextTest)
        declared = fields[node.field]
        name = declared.name[self._language]
        if fields is self._schema.fields:
            name = self._t("push.why.your", name=name)
        if isinstance(node, TextTest):
            code = f"push.why.{node.test.lower()}{'_not' if node.is_not else ''}"
            return self._t(code, name=name, text=node.text)
        if isinstance(node, OneOf):
            shown = self._t("push.why.or_value").join(self._value(declared, one) for one in node.values)
            return self._said(declared, "!=" if node.is_not else "==", name, shown)
        if isinstance(node.value, bool):
            words = declared.say["holds" if node.value == (node.op == "==") else "fails"]
            return words[self._language]
        return self._said(declared, node.op, name, self._value(declared, node.value))

    def _said(self, declared: FieldSchema, op: str, name: str, shown: str) -> str:
        own = declared.say.get(_CODES[op].rpartition(".")[2])
        if own is not None:
            return own[self._language].format(value=shown)
        return self._t(_CODES[op], name=name, value=shown)

    def _value(self, declared: FieldSchema, value: Scalar) -> str:
        if declared.values is not None and value in declared.values:
            return declared.values[str(value)][self._language]
        return str(value)
