"""The passages that a question may mean, and how well keywords and meaning match each.

Whatever the size of the collection, only candidates are weighed: the passages with the best keywords, and
those that own the closest windows. All others lie below them on both scales.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.entries import ROLES
from knowledge_base.index.snapshot import Snapshot
from knowledge_base.search.filters import Allowed
from knowledge_base.search.fusion import fuse, mean_of_roles
from knowledge_base.search.settings import SearchSettings

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_SAMPLE = 16_384


@dataclass(frozen=True)
class Candidates:
    """Candidates in the order of the index.

    Attributes:
        positions: int64 (n,), their entries.
        lexical: float32 (n,), BM25 scores.
        semantic: float32 (n,), cosine of each one's closest window; None where the encoder failed.
        matched: float32 (n,), both in one, 0..1.
    """

    positions: Ints
    lexical: Floats
    semantic: Floats | None
    matched: Floats


def match(
    snapshot: Snapshot,
    allowed: Allowed,
    words: Sequence[str],
    vector: Floats | None,
    settings: SearchSettings,
    language: str,
) -> Candidates:
    """Return the candidates of one question.

    Args:
        words: its terms, for keywords.
        vector: float32 (dim,), its meaning; None where the encoder failed.
    """
    rare = snapshot.lexical.scores(words) * allowed.mask
    share = settings.lexical_share[language]
    positions = highest(rare, settings.keyword_depth)
    if vector is None:
        keywords = rare[positions] + snapshot.lexical.common(words, positions)
        return Candidates(positions, keywords, None, fuse(keywords, None, (_lowest(rare, allowed), 0), share))
    cosines, windows = snapshot.vectors.search(vector, settings.windows, allowed.windows)
    positions = np.union1d(positions, snapshot.owners[windows])
    keywords = rare[positions] + snapshot.lexical.common(words, positions)
    closest = _closest(snapshot, positions, cosines, windows)
    meaning = mean_of_roles(closest, settings.roles)
    is_all = len(positions) == allowed.count
    lowest = float(keywords.min()) if is_all and len(keywords) else _lowest(rare, allowed)
    floor = float(meaning.min(initial=1.0)) if is_all or not len(cosines) else float(cosines[-1])
    return Candidates(
        positions,
        keywords,
        closest.max(axis=0, initial=-1.0),
        fuse(keywords, meaning, (lowest, floor), share),
    )


def _lowest(keywords: Floats, allowed: Allowed) -> float:
    if np.count_nonzero(keywords) < allowed.count:
        return 0.0
    return float(keywords[allowed.mask].min(initial=np.inf)) if allowed.count else 0.0


def _closest(snapshot: Snapshot, positions: Ints, cosines: Floats, windows: Ints) -> Floats:
    """Return the cosine of each candidate's closest window of each role, float32 (ROLES, candidates).

    What the search did not return is no closer than the last that it did; -1 where an entry has no window of
    that role.
    """
    held = snapshot.roles_held[positions]
    last = float(cosines[-1]) if len(cosines) else 0.0
    has = np.stack([held >> role & 1 for role in range(ROLES)]).astype(np.bool_)
    closest = np.where(has, np.float32(last), np.float32(-1))
    places = np.searchsorted(positions, snapshot.owners[windows])
    np.maximum.at(closest, (snapshot.roles[windows], places), cosines)
    return closest


def highest(scores: Floats, most: int) -> Ints:
    """Return the positions of the highest scores above zero, ascending, at most so many.

    A sample tells from which score on to look, so that a million scores are not sorted.
    """
    at_least = np.float32(0)
    sample = scores[:: max(1, len(scores) // _SAMPLE)]
    expected = 2 * most * len(sample) // max(1, len(scores)) + 8
    if expected < len(sample):
        at_least = np.partition(sample, -expected)[-expected]
    found = np.flatnonzero((scores > 0) & (scores >= at_least))
    if len(found) < most and at_least > 0:
        found = np.flatnonzero(scores > 0)
    if len(found) > most:
        found = np.sort(found[np.argpartition(scores[found], -most)[-most:]])
    return found
