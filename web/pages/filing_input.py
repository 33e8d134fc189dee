"""What a posted group of the form says.

Inputs are named ``f.<key>`` (``f.<key>.<part>`` in an object, ``f.<key>.<row>.<part>`` in a table). Beside
them ``was.<key>`` holds what the page showed, in the same spelling; what still says that was not touched.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from core.errors import NotAvailable
from core.identity import Actor
from forms import service as forms
from forms.service import FieldView, Rejected
from i18n.service import translate

_SEPARATORS = re.compile(r"[,\uff0c\u3001;\uff1b\n]+")
_LINES = re.compile(r"[;\uff1b\n]+")
_ROW = re.compile(r"^(\d{1,4})\.([a-z_0-9]+)$")


FILES = ("file", "files")


@dataclass(frozen=True)
class Problem:
    """Why a value was not taken, with what was typed."""

    text: str
    typed: Any


def shown(field: FieldView) -> Any:
    """Return a field's value as its inputs show it: masked parts are empty, they must be typed anew."""
    value = field.value
    if field.type == "object":
        return {part.key: _unmasked((value or {}).get(part.key, "")) for part in field.parts}
    if field.type == "table":
        return [{part.key: str(row.get(part.key) or "") for part in field.parts} for row in value or []]
    if field.type == "multi_enum":
        return [option for option, _ in field.options if option in (value or [])]
    if field.type == "list":
        return [str(one) for one in value or []]
    if field.type == "boolean":
        return {True: "yes", False: "no"}.get(value, "")
    return "" if value is None or field.type in FILES else str(value)


def _unmasked(text: object) -> str:
    return "" if "*" in str(text or "") else str(text or "")


def spelled(value: Any) -> str:
    """Write an input's value so that two can be compared."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def take_group(
    actor: Actor,
    filing_id: str,
    group: str,
    locale: str,
    posted: MultiDict[str, str],
    files: MultiDict[str, FileStorage],
) -> dict[str, Problem]:
    """Store what changed in one group and do what its pressed button says.

    Returns:
        problems by field key.

    Raises:
        NotAvailable: no such filing or group, or not the actor's.
    """
    view = forms.get_filing(actor, filing_id, locale)
    fields = next((one.fields for one in view.groups if one.key == group), None)
    if fields is None:
        raise NotAvailable
    problems: dict[str, Problem] = {}
    verb, _, named = posted.get("press", "").partition(":")
    for field in fields:
        if field.key == named and verb in ("confirm", "skip", "use"):
            continue
        found = _taken(actor, filing_id, field, locale, posted, files)
        if isinstance(found, Rejected):
            typed = read_inputs(field, posted)
            problems[field.key] = Problem(translate(found.code, locale, **found.params), typed)
    pressed = next((field for field in fields if field.key == named), None)
    if pressed is not None:
        found = _do(actor, filing_id, pressed, verb, locale, posted)
        if isinstance(found, Rejected):
            problems[named] = Problem(translate(found.code, locale, **found.params), shown(pressed))
    return problems


def _do(
    actor: Actor, filing_id: str, field: FieldView, verb: str, locale: str, posted: MultiDict[str, str]
) -> object:
    if verb == "confirm":
        return forms.confirm_prefilled(actor, filing_id, [field.key])
    if verb == "skip":
        return forms.skip_field(actor, filing_id, field.key, locale)
    if verb == "use":
        number = posted.get(f"alternative.{field.key}", "")
        if not number.isdecimal() or int(number) >= len(field.alternatives):
            return Rejected("web.page.filing.choose_source")
        value = field.alternatives[int(number)].value
        return forms.answer_field(actor, filing_id, field.key, value, source="web", locale=locale)
    return None


def _taken(
    actor: Actor,
    filing_id: str,
    field: FieldView,
    locale: str,
    posted: MultiDict[str, str],
    files: MultiDict[str, FileStorage],
) -> object:
    if field.set_by != "applicant":
        return None
    if field.type in FILES:
        return _attached(actor, filing_id, field, locale, files)
    if f"was.{field.key}" not in posted:
        return None
    pasted = posted.get(f"paste.{field.key}", "").strip()
    typed = pasted or read_inputs(field, posted)
    if spelled(typed) == posted[f"was.{field.key}"]:
        return None
    if _is_blank(typed) and not field.required:
        return forms.skip_field(actor, filing_id, field.key, locale)
    return forms.answer_field(actor, filing_id, field.key, typed, source="web", locale=locale)


def _attached(
    actor: Actor, filing_id: str, field: FieldView, locale: str, files: MultiDict[str, FileStorage]
) -> object:
    """Attach what was chosen; the first refusal, or None."""
    for upload in files.getlist(f"f.{field.key}"):
        if upload.filename:
            found = forms.attach_file(
                actor, filing_id, field.key, upload.filename, upload.stream, locale=locale
            )
            if isinstance(found, Rejected):
                return found
    return None


def _is_blank(typed: Any) -> bool:
    if isinstance(typed, dict):
        return not any(typed.values())
    return not typed


def read_inputs(field: FieldView, posted: MultiDict[str, str]) -> Any:
    """Return what the inputs of a field say, in the spelling of ``shown``."""
    name = f"f.{field.key}"
    if field.type == "object":
        return {part.key: posted.get(f"{name}.{part.key}", "").strip() for part in field.parts}
    if field.type == "table":
        return _rows(field, name, posted)
    if field.type == "multi_enum":
        return posted.getlist(name)
    if field.type == "list":
        separators = _LINES if field.one_per_line else _SEPARATORS
        return [one.strip() for one in separators.split(posted.get(name, "")) if one.strip()]
    return posted.get(name, "").replace("\r\n", "\n").strip()


def _rows(field: FieldView, name: str, posted: MultiDict[str, str]) -> list[dict[str, str]]:
    rows: dict[int, dict[str, str]] = {}
    for key, text in posted.items():
        match = _ROW.match(key.removeprefix(f"{name}.")) if key.startswith(f"{name}.") else None
        if match:
            rows.setdefault(int(match.group(1)), {})[match.group(2)] = text.strip()
    parts = [part.key for part in field.parts]
    filled = [{key: rows[number].get(key, "") for key in parts} for number in sorted(rows)]
    return [row for row in filled if any(row.values())]
