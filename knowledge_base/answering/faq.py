"""Does a stored question ask the same? Question against question, negatives included."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.answering.knowledge import Knowledge
from knowledge_base.answering.units import likeness
from knowledge_base.passages.views import PassageView


@dataclass(frozen=True)
class FaqMatch:
    """A stored entry, how alike its closest wording is (0 to 1), and how alike its closest negative."""

    passage: PassageView
    score: float
    against: float


def match_faq(text: str, entries: Sequence[PassageView], knowledge: Knowledge) -> list[FaqMatch]:
    """Return the entries, the most alike first."""
    wordings = [(entry, wording, False) for entry in entries for wording in positives(entry)]
    wordings += [(entry, wording, True) for entry in entries for wording in entry.data.get("negative") or []]
    if not wordings:
        return []
    scores = _likeness(text, [wording for _, wording, _ in wordings], knowledge)
    best: dict[str, list[float]] = {entry.id: [0.0, 0.0] for entry in entries}
    for (entry, _, is_negative), score in zip(wordings, scores, strict=True):
        slot = best[entry.id]
        slot[is_negative] = max(slot[is_negative], score)
    matches = [FaqMatch(entry, *best[entry.id]) for entry in entries]
    return sorted(matches, key=lambda match: -match.score)


def positives(entry: PassageView) -> list[str]:
    """Return the standard and the similar questions of an entry."""
    return list(dict.fromkeys([entry.heading, *entry.search_texts]))


def _likeness(text: str, wordings: list[str], knowledge: Knowledge) -> list[float]:
    alike = [likeness(text, wording) for wording in wordings]
    vectors = knowledge.encode([text, *wordings])
    if vectors is None:
        return alike
    cosines = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    return [float(0.5 * cosine + 0.5 * own) for cosine, own in zip(cosines, alike, strict=True)]
