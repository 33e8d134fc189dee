"""A stored value against its field's own rules: on input, on pre-filled values and before submission."""

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from forms.filing.outcomes import Rejected
from forms.filing.rows import as_decimal
from forms.items.form import FieldDefinition, Part
from forms.items.patterns import matches, shape
from forms.items.regions import region_name

EARLIEST, LATEST = 1900, 2199


def invalid(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    """Return why a value breaks its field's rules, or None."""
    return _RULES[field.type](field, value, locale)


def _rejected(code: str, field: FieldDefinition, locale: str, **params: object) -> Rejected:
    return Rejected(f"forms.rejected.{code}", {"field": field.label.get(locale), **params})


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("name"))


def _number(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    number = as_decimal(value) if isinstance(value, str) else None
    if number is None:
        return _rejected("number", field, locale)
    if field.minimum is not None and number < Decimal(str(field.minimum)):
        return _rejected("too_small", field, locale, min=f"{field.minimum:g}")
    if field.maximum is not None and number > Decimal(str(field.maximum)):
        return _rejected("too_large", field, locale, max=f"{field.maximum:g}")
    return None


def _fits(patterns: list[str], value: str) -> bool:
    return any(matches(name, value) for name in patterns)


def _pattern_rejected(field: FieldDefinition, locale: str) -> Rejected:
    wanted, example = shape(field.patterns[0], locale)
    return _rejected("pattern", field, locale, shape=wanted, example=example)


def _boolean(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    return None if isinstance(value, bool) else _rejected("yes_no", field, locale)


def _region(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    return None if region_name(str(value)) else _rejected("region", field, locale)


def _file(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    files = value if field.type == "files" else [value]
    are_files = isinstance(files, list) and bool(files) and all(map(_is_file, files))
    return None if are_files else _rejected("attach_instead", field, locale)


def _text(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    if not isinstance(value, str):
        return _rejected("type", field, locale)
    if len(value) > field.max_length:
        return _rejected("too_long", field, locale, max=field.max_length)
    if len(value) < field.min_length:
        return _rejected("too_short", field, locale, min=field.min_length)
    if field.pattern:
        return None if _fits(field.patterns, value) else _pattern_rejected(field, locale)
    readable = any(unicodedata.category(c)[0] in "LN" for c in value)
    return None if readable else _rejected("unreadable", field, locale)


def _chosen(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    known = [option.value for option in field.options]
    chosen = value if field.type == "multi_enum" else [value]
    if isinstance(chosen, list) and chosen and all(item in known for item in chosen):
        return None
    shown = " / ".join(option.label.get(locale) for option in field.options)
    return _rejected("option", field, locale, options=shown)


def _date(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    return None if _is_date(str(value)) else _rejected("date", field, locale)


def _is_date(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return text == day.isoformat() and EARLIEST <= day.year <= LATEST


def _object(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    if not isinstance(value, dict):
        return _rejected("type", field, locale)
    for part in field.parts:
        problem = _part(field, part, str(value.get(part.key, "")), locale)
        if problem:
            return problem
    return None


def _table(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    if not isinstance(value, list) or not value:
        return _rejected("type", field, locale)
    if len(value) > field.max_items:
        return _rejected("too_many_rows", field, locale, max=field.max_items)
    if not all(isinstance(row, dict) for row in value):
        return _rejected("type", field, locale)
    for number, row in enumerate(value, 1):
        for part in field.parts:
            problem = _part(field, part, str(row.get(part.key, "")), locale)
            if problem:
                return Rejected("forms.rejected.row", {**problem.params, "row": number})
    return None


def _part(field: FieldDefinition, part: Part, text: str, locale: str) -> Rejected | None:
    label = part.label.get(locale)
    if not text:
        return _rejected("part_missing", field, locale, part=label) if part.required else None
    if len(text) > field.max_length:
        return _rejected("part_wrong", field, locale, part=label)
    if part.type == "date":
        return None if _is_date(text) else _rejected("part_wrong", field, locale, part=label)
    if part.type != "string":
        number = as_decimal(text)
        wrong = number is None or (part.type == "integer" and number != int(number))
        return _rejected("part_wrong", field, locale, part=label) if wrong else None
    if part.pattern and not matches(part.pattern, text):
        return _rejected("part_wrong", field, locale, part=label)
    return None


def _list(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    if not isinstance(value, list) or not value or len(value) > field.max_items:
        return _rejected("type", field, locale)
    if any(not isinstance(one, str) or not one or len(one) > field.max_length for one in value):
        return _rejected("type", field, locale)
    if field.pattern and not all(_fits(field.patterns, item) for item in value):
        return _pattern_rejected(field, locale)
    return None


_RULES: dict[str, Callable[[FieldDefinition, Any, str], Rejected | None]] = {
    "string": _text,
    "text": _text,
    "code": _text,
    "number": _number,
    "enum": _chosen,
    "multi_enum": _chosen,
    "boolean": _boolean,
    "date": _date,
    "region": _region,
    "object": _object,
    "table": _table,
    "list": _list,
    "file": _file,
    "files": _file,
}
