"""Whether the sources carry a sentence.

A sentence is dropped with a reason:

* ``markup``, ``language``, ``personal``, ``marker``: no plain sentence of the language; personal data; a
  number of a source that there is not;
* ``article``, ``title``, ``figure``: an article, a document or a figure with its unit that no source has, or
  that the sources nearest to the sentence do not have;
* ``mode``: must, may, must not, need not, only or except otherwise than in the nearest sources; ``bound``:
  before for after, at most for at least;
* ``words``: too few of its words stand in the sources; ``meaning``: no piece of the sources is close.

It is a check of wording, not of logic: what it lets through stands above the exact quotes, never in their
place. A condition that was left out is not noticed unless it was said by one of the words above.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.privacy.service import find_personal_data
from knowledge_base.answering.units import units
from knowledge_base.rewriting.wording import Claims, bounds, claims, denials, is_in, is_plain, modes, unmoded

Vectors = NDArray[np.floating]
Encode = Callable[[Sequence[str]], Vectors | None]
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?|\n")
_SENTENCE_EN = re.compile(r"[^\n]+?(?:[.!?;](?=\s|$)|(?=\n)|$)")
_CLAUSE = re.compile(r"[，,、：:（）()]")
_LEAD = re.compile(
    r"^\s*(?:[-*•·#>]+\s*|(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)）\uff0e]\s*|[（(]\d{1,2}[)）]\s*)+"
)
_MARKER = re.compile(r"\s*[\[【](\d{1,2})[\]】]")
_MARKER_AFTER = re.compile(r"([。！？!?；;.])\s*((?:[\[【]\d{1,2}[\]】]\s*)+)")
_NEAR = 3
_CLAUSE_COVER, _CLAUSE_SAME = 0.5, 0.7
_STRICT = ("prohibited", "negated", "only", "excepted")


@dataclass(frozen=True)
class Piece:
    """A sentence of the sources."""

    text: str
    units: frozenset[str]
    claims: Claims


@dataclass(frozen=True)
class Sources:
    """What a rewriting is held to.

    Attributes:
        texts: the sources' words, in the order of their numbers.
        names: names of the documents cited; ``articles``: the numbers cited.
    """

    texts: tuple[str, ...]
    names: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    language: str = "zh"
    coverage: float = 0.6
    nearest: float = 0.5

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The sources' sentences."""
        found = dict.fromkeys(one for text in self.texts for one in sentences(text, self.language))
        return tuple(Piece(one, frozenset(units(one)), claims(one)) for one in found)

    @cached_property
    def all_units(self) -> frozenset[str]:
        """The units of all sources."""
        return frozenset().union(*(units(one) for one in (*self.texts, *self.names)))

    @cached_property
    def all_claims(self) -> Claims:
        """What the sources claim in all."""
        every = [piece.claims for piece in self.pieces]
        return Claims(
            frozenset().union(*(one.figures for one in every)),
            frozenset().union(self.articles, *(one.articles for one in every)),
            frozenset().union(self.names, *(one.titles for one in every)),
            frozenset().union(*(one.modes for one in every)),
            frozenset().union(*(one.bounds for one in every)),
        )


@dataclass
class Checked:
    """What was kept of a rewriting, and what was dropped, with the reasons."""

    kept: list[str] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of sentences that were kept."""
        total = len(self.kept) + len(self.dropped)
        return len(self.kept) / total if total else 0.0


def sentences(text: str, language: str) -> list[str]:
    """Cut a text into sentences, list marks taken off."""
    pattern = _SENTENCE_EN if language == "en" else _SENTENCE
    plain = _MARKER_AFTER.sub(r"\2\1", text.replace("**", ""))
    cut = (_LEAD.sub("", one).strip() for one in pattern.findall(plain))
    return [one for one in cut if any(sign.isalnum() for sign in one)]


def check(text: str, sources: Sources, encode: Encode, most: int) -> Checked:
    """Hold every sentence of a text to the sources."""
    found, checked = sentences(text, sources.language), Checked()
    plain = [_MARKER.sub("", one).strip() for one in found]
    closeness = _closeness(plain, sources, encode)
    for number, (whole, sentence, near) in enumerate(zip(found, plain, closeness, strict=True)):
        reason = "too_many" if number >= most else reason_against(whole, sentence, sources, near)
        if reason:
            checked.dropped.append((reason, sentence))
        elif sentence not in checked.kept:
            checked.kept.append(sentence)
    return checked


def _closeness(found: Sequence[str], sources: Sources, encode: Encode) -> list[float]:
    """Return the cosine of each sentence to the closest piece of the sources, -1 where it cannot be told."""
    pieces = [piece.text for piece in sources.pieces]
    if not found or not pieces:
        return [-1.0] * len(found)
    vectors, held = encode(list(found)), encode(pieces)
    if vectors is None or held is None:
        return [-1.0] * len(found)
    return [float(one) for one in (vectors @ held.T).max(axis=1)]


def reason_against(whole: str, sentence: str, sources: Sources, near: float) -> str:
    """Return why a sentence is dropped, "" where the sources carry it."""
    markers = [int(one) for one in _MARKER.findall(whole)]
    if any(not 1 <= one <= len(sources.texts) for one in markers):
        return "marker"
    if not is_plain(sentence):
        return "markup"
    if not is_in(sentence, sources.language):
        return "language"
    if find_personal_data(sentence):
        return "personal"
    return _claimed(sentence, sources, near)


def _claimed(sentence: str, sources: Sources, near: float) -> str:
    mine, own = claims(sentence), frozenset(units(sentence))
    everything = sources.all_claims
    if mine.articles - everything.articles:
        return "article"
    if mine.titles - everything.titles:
        return "title"
    pieces = nearest(own, sources)
    figures = frozenset().union(*(piece.claims.figures for piece in pieces))
    if not _are_among(mine.figures, figures):
        return "figure"
    if not own or len(own & sources.all_units) < sources.coverage * len(own):
        return "words"
    if near < sources.nearest:
        return "meaning"
    return _turned(sentence, mine, pieces)


def _are_among(mine: frozenset[tuple[str, str]], theirs: frozenset[tuple[str, str]]) -> bool:
    values = {value for value, _ in theirs}
    return all(one in theirs or (not one[1] and one[0] in values) for one in mine)


def nearest(own: frozenset[str], sources: Sources) -> list[Piece]:
    """Return the pieces that share most with a sentence: the first, and what the others add to it."""
    left, found = set(own), []
    for _ in range(_NEAR):
        best = max(sources.pieces, key=lambda piece: _overlap(left, piece), default=None)
        if best is None or best in found or len(left & best.units) < max(1, 0.15 * len(own)):
            break
        found.append(best)
        left -= best.units
    return found


def _overlap(left: set[str], piece: Piece) -> float:
    shared = len(left & piece.units)
    return shared + shared / (1 + len(piece.units))


def _turned(sentence: str, mine: Claims, pieces: Sequence[Piece]) -> str:
    """Return whether must, may and must not, or bounds, were turned round."""
    theirs = frozenset().union(*(piece.claims.modes for piece in pieces))
    if any(mode in mine.modes and mode not in theirs for mode in _STRICT):
        return "mode"
    if _is_other_mode(mine.modes, theirs):
        return "mode"
    bounds_told = frozenset().union(*(piece.claims.bounds for piece in pieces))
    if mine.figures and _is_other_bound(mine.bounds, bounds_told):
        return "bound"
    clauses = [one for piece in pieces for one in _CLAUSE.split(piece.text)]
    return _turned_clause(sentence, [(frozenset(units(unmoded(one))), one) for one in clauses])


def _is_other_mode(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether must stands for may, may for must, or either for what is denied."""
    strong = {"required", "permitted"}
    if (mine & strong) and (theirs & strong) and not (mine & strong) <= (theirs & strong):
        return True
    is_denied = bool(theirs & {"negated", "prohibited"}) and not mine & {"negated", "prohibited"}
    return bool(mine & strong) and not theirs & strong and is_denied


def _is_other_bound(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether before stands for after, or at most for at least."""
    pairs = (("most", "least"), ("least", "most"), ("before", "after"), ("after", "before"))
    return any(one in mine - theirs and other in theirs for one, other in pairs)


def _turned_clause(sentence: str, theirs: Sequence[tuple[frozenset[str], str]]) -> str:
    """Return whether a clause says otherwise than the clause of the sources nearest to it."""
    for clause in _CLAUSE.split(sentence):
        own = frozenset(units(unmoded(clause)))
        if not own:
            continue
        best, words = max(theirs, key=lambda one: _alike(own, one[0]), default=(frozenset(), ""))
        if len(own & best) < _CLAUSE_COVER * min(len(own), len(best) or 1):
            continue
        mine, told = modes(clause), modes(words)
        denies = [bool({"negated", "prohibited"} & one) for one in (mine, told)]
        if denies[0] != denies[1] or _is_other_mode(mine, told):
            return "mode"
        if len(own & best) < _CLAUSE_SAME * max(len(own), len(best)):
            continue
        if denials(clause) != denials(words) or ("prohibited" in told and "prohibited" not in mine):
            return "mode"
        if _is_other_bound(bounds(clause), bounds(words)):
            return "bound"
    return ""


def _alike(own: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(own & other) / (len(own) + len(other)) if own or other else 0.0
