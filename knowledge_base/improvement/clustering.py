"""Which questions are one, and which of them says it best."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from knowledge_base.embedding.base import Floats
from knowledge_base.embedding.service import shipped_encoder
from knowledge_base.improvement.settings import clustering_settings

Marks = tuple[frozenset[str], ...]


def plain(text: str) -> str:
    """Return a question without marks, blanks and case, by which equal ones are known.

    >>> plain("Fee  for CSO?") == plain("fee for cso")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


@lru_cache(maxsize=4096)
def marks(text: str) -> Marks:
    """Return what a question names of each group that tells matters apart."""
    groups = clustering_settings().kept_apart.values()
    folded = text.casefold()
    return tuple(frozenset(name for name, one in group.items() if one.search(folded)) for group in groups)


def vectors(texts: Sequence[str]) -> Floats:
    """Return float32 (n, dim), L2-normalised, of the encoder that the threshold was measured with."""
    return shipped_encoder().encode(list(texts))


class Clusters:
    """The clusters of one language: a question joins the closest that it may, or none."""

    def __init__(self, language: str) -> None:
        self._least = clustering_settings().closest[language]
        self._by_text: dict[str, list[int]] = {}
        self._rows: list[Floats] = []
        self._marks: list[Marks] = []

    def add(self, text: str, number: int, vector: Floats) -> None:
        """Begin cluster ``number``, which must be the next one, with the question that says it best."""
        assert number == len(self._rows)
        self._rows.append(vector)
        self._marks.append(marks(text))
        self.name(text, number)

    def name(self, text: str, number: int) -> None:
        """Note one more wording of a cluster."""
        self._by_text.setdefault(plain(text), []).append(number)

    def found(self, text: str, vector: Floats) -> list[int]:
        """Return the clusters that a question may join, the closest first."""
        own = list(dict.fromkeys(self._by_text.get(plain(text), ())))
        if not self._rows:
            return own
        cosine = np.stack(self._rows) @ vector
        named = marks(text)
        order = [int(place) for place in np.argsort(-cosine) if cosine[place] >= self._least]
        return own + [place for place in order if place not in own and self._marks[place] == named]


def most_typical(texts: Sequence[str]) -> str:
    """Return the question closest to all; one that was asked more often weighs more."""
    if len(texts) < 3:
        return max(texts, key=lambda text: (texts.count(text), -len(text)))
    found = vectors(texts)
    return texts[int(np.argmax((found @ found.T).sum(axis=1)))]
