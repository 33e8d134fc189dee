"""A stored value against its field's own rules: on input, on pre-filled values and before submission."""

import unicodedata
from datetime import date
from typing import Any

from forms.filing.outcomes import Rejected
from forms.filing.rows import as_decimal
from forms.items.definition import FieldDefinition, Part
from forms.items.patterns import matches
from forms.items.regions import region_name


def invalid(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    """Return why a value breaks its field's rules, or None."""
    match field.type:
        case "string" | "text" | "code":
            return _text(field, value, locale)
        case "enum" | "multi_enum":
            return _chosen(field, value, locale)
        case "boolean":
            return None if isinstance(value, bool) else _rejected("yes_no", field, locale)
        case "date":
            return _date(field, value, locale)
        case "region":
            return None if region_name(str(value)) else _rejected("region", field, locale)
        case "object":
            return _object(field, value, locale)
        case "table":
            return _table(field, value, locale)
        case "list":
            return _list(field, value, locale)
        case "file":
            is_file = isinstance(value, dict) and bool(value.get("name"))
            return None if is_file else _rejected("attach_instead", field, locale)
    raise AssertionError(field.type)


def _rejected(code: str, field: FieldDefinition, locale: str, **params: object) -> Rejected:
    return Rejected(f"forms.rejected.{code}", {"field": field.label.get(locale), **params})


def _text(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    if not isinstance(value, str):
        return _rejected("type", field, locale)
    if len(value) > field.max_length:
        return _rejected("too_long", field, locale, max=field.max_length)
    if len(value) < field.min_length:
        return _rejected("too_short", field, locale, min=field.min_length)
    if field.pattern:
        fits = matches(field.pattern, value)
        return None if fits else _rejected(f"pattern.{field.pattern}", field, locale)
    readable = any(unicodedata.category(c)[0] in "LN" for c in value)
    return None if readable else _rejected("unreadable", field, locale)


def _chosen(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    known = {option.value for option in field.options}
    chosen = value if field.type == "multi_enum" else [value]
    if isinstance(chosen, list) and chosen and all(item in known for item in chosen):
        return None
    shown = " / ".join(option.label.get(locale) for option in field.options)
    return _rejected("option", field, locale, options=shown)


def _date(field: FieldDefinition, value: Any, locale: str) -> Rejected | None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return _rejected("date", field, locale)
    return None


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
    if any(not item or len(item) > field.max_length for item in value):
        return _rejected("type", field, locale)
    if field.pattern and not all(matches(field.pattern, item) for item in value):
        return _rejected(f"pattern.{field.pattern}", field, locale)
    return None
