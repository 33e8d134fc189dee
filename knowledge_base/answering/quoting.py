"""Which words of a provision to quote: always an exact, unbroken piece of its text."""

import re
from dataclasses import dataclass

from knowledge_base.answering.units import units

_ITEM = re.compile(r"^\s*[（(][一二三四五六七八九十百]+[）)]")
_SENTENCE = re.compile(r"[^。；!?！？\n]*[。；!?！？]?")
_WHOLE = 240


@dataclass(frozen=True)
class Clause:
    """A paragraph (款) of an article with the items (项) that belong to it."""

    start: int
    end: int


def clauses(text: str) -> list[Clause]:
    """Cut an article into paragraphs; items stay with the sentence that introduces them."""
    found: list[Clause] = []
    position = 0
    for line in text.split("\n"):
        end = position + len(line)
        if line.strip():
            if _ITEM.match(line) and found:
                found[-1] = Clause(found[-1].start, end)
            else:
                found.append(Clause(position, end))
        position = end + 1
    return found


def quote(text: str, focus: str, limit: int) -> str:
    """Return the piece of an article that bears most on ``focus``, at most about ``limit`` characters.

    A short article is quoted whole. A paragraph with items is quoted with them as far as they fit.
    """
    if len(text) <= _WHOLE:
        return text.strip()
    wanted = units(focus)
    best = max(clauses(text), key=lambda clause: _weight(text[clause.start : clause.end], wanted))
    piece = text[best.start : best.end].strip()
    if len(piece) <= limit:
        return piece
    return _items(piece, limit) if "\n" in piece else _sentences(piece, wanted, limit)


def _weight(piece: str, wanted: set[str]) -> float:
    own = units(piece)
    return float(len(own & wanted) / (len(own) + 12) ** 0.5)


def _items(piece: str, limit: int) -> str:
    cut = piece.rfind("\n", 0, limit + 1)
    return piece[: cut if cut > 0 else limit].rstrip()


def _sentences(piece: str, wanted: set[str], limit: int) -> str:
    spans = [match.span() for match in _SENTENCE.finditer(piece) if match.group().strip()]
    best = max(range(len(spans)), key=lambda n: _weight(piece[slice(*spans[n])], wanted))
    start, end = spans[best]
    for _, following in spans[best + 1 :]:
        if following - start > limit:
            break
        end = following
    return piece[start:end].strip()


def laid_out(quoted: str) -> tuple[str, list[str]]:
    """Return the lead of a quoted paragraph and its items, for a list; no items where it has none."""
    lines = [line.strip() for line in quoted.split("\n") if line.strip()]
    items = [line for line in lines if _ITEM.match(line)]
    lead = [line for line in lines if not _ITEM.match(line)]
    return "\n".join(lead), items if len(items) > 1 else []
