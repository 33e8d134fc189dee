"""How well-trodden a law is: how often people's questions lead to it.

Of two articles that match a question alike, the one of the law that people ask about is the likelier answer.
``asked_laws.yml`` counts, for each law, the lay questions of the training sets and our own frequent questions
that it answers (``python -m training.asked_laws`` writes it); a law that is not in it has 0.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.content import read_yaml
from knowledge_base.index.columns import EntryColumns
from knowledge_base.index.snapshot import Snapshot

COUNTS = Path(__file__).with_name("asked_laws.yml")
Floats = NDArray[np.float32]
COLLECTION = (100, 1_000)  # laws: up to which familiarity counts nothing, and from which fully


@lru_cache(maxsize=1)
def asked_laws() -> dict[str, float]:
    """Return each known law's share, 0 to 1, on a logarithmic scale."""
    counts: dict[str, int] = read_yaml(COUNTS)
    most = float(np.log1p(max(counts.values())))
    return {law: float(np.log1p(count)) / most for law, count in counts.items()}


def weights(entries: EntryColumns) -> Floats:
    """Return the share of each entry's best-known law, times ``reach``; float32 (entries,)."""
    shares = np.asarray([asked_laws().get(law, 0.0) for law in entries.law_names] or [0.0], dtype=np.float32)
    laws = entries.laws[entries.provisions]
    owners = np.repeat(np.arange(len(entries)), np.diff(entries.provision_ends, prepend=0))
    best = np.zeros(len(entries), dtype=np.float32)
    np.maximum.at(best, owners, shares[laws])
    is_law = entries.facets["kind"].among(lambda kind: kind == "law")
    return best * np.float32(reach(len(np.unique(laws[is_law[owners]]))))


def reach(laws: int) -> float:
    """Return how much familiarity counts in a collection of so many laws, 0 to 1.

    Every law of an office's own small collection was put there to be found; among all laws of a country most
    are never asked about.

    >>> reach(85), reach(1_000)
    (0.0, 1.0)
    """
    few, many = COLLECTION
    return float(np.clip(np.log(max(laws, 1) / few) / np.log(many / few), 0.0, 1.0))


class _Latest:
    """The weights of the snapshot that was searched last."""

    def __init__(self) -> None:
        self._known: tuple[str, Floats] = ("", np.zeros(0, dtype=np.float32))

    def get(self, snapshot: Snapshot) -> Floats:
        known = self._known
        if known[0] != snapshot.info.snapshot_id:
            known = self._known = (snapshot.info.snapshot_id, weights(snapshot.entries))
        return known[1]


_latest = _Latest()


def familiarity(snapshot: Snapshot) -> Floats:
    """Return ``weights`` of a snapshot's entries, kept for the snapshot searched last."""
    return _latest.get(snapshot)
