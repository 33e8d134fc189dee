"""What is easier entered than typed in a sentence: papers, persons, tables, several of a list.

A message that asks for one carries an ``entry`` block; the client saves through the filing's API and then
presses the message's button to go on. Typing the same in words works as well.
"""

from typing import Any

from bot.actions.drafts import filing_href
from core.blocks import Block, entry
from forms.service import FieldQuestion, FilingView

FILES = ("file", "files")
ENTERED = (*FILES, "object", "table", "multi_enum")


def entry_block(filing: FilingView, question: FieldQuestion, choice: int) -> Block:
    """Return the inputs for a question; ``choice`` is the place of the button that goes on."""
    parts = [{"key": p.key, "label": p.label, "type": p.type, "required": p.required} for p in question.parts]
    return entry(
        question.label,
        question.type,
        filing_href(filing.id),
        filing_id=filing.id,
        key=question.key,
        parts=parts,
        options=[{"value": value, "label": label} for value, label in question.options],
        held=_held(question),
        choice=choice,
    )


def _held(question: FieldQuestion) -> Any:
    """Return what is put forward, without what is masked: that must be typed anew."""
    value = (question.prefill or {}).get("value")
    if question.type == "object" and isinstance(value, dict):
        return _cells(value)
    if question.type == "table" and isinstance(value, list):
        return [_cells(row) for row in value]
    return value if question.type == "multi_enum" else None


def _cells(row: dict[str, Any]) -> dict[str, str]:
    return {key: "" if "*" in str(text or "") else str(text or "") for key, text in row.items()}
