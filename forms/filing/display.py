"""How stored values read on screen and paper; sensitive ones are masked unless revealed."""

from typing import Any

from core.privacy.service import mask_value
from forms.items.form import FieldDefinition
from forms.items.regions import region_name
from i18n.service import translate

MOST_SHOWN = 200


def show(field: FieldDefinition, value: Any, locale: str, *, reveal: bool = False) -> str:
    """Write a value for people.

    Args:
        field: the field's definition.
        value: its stored value, or None.
        locale: ``zh-CN`` or ``en``.
        reveal: whether sensitive values are written in full (the printed document alone).
    """
    if value is None:
        return ""
    if not has_shape(field, value):
        return _whole(field, str(value)[:MOST_SHOWN], reveal=reveal)
    comma = translate("forms.list_separator", locale)
    match field.type:
        case "enum":
            return option_label(field, str(value), locale)
        case "multi_enum":
            return comma.join(option_label(field, str(item), locale) for item in value)
        case "boolean":
            return translate("forms.shown.yes" if value else "forms.shown.no", locale)
        case "region":
            return f"{value} {region_name(str(value)) or ''}".strip()
        case "object" | "table":
            return translate("forms.row_separator", locale).join(_rows_shown(field, value, locale, reveal))
        case "list":
            return comma.join(map(str, value))
        case "file" | "files":
            return comma.join(
                str(one.get("name", "")) for one in (value if isinstance(value, list) else [value])
            )
    return _whole(field, str(value), reveal=reveal)


def _whole(field: FieldDefinition, text: str, *, reveal: bool) -> str:
    return text if reveal or not field.sensitive else mask_value(field.sensitive, text)


def has_shape(field: FieldDefinition, value: Any) -> bool:
    """Whether a value is of its field's kind at all; a source may hold anything under a key."""
    match field.type:
        case "object" | "file":
            return isinstance(value, dict)
        case "table" | "files":
            return isinstance(value, list) and all(isinstance(one, dict) for one in value)
        case "list" | "multi_enum":
            return isinstance(value, list)
    return not isinstance(value, dict | list)


def _parts(field: FieldDefinition, value: dict[str, Any], reveal: bool) -> dict[str, str]:
    shown = {}
    for part in field.parts:
        text = str(value.get(part.key) or "")
        shown[part.key] = mask_value(part.sensitive, text) if part.sensitive and text and not reveal else text
    return shown


def _rows_shown(field: FieldDefinition, value: Any, locale: str, reveal: bool) -> list[str]:
    if field.type == "object":
        return _labelled(field, value, locale, reveal)
    return [" ".join(text for text in _parts(field, row, reveal).values() if text) for row in value]


def _labelled(field: FieldDefinition, value: dict[str, Any], locale: str, reveal: bool) -> list[str]:
    shown = _parts(field, value, reveal)
    return [
        translate("forms.labelled", locale, label=part.label.get(locale), value=shown[part.key])
        for part in field.parts
        if shown[part.key]
    ]


def screen_value(field: FieldDefinition, value: Any) -> Any:
    """Return the value for a form's input: None where it is sensitive, its parts masked where they are."""
    if (
        value is None
        or not has_shape(field, value)
        or (field.sensitive and field.type not in {"object", "table"})
    ):
        return None
    if field.type == "object":
        return _parts(field, value, reveal=False)
    if field.type == "table":
        return [_parts(field, row, reveal=False) for row in value]
    return value


def option_label(field: FieldDefinition, value: str, locale: str) -> str:
    """Return an option's label."""
    return next((option.label.get(locale) for option in field.options if option.value == value), value)
