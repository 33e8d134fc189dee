"""Reading what people type or a web form sends into a field's stored value.

Stored values: text; the option's value (or a list of them); ``True``/``False``; ISO date; six-digit region
code; ``{part: text}``; a list of such rows; a list of texts; ``{file_id, name}`` for files.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from forms.filing.choosing import folded, match_loosely, match_option
from forms.filing.dates import read_date
from forms.filing.outcomes import Rejected
from forms.filing.rows import as_decimal, read_object, read_table
from forms.filing.validation import invalid
from forms.items.form import FieldDefinition
from forms.items.patterns import tidy
from i18n.service import locales, lookup, translate

MAX_CHARACTERS = 40_000
_SEPARATORS = re.compile(r"[,，、;；\n/|]+")
_LINES = re.compile(r"[;；\n|]+")
_AMOUNT = re.compile(r"\s*([-+]?[0-9]+(?:\.[0-9]+)?)\s*(?:[^0-9.+-]{0,12})")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}


def parse(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    """Return the stored value, valid under the field's own rules, or why it cannot be taken."""
    if isinstance(raw, str) and len(raw) > MAX_CHARACTERS:
        return Rejected("forms.rejected.too_long", {"field": field.label.get(locale), "max": MAX_CHARACTERS})
    try:
        raw = _cleaned(raw)
    except RecursionError:
        return Rejected("forms.rejected.type", {"field": field.label.get(locale)})
    if raw is None or raw == "" or raw == [] or raw == {}:
        return Rejected("forms.rejected.empty", {"field": field.label.get(locale)})
    value = _READERS[field.type](field, raw, locale)
    if isinstance(value, Rejected):
        return value
    return invalid(field, value, locale) or value


def _cleaned(raw: Any) -> Any:
    """Return what was sent without characters that nobody sees, in lists and rows too."""
    if isinstance(raw, str):
        return _printable(raw).strip()
    if isinstance(raw, list):
        return [_cleaned(one) for one in raw]
    if isinstance(raw, dict):
        return {key: _cleaned(value) for key, value in raw.items()}
    return raw


def _printable(text: str) -> str:
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return "".join(kept)


def _text(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    if not isinstance(raw, str):
        return Rejected("forms.rejected.type", {"field": field.label.get(locale)})
    if field.pattern:
        return tidy(field.patterns[0], raw)
    return raw if field.type == "text" else " ".join(raw.split())


def _option(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    found = match_loosely(field.options, str(raw))
    return found if found is not None else _not_an_option(field, locale)


def _options(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    whole = match_option(field.options, str(raw)) if isinstance(raw, str) else None
    if whole is not None:
        return [whole]
    named, rest = _named_whole(field, str(raw)) if isinstance(raw, str) else ([], raw)
    names = [str(item) for item in rest] if isinstance(rest, list) else _split(str(rest))
    if len(names) == 1 and match_option(field.options, names[0]) is None:
        names = names[0].replace("和", " ").replace(" and ", " ").split()
    if len(names) > 2 * len(field.options):
        return _not_an_option(field, locale)
    found = [*named, *(match_option(field.options, name) for name in names)]
    if not found or None in found:
        return _not_an_option(field, locale)
    return list(dict.fromkeys(found))


def _named_whole(field: FieldDefinition, text: str) -> tuple[list[str], str]:
    """Take out labels that hold separators themselves; return their values and what is left."""
    found = []
    labels = [(label, one.value) for one in field.options for label in (one.label.zh, one.label.en)]
    for label, value in sorted(labels, key=lambda pair: -len(pair[0])):
        if _SEPARATORS.search(label) and label.casefold() in text.casefold():
            start = text.casefold().index(label.casefold())
            text = f"{text[:start]}\n{text[start + len(label) :]}"
            found.append(value)
    return found, text


def _not_an_option(field: FieldDefinition, locale: str) -> Rejected:
    shown = translate("forms.list_separator", locale).join(
        option.label.get(locale) for option in field.options
    )
    return Rejected("forms.rejected.option", {"field": field.label.get(locale), "options": shown})


def read_yes_no(raw: object) -> bool | None:
    """Return what a yes or a no means, in both languages; None if it is neither."""
    if isinstance(raw, bool):
        return raw
    word = folded(str(raw))
    for answer in (True, False):
        code = "forms.words.yes" if answer else "forms.words.no"
        spellings = {folded(w) for loc in locales() for w in (lookup(code, loc) or "").split("|")}
        if word in spellings:
            return answer
    return None


def _boolean(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    answer = read_yes_no(raw)
    return Rejected("forms.rejected.yes_no", {"field": field.label.get(locale)}) if answer is None else answer


def _date(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    return read_date(str(raw)) or Rejected("forms.rejected.date", {"field": field.label.get(locale)})


def _list(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    split = _LINES if field.one_per_line else _SEPARATORS
    items = [str(item) for item in raw] if isinstance(raw, list) else _split(str(raw), split)
    return [tidy(field.patterns[0], item) if field.pattern else item.strip() for item in items]


def _split(text: str, separators: re.Pattern[str] = _SEPARATORS) -> list[str]:
    return [part.strip() for part in separators.split(text) if part.strip()]


def _number(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    match = _AMOUNT.fullmatch(str(raw).translate(_FULL_WIDTH).replace(",", ""))
    number = as_decimal(match.group(1)) if match else None
    if number is None:
        return Rejected("forms.rejected.number", {"field": field.label.get(locale)})
    return format(number.normalize(), "f")


def _region(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    return re.sub(r"\s+", "", str(raw).translate(_FULL_WIDTH))


def _structure(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    if isinstance(raw, str) and raw[:1] in "[{":
        try:
            raw = _cleaned(json.loads(raw))
        except (ValueError, RecursionError):
            return Rejected("forms.rejected.type", {"field": field.label.get(locale)})
    reader = read_table if field.type == "table" else read_object
    value = reader(field, raw)
    return value if value is not None else _unreadable(field, locale)


def _unreadable(field: FieldDefinition, locale: str) -> Rejected:
    parts = translate("forms.list_separator", locale).join(part.label.get(locale) for part in field.parts)
    return Rejected(f"forms.rejected.{field.type}", {"field": field.label.get(locale), "parts": parts})


def _file(field: FieldDefinition, raw: object, locale: str) -> Any | Rejected:
    return Rejected("forms.rejected.attach_instead", {"field": field.label.get(locale)})


_READERS: dict[str, Callable[[FieldDefinition, object, str], Any]] = {
    "string": _text,
    "text": _text,
    "code": _text,
    "number": _number,
    "enum": _option,
    "multi_enum": _options,
    "boolean": _boolean,
    "date": _date,
    "region": _region,
    "object": _structure,
    "table": _structure,
    "list": _list,
    "file": _file,
    "files": _file,
}
