"""Several values in one sentence: "经办人姓名是张三，手机号：13800138000；结果领取方式为邮寄".

A value is taken only where the person names its field: a label, then 是, 为, a colon or "is". One naming
alone is an ordinary answer.
"""

import re
from collections.abc import Iterable

from forms.filing.store import Draft
from forms.items.form import FieldDefinition

FEWEST = 2
_BREAK = r"(?:^|[，,；;。.\n]\s*(?:and\s+|并且|而且|还有)?)"
_WHOSE = r"(?:我的|our |the |my )?"
_IS = r"\s*(?:是|为|：|:|=|\bis\b|\bare\b)\s*"
_TRIMMED = " ，,；;。.\n"


def several(draft: Draft, text: str, asked: str) -> list[tuple[str, str]]:
    """Return (field key, what was said of it) where a text names at least two fields of the form.

    Args:
        draft: the filing.
        text: what the person typed.
        asked: key of the field that was asked; the names of its own parts are no fields.
    """
    names = _names(draft, asked)
    if not names:
        return []
    labels = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    start = rf"{_BREAK}{_WHOSE}"
    found = re.compile(
        rf"{start}({labels}){_IS}(.+?)(?={start}(?:{labels}){_IS}|$)", re.IGNORECASE | re.DOTALL
    )
    pairs = [(names[match[1].casefold()], match[2].strip(_TRIMMED)) for match in found.finditer(text)]
    told = {key: value for key, value in pairs if value}
    return list(told.items()) if len(told) >= FEWEST else []


def _names(draft: Draft, asked: str) -> dict[str, str]:
    """Return labels in both languages by which fields can be named, each for one field alone."""
    fields = [field for field in draft.visible() if field.set_by == "applicant"]
    own_parts = {name for field in fields if field.key == asked for name in _part_names(field)}
    names: dict[str, str] = {}
    for field in fields:
        for label in (field.label.zh, field.label.en):
            folded = label.casefold()
            if folded not in own_parts:
                names[folded] = "" if folded in names and names[folded] != field.key else field.key
    return {name: key for name, key in names.items() if key}


def _part_names(field: FieldDefinition) -> Iterable[str]:
    for part in field.parts:
        yield from (part.label.zh.casefold(), part.label.en.casefold(), *map(str.casefold, part.synonyms))
