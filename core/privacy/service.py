"""The guard: what people write is looked at before it goes anywhere but into their own conversation.

1. ``find_personal_data`` undoes disguises (``normalise``) and finds what is a person's: numbers with their
   check digits (``numbers``), addresses, papers, plates, accounts, names in telling contexts and what is
   said of a named person's health (``detecting``). Numbers of things are left alone.
2. ``mask_text`` blanks what the ``policy`` of a destination names; ``mask_data`` does so throughout JSON.
3. ``guard_text`` refuses, beyond that, what bears a mark of secrecy (``marks``).
4. ``mask_answer`` is for a form's answer on its way to a model: there a bare name or address counts too.
5. ``mask_value`` shows a stored value partly, for screens.

Source: 个人信息保护法 articles 4, 6, 28, 51; 保守国家秘密法; GB/T 35273-2020.
"""

import re
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput
from core.privacy.detecting import find_bare, find_illnesses, find_words
from core.privacy.marks import classification_mark
from core.privacy.normalise import normalise
from core.privacy.numbers import find_numbers
from core.privacy.policy import EVERYTHING, MASKED, OWN_HEALTH, REFUSES_SECRETS, Destination

__all__ = [
    "Destination",
    "Finding",
    "classification_mark",
    "find_personal_data",
    "guard_text",
    "has_mask",
    "hide_masks",
    "mask_answer",
    "mask_data",
    "mask_text",
    "mask_value",
]
_MASK = re.compile(rf"\[(?:{'|'.join(sorted(EVERYTHING))})\]")
_TIES = frozenset({"name", "id_number", "mobile", "passport", "bank_card"})
_DEEPEST = 40


@dataclass(frozen=True)
class Finding:
    """Personal data found in a text; offsets are those of the text as typed."""

    kind: str
    start: int
    end: int


def find_personal_data(text: str, *, is_answer: bool = False) -> list[Finding]:
    """Return what was found, in order and without overlaps.

    Args:
        text: as typed.
        is_answer: whether it answers a form's question, so that a bare name counts.
    """
    if len(text) < 2:
        return []
    plain = normalise(text)
    candidates = [*find_numbers(plain.text, plain.figures), *find_words(plain.text, plain.figures)]
    if is_answer:
        candidates += find_bare(plain.text, plain.figures)
    kept = _without_overlaps(candidates)
    persons = [(start, end) for _rank, kind, start, end in kept if kind in _TIES]
    kept = _without_overlaps([*kept, *find_illnesses(plain.text, persons)])
    found = [
        Finding(kind, plain.offsets[start], plain.offsets[end - 1] + 1) for _rank, kind, start, end in kept
    ]
    return sorted(found, key=lambda finding: finding.start)


def _without_overlaps(candidates: list[tuple[int, str, int, int]]) -> list[tuple[int, str, int, int]]:
    kept: list[tuple[int, str, int, int]] = []
    for one in sorted(candidates, key=lambda found: (found[0], found[2] - found[3], found[2])):
        if all(one[3] <= other[2] or other[3] <= one[2] for other in kept):
            kept.append(one)
    return kept


def mask_text(text: str, destination: Destination = Destination.TRACE, *, is_answer: bool = False) -> str:
    """Replace what the destination may not have by ``[kind]``."""
    masked = MASKED[destination]
    for finding in reversed(find_personal_data(text, is_answer=is_answer)):
        if finding.kind in masked:
            kind = "health" if finding.kind in OWN_HEALTH else finding.kind
            text = f"{text[: finding.start]}[{kind}]{text[finding.end :]}"
    return text


def mask_answer(text: str) -> str:
    """Mask a form's answer for a model, a bare name or address included."""
    return mask_text(text, Destination.MODEL, is_answer=True)


def guard_text(text: str, destination: Destination) -> str:
    """Mask a text for a destination.

    Raises:
        InvalidInput: it bears a mark of secrecy, and the destination takes none.
    """
    if destination in REFUSES_SECRETS and classification_mark(text):
        raise InvalidInput("core.secret_refused")
    return mask_text(text, destination)


def mask_data(value: Any, destination: Destination, *, depth: int = 0) -> Any:
    """Mask every text in JSON data; keys stay, and so does what is no text. Too deep data is cut off."""
    if isinstance(value, str):
        return mask_text(value, destination)
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {key: mask_data(part, destination, depth=depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [mask_data(part, destination, depth=depth + 1) for part in value]
    return value


def has_mask(text: str) -> bool:
    """Whether something was masked in a text."""
    return _MASK.search(text) is not None


def hide_masks(text: str) -> str:
    """Put three stars where something was masked, for a text that people read."""
    return _MASK.sub("***", text)


def mask_value(kind: str, value: str) -> str:
    """Show a value partly.

    Args:
        kind: ``id_number`` keeps 3 + 4 characters, ``mobile`` 3 + 4, ``name`` the first,
            ``address`` the first six; anything else keeps the first and the last character.
        value: the full value.
    """
    keep = {"id_number": (3, 4), "mobile": (3, 4), "name": (1, 0), "address": (6, 0)}.get(kind, (1, 1))
    head, tail = keep
    if len(value) <= head + tail:
        return "*" * len(value)
    hidden = "*" * (len(value) - head - tail)
    return value[:head] + hidden + (value[-tail:] if tail else "")
