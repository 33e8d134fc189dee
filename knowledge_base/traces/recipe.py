"""An answer as a recipe: which words stand in which passage, which are the assistant's own.

1. ``write`` cuts every text of an answer's blocks into pieces. A piece that stands in a passage is kept as
   its place (passage, field, first and last character), any other as the words themselves, personal data
   masked.
2. ``follow`` puts the blocks together again from the recipe and the passages alone, which never change.

A text of a block is ``"own words"`` or ``{"of": [[passage, field, start, end] | "own words", …]}``, where
``passage`` counts in the recipe's ``passages``, each with its id and the hash of its words.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.blocks import Block
from core.privacy.service import mask_text
from knowledge_base.passages.views import PassageView

OF = "of"
_SHORTEST = 8  # characters from which on words count as taken from a passage
_BETWEEN = "\x00"
_AS_THEY_ARE = frozenset({"type", "level", "status"})
_NAMES = frozenset({"title", "name", "article_label", "document_number", "effective_from", "url"})
_DATA = ("digest_zh", "digest_en", "plain")
Recipe = dict[str, Any]


@dataclass
class Followed:
    """What a recipe makes.

    Attributes:
        blocks: the answer.
        missing: ids of passages that are no longer held.
        altered: ids of passages whose words are not those of the recipe.
        taken: characters that stand in passages; names and numbers of what is cited count nowhere.
        own: characters that are the assistant's own.
    """

    blocks: list[Block] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    taken: int = 0
    own: int = 0


def fields_of(passage: PassageView) -> dict[str, str]:
    """Return the texts of a passage by name: words, heading, each text of its layout, summaries."""
    found = {"text": passage.text, "heading": passage.heading}
    for number, leaf in enumerate(_leaves(list(passage.blocks))):
        found[f"blocks.{number}"] = leaf
    return found | {f"data.{name}": str(passage.data[name]) for name in _DATA if passage.data.get(name)}


def words_sha256(passage: PassageView) -> str:
    """Return the hash of all texts of a passage."""
    return canonical_sha256(fields_of(passage))


def canonical_sha256(value: Any) -> str:
    """Return the SHA-256 of a JSON value, keys in order and nothing between."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name in sorted(value):
            if name not in _AS_THEY_ARE:
                yield from _leaves(value[name])
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)


class _Corpus:
    """All texts of some passages in one string, and where each begins."""

    def __init__(self, passages: Sequence[PassageView]) -> None:
        self.used: dict[int, int] = {}
        self._starts: list[tuple[int, int, str]] = []
        parts, position = [], 0
        for number, passage in enumerate(passages):
            for name, text in fields_of(passage).items():
                self._starts.append((position, number, name))
                parts.append(text)
                position += len(text) + len(_BETWEEN)
        self.text = _BETWEEN.join(parts) + _BETWEEN

    def longest_at(self, wanted: str, begin: int) -> tuple[int, int]:
        """Return where the words from ``begin`` on stand, and how many of them; (-1, 0) where they do not."""
        at = self.text.find(wanted[begin:])
        if at >= 0:
            return at, len(wanted) - begin
        at = self.text.find(wanted[begin : begin + _SHORTEST])
        length = _SHORTEST
        while at >= 0 and begin + length < len(wanted) and wanted[begin + length] == self.text[at + length]:
            length += 1
        return (at, length) if at >= 0 else (-1, 0)

    def place(self, at: int, length: int) -> list[Any]:
        """Return a place as the recipe keeps it, the passage counted among those used."""
        start, number, name = max(entry for entry in self._starts if entry[0] <= at)
        counted = self.used.setdefault(number, len(self.used))
        return [counted, name, at - start, at - start + length]


def write(blocks: Sequence[Block], passages: Sequence[PassageView]) -> Recipe:
    """Return the recipe of an answer.

    Args:
        blocks: the answer as it is given.
        passages: what it may have been made from, those most likely first.
    """
    known = list({passage.id: passage for passage in passages}.values())
    corpus = _Corpus(known)
    written = [_mapped(block, lambda text: _pieces(text, corpus)) for block in blocks]
    used = [known[number] for number in corpus.used]
    return {"passages": [{"id": one.id, "sha256": words_sha256(one)} for one in used], "blocks": written}


def _mapped(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {
            name: one if name in _AS_THEY_ARE else _mapped(one, change) for name, one in sorted(value.items())
        }
    return [_mapped(one, change) for one in value] if isinstance(value, (list, tuple)) else value


def _pieces(text: str, corpus: _Corpus) -> Any:
    pieces: list[Any] = []
    position = own_from = 0
    while position + _SHORTEST <= len(text):
        at, length = corpus.longest_at(text, position)
        if at < 0:
            position += 1
            continue
        if own_from < position:
            pieces.append(mask_text(text[own_from:position]))
        pieces.append(corpus.place(at, length))
        position = own_from = position + length
    if own_from < len(text):
        pieces.append(mask_text(text[own_from:]))
    return {OF: pieces} if any(isinstance(one, list) for one in pieces) else "".join(pieces)


def follow(recipe: Recipe, held: Mapping[str, PassageView]) -> Followed:
    """Return the answer that a recipe makes of the passages that are held, by id."""
    named = recipe.get("passages", [])
    made = Followed(missing=[one["id"] for one in named if one["id"] not in held])
    kept = [one for one in named if one["id"] in held]
    made.altered = [one["id"] for one in kept if words_sha256(held[one["id"]]) != one["sha256"]]
    texts = [fields_of(held[one["id"]]) if one["id"] in held else {} for one in named]
    made.blocks = [_read(block, texts, made) for block in recipe.get("blocks", [])]
    return made


def _read(value: Any, texts: Sequence[Mapping[str, str]], made: Followed) -> Any:
    if isinstance(value, str):
        made.own += len(value)
        return value
    if isinstance(value, dict):
        if set(value) == {OF}:
            return "".join(_piece(one, texts, made) for one in value[OF])
        uncounted = Followed()
        return {
            name: one if name in _AS_THEY_ARE else _read(one, texts, uncounted if name in _NAMES else made)
            for name, one in value.items()
        }
    return [_read(one, texts, made) for one in value] if isinstance(value, list) else value


def _piece(piece: Any, texts: Sequence[Mapping[str, str]], made: Followed) -> str:
    if isinstance(piece, str):
        made.own += len(piece)
        return piece
    passage, name, start, end = piece
    words = str(texts[passage].get(name, ""))[start:end]
    made.taken += len(words)
    return words


def without_words(recipe: Recipe) -> Recipe:
    """Return a recipe without the assistant's own words, in which a person's may be repeated."""
    return {"passages": recipe.get("passages", []), "blocks": []}
