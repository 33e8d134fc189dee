"""Objects and tables typed as simple lines.

An object: ``name: value`` lines in any order, or the parts in their order, one a line split by ``|``, ``;``.
A table: one row a line, cells separated by ``|``, a tab, a comma or blanks; a heading line is passed over.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from forms.filing.dates import read_date
from forms.items.form import FieldDefinition, Part
from forms.items.patterns import tidy

_LABELLED = re.compile(r"^\s*([^:：]{1,30})[:：]\s*(.*)$")
MOST_DIGITS = 30
_BREAKS = re.compile(r"[\n;；|]+")


def read_object(field: FieldDefinition, raw: object) -> dict[str, str] | None:
    """Return ``{part: text}``; None if the parts cannot be told apart."""
    if isinstance(raw, Mapping):
        return _from_mapping(field.parts, raw)
    if not isinstance(raw, str):
        return None
    pieces = [piece.strip() for piece in _BREAKS.split(raw) if piece.strip()]
    labelled = _by_label(field.parts, pieces)
    if labelled:
        return {part.key: _cell(part, labelled.get(part.key)) for part in field.parts}
    if len(pieces) == 1 and len(field.parts) > 1:
        pieces = [
            piece for piece in re.split(r"[,，、\s]+", pieces[0], maxsplit=len(field.parts) - 1) if piece
        ]
    if not sum(part.required for part in field.parts) <= len(pieces) <= len(field.parts):
        return None
    padded = pieces + [""] * (len(field.parts) - len(pieces))
    return {part.key: _cell(part, piece) for part, piece in zip(field.parts, padded, strict=True)}


def _from_mapping(parts: list[Part], raw: Mapping[str, Any]) -> dict[str, str]:
    """Read a mapping whose keys are the parts' keys, labels or other names."""
    named = {part.key: value for key, value in raw.items() if (part := _part_named(parts, str(key)))}
    return {part.key: _cell(part, named.get(part.key)) for part in parts}


def _by_label(parts: list[Part], pieces: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in pieces:
        match = _LABELLED.match(piece)
        part = _part_named(parts, match.group(1)) if match else None
        if match is None or part is None:
            return {}
        found[part.key] = match.group(2)
    return found


def _part_named(parts: list[Part], name: str) -> Part | None:
    wanted = name.strip().casefold()
    for part in parts:
        if wanted in {part.key, part.label.zh, part.label.en.casefold(), *map(str.casefold, part.synonyms)}:
            return part
    return None


def read_table(field: FieldDefinition, raw: object) -> list[dict[str, str]] | None:
    """Return rows of ``{column: text}``; None if a line has too few or too many cells."""
    if isinstance(raw, list):
        rows = [_from_mapping(field.parts, row) for row in raw if isinstance(row, Mapping)]
        kept = [row for row in rows if any(row.values())]
        return kept if kept and len(rows) == len(raw) else None
    if not isinstance(raw, str):
        return None
    lines = [line for line in re.split(r"[\n;；]+", raw) if line.strip()]
    rows = []
    for number, line in enumerate(lines):
        cells = _cells(line)
        if number == 0 and all(_part_named(field.parts, cell) for cell in cells if cell):
            continue
        needed = sum(part.required for part in field.parts)
        if not needed <= len(cells) <= len(field.parts):
            return None
        padded = cells + [""] * (len(field.parts) - len(cells))
        rows.append({part.key: _cell(part, cell) for part, cell in zip(field.parts, padded, strict=True)})
    return rows or None


def _cells(line: str) -> list[str]:
    line = line.strip().strip("|")
    for separator in (r"\|", r"\t", r"[,，]", r"\s+"):
        if re.search(separator, line):
            return [cell.strip() for cell in re.split(separator, line)]
    return [line]


def _cell(part: Part, raw: object) -> str:
    text = "" if raw is None else str(raw).strip()
    if part.type == "date":
        return read_date(text) or text
    if part.type != "string":
        text = re.sub(r"\s*(%|\uff05|年|years?)$", "", text)
        number = as_decimal(text)
        return text if number is None else format(number.normalize(), "f")
    return tidy(part.pattern, text) if part.pattern else text


def as_decimal(text: object) -> Decimal | None:
    """Return a finite decimal number, or None."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def total(rows: list[dict[str, Any]], column: str) -> Decimal:
    """Add up a column; cells that are no numbers count as nothing."""
    return sum((as_decimal(row.get(column, "")) or Decimal(0) for row in rows), Decimal(0))
