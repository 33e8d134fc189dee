"""What changed between two versions of a law, article by article."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from knowledge_base.passages.store import versions_of
from knowledge_base.passages.views import PassageView
from knowledge_base.sources.structure.titles import law_title

UNCHANGED, CHANGED, RENUMBERED, ADDED, REMOVED = "unchanged", "changed", "renumbered", "added", "removed"
SAME, OUT, IN = "same", "out", "in"
ALIKE = 0.55  # share of characters that two wordings of one rule have in common at least
_SHORTEST_SAME = 2  # characters: shorter agreements between two changes are chance


@dataclass(frozen=True)
class ArticleDifference:
    """One article of the older version, of the newer, or of both.

    Attributes:
        kind: ``unchanged``, ``changed``, ``renumbered`` (moved, its wording perhaps changed too), ``added``
            or ``removed``.
        older: its label in the older version, empty where added; ``newer`` likewise.
        segments: its words in order, each ``same``, ``out`` (of the older) or ``in`` (of the newer).
    """

    kind: str
    older: str
    newer: str
    segments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class VersionDifference:
    """Two versions of a law; each version is named by the day from which its wording applies."""

    law: str
    older: date | None
    newer: date | None
    articles: tuple[ArticleDifference, ...]

    def count(self, kind: str) -> int:
        """Return how many articles ended so."""
        return sum(article.kind == kind for article in self.articles)


def diff_versions(
    session: Session, law: str, older: date | None = None, newer: date | None = None
) -> VersionDifference:
    """Compare two versions of a law.

    Args:
        session: to read with.
        law: its name, with or without 《》 and 中华人民共和国.
        older: a day on which the older version applied; None is the version before the newer one.
        newer: a day on which the newer version applied; None is the youngest held.

    Raises:
        InvalidInput: no text of this name is held, or only one version, or both days name the same.
    """
    law = law_title(law)
    held = versions_of(session, law)
    if not held:
        raise InvalidInput("knowledge_base.law_not_held", law=law)
    later = _on(held, newer) if newer else len(held) - 1
    earlier = _on(held, older) if older else later - 1
    if earlier < 0 or later < 0 or earlier >= later:
        raise InvalidInput("knowledge_base.one_version", law=law, n=len(held))
    return VersionDifference(
        law, held[earlier][0], held[later][0], tuple(_compare(held[earlier][1], held[later][1]))
    )


def _on(held: Sequence[tuple[date | None, list[PassageView]]], day: date) -> int:
    """Return the place of the version that applied on a day, -1 where none did yet."""
    return max(
        (place for place, (begins, _) in enumerate(held) if begins is None or begins <= day), default=-1
    )


def _compare(older: Sequence[PassageView], newer: Sequence[PassageView]) -> Iterator[ArticleDifference]:
    partner = _partners(older, newer)
    origin, place = {new: old for old, new in partner.items()}, 0
    for number, article in enumerate(newer):
        mine = origin.get(number)
        while mine is not None and place <= mine:
            if place not in partner:
                yield ArticleDifference(REMOVED, _label(older[place]), "", ((OUT, older[place].text),))
            place += 1
        if mine is None:
            yield ArticleDifference(ADDED, "", _label(article), ((IN, article.text),))
        else:
            yield _difference(older[mine], article)
    for rest in range(place, len(older)):
        if rest not in partner:
            yield ArticleDifference(REMOVED, _label(older[rest]), "", ((OUT, older[rest].text),))


def _partners(older: Sequence[PassageView], newer: Sequence[PassageView]) -> dict[int, int]:
    """Return which article each of the older version became: the same words, the same number, like words."""
    partner: dict[int, int] = {}
    free = dict.fromkeys(range(len(newer)))

    def join(old: int, new: int) -> None:
        partner[old] = new
        del free[new]

    by_text = {article.text: place for place, article in reversed(list(enumerate(newer)))}
    for old, article in enumerate(older):
        new = by_text.get(article.text)
        if new in free:
            join(old, new)
    by_number = {_label(article): place for place, article in enumerate(newer)}
    for old, article in enumerate(older):
        new = by_number.get(_label(article))
        if old not in partner and new in free and _likeness(article, newer[new]) >= ALIKE:
            join(old, new)
    for old, article in enumerate(older):
        if old not in partner and free:
            new = max(free, key=lambda place: _likeness(article, newer[place]))
            if _likeness(article, newer[new]) >= ALIKE:
                join(old, new)
    return partner


def _likeness(one: PassageView, other: PassageView) -> float:
    matcher = SequenceMatcher(None, one.text, other.text, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def _difference(old: PassageView, new: PassageView) -> ArticleDifference:
    moved = _label(old) != _label(new)
    if old.text == new.text:
        return ArticleDifference(
            RENUMBERED if moved else UNCHANGED, _label(old), _label(new), ((SAME, new.text),)
        )
    return ArticleDifference(
        RENUMBERED if moved else CHANGED, _label(old), _label(new), tuple(segments(old.text, new.text))
    )


def segments(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield two wordings as one text, each part the same, out or in.

    >>> list(segments("届满前六个月申请", "届满前二个月申请"))
    [('same', '届满前'), ('out', '六'), ('in', '二'), ('same', '个月申请')]
    """
    gone = come = ""
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" and (j - i >= _SHORTEST_SAME or not (gone or come)):
            yield from ((kind, part) for kind, part in ((OUT, gone), (IN, come)) if part)
            gone = come = ""
            yield SAME, old[i:j]
        else:
            gone, come = gone + old[i:j], come + new[k:m]
    yield from ((kind, part) for kind, part in ((OUT, gone), (IN, come)) if part)


def _label(article: PassageView) -> str:
    return article.article_label or article.heading
