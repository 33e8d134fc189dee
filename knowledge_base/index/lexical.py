"""BM25 over terms (Lucene's form, k1 = 1.5, b = 0.75), as sparse columns of what each term adds to each text.

A large index keeps each addition as one byte, a 255th of the most that the term adds; and the terms that very
many texts share as full columns, which are only looked up for candidates (``common``): alone they tell
little, and adding them to every text would take most of a search.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from core.errors import DependencyFailed
from knowledge_base.index.settings import index_settings
from knowledge_base.index.terms import terms

Floats = NDArray[np.float32]
TERMS = "terms.npz"
K1, B = 1.5, 0.75
SHARED = 1 / 8  # share of the texts that hold a term, from which it is kept as a full column in a large index
STEPS = 255
VOCABULARY = "vocabulary.json"
ARRAYS = ("data", "indices", "ends", "scales", "frequency", "shared", "columns")


@dataclass(frozen=True)
class TermStore:
    """The terms of every text as numbers, by the text's hash: cutting texts anew is half of a build.

    Attributes:
        hashes: 16 bytes a text.
        flat: int32, the numbers of all texts one after the other.
        ends: int64 (texts,), where each text's numbers end in ``flat``.
        vocabulary: each term's number.
    """

    hashes: list[bytes]
    flat: NDArray[np.int32]
    ends: NDArray[np.int64]
    vocabulary: dict[str, int]

    @classmethod
    def of(cls, texts: Sequence[str], known: "TermStore | None" = None) -> "TermStore":
        """Number the terms of texts, taking over those of texts that are known."""
        vocabulary = dict(known.vocabulary) if known else {"": 0}
        places = {key: place for place, key in enumerate(known.hashes)} if known else {}
        starts = np.concatenate(([0], known.ends[:-1])) if known else np.zeros(0, dtype=np.int64)
        hashes, parts = [], []
        for text in texts:
            key = hashlib.sha256(text.encode()).digest()[:16]
            hashes.append(key)
            place = places.get(key)
            if known is not None and place is not None:
                parts.append(known.flat[starts[place] : known.ends[place]])
                continue
            numbers = [vocabulary.setdefault(term, len(vocabulary)) for term in terms(text) or [""]]
            parts.append(np.asarray(numbers, dtype=np.int32))
        ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
        flat = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
        return cls(hashes, flat, ends, vocabulary)

    def save(self, path: Path) -> None:
        """Write the store."""
        words = "\n".join(self.vocabulary).encode()
        np.savez(
            path,
            hashes=np.frombuffer(b"".join(self.hashes), dtype=np.uint8),
            flat=self.flat,
            ends=self.ends,
            words=np.frombuffer(words, dtype=np.uint8),
        )

    @classmethod
    def load(cls, path: Path) -> "TermStore | None":
        """Read a store; None where there is none."""
        if not path.is_file():
            return None
        with np.load(path) as arrays:
            raw, words = arrays["hashes"].tobytes(), arrays["words"].tobytes().decode().split("\n")
            return cls(
                [raw[start : start + 16] for start in range(0, len(raw), 16)],
                arrays["flat"],
                arrays["ends"],
                {word: number for number, word in enumerate(words)},
            )


@dataclass(frozen=True)
class Impacts:
    """What each term adds to each text's score.

    Attributes:
        data: float32 or, in a large index, uint8 (additions,): additions in units of the term's scale;
            ``indices``: int32, the text of each; ``ends``: int64 (terms + 1,), where each term's lie.
        scales: float32 (terms,).
        frequency: int32 (terms,), how many texts hold each.
        shared: int32, the terms kept as full columns; ``columns``: uint8 (shared, texts), theirs.
    """

    data: NDArray[Any]
    indices: NDArray[np.int32]
    ends: NDArray[np.int64]
    scales: Floats
    frequency: NDArray[np.int32]
    shared: NDArray[np.int32]
    columns: NDArray[np.uint8]


def impacts(store: TermStore, *, is_large: bool) -> Impacts:
    """Return what each term adds to each text's score.

    The same figures as the bm25s library's (held by a test), counted in arrays instead of one text after the
    other.
    """
    documents, words = len(store.ends), len(store.vocabulary)
    lengths = np.diff(store.ends, prepend=0).astype(np.float32)
    ones = np.ones(len(store.flat), dtype=np.float32)
    counted = csr_array((ones, store.flat, np.concatenate(([0], store.ends))), shape=(documents, words))
    counted.sum_duplicates()
    matrix = counted.tocsc()
    del counted, ones
    norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9))
    frequency = np.diff(matrix.indptr).astype(np.int32)
    rarity = np.log1p((documents - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    data = matrix.data
    data /= norm[matrix.indices] + data
    indices, ends = matrix.indices.astype(np.int32, copy=False), matrix.indptr.astype(np.int64, copy=False)
    if not is_large:
        data *= np.repeat(rarity, frequency)
        none = np.zeros((0, documents), dtype=np.uint8)
        return Impacts(
            data, indices, ends, np.ones_like(rarity), frequency, none[:, 0].astype(np.int32), none
        )
    data *= STEPS
    stored = np.maximum(data.round(out=data), 1).astype(np.uint8)
    shared = np.flatnonzero(frequency > SHARED * documents).astype(np.int32)
    columns = np.zeros((len(shared), documents), dtype=np.uint8)
    for row, term in enumerate(shared):
        own = slice(ends[term], ends[term + 1])
        columns[row, indices[own]] = stored[own]
    is_kept = np.ones(words, dtype=np.bool_)
    is_kept[shared] = False
    kept = np.repeat(is_kept, frequency)
    ends = np.concatenate(([0], np.cumsum(np.where(is_kept, frequency, 0)))).astype(np.int64)
    return Impacts(stored[kept], indices[kept], ends, rarity / STEPS, frequency, shared, columns)


class LexicalIndex:
    """A BM25 index of texts by position."""

    def __init__(
        self, held: Impacts, vocabulary: dict[str, int], size: int, terms_of: "TermStore | None" = None
    ) -> None:
        self._held = held
        self._vocabulary = vocabulary
        self._rows = {int(term): row for row, term in enumerate(held.shared)}
        self.size = size
        self._terms_of = terms_of

    @classmethod
    def build(cls, texts: Sequence[str], known: "TermStore | None" = None) -> "LexicalIndex":
        """Index texts; the terms of texts that ``known`` holds are taken over."""
        terms_of = TermStore.of(texts, known)
        held = impacts(terms_of, is_large=len(texts) > index_settings().exact_up_to)
        return cls(held, terms_of.vocabulary, len(texts), terms_of)

    def save(self, folder: Path) -> None:
        """Write the index, and the terms of every text for the next build."""
        folder.mkdir()
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self._held, name))
        (folder / VOCABULARY).write_text(json.dumps(list(self._vocabulary), ensure_ascii=False), "utf-8")
        if self._terms_of is not None:
            self._terms_of.save(folder / TERMS)

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Read an index.

        Raises:
            DependencyFailed: the files are broken or of another size.
        """
        try:
            held = Impacts(*(np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ARRAYS))
            words = json.loads((folder / VOCABULARY).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DependencyFailed("knowledge_base.snapshot_broken", part="lexical") from error
        if held.columns.shape[1] != size or len(words) != len(held.frequency):
            raise DependencyFailed("knowledge_base.snapshot_broken", part="lexical")
        return cls(held, {word: number for number, word in enumerate(words)}, size)

    def _known(self, words: Sequence[str]) -> dict[int, int]:
        """Return how often each known term is asked for, by its number."""
        return Counter(self._vocabulary[word] for word in words if word in self._vocabulary)

    def scores(self, words: Sequence[str]) -> Floats:
        """Return the BM25 score of every text, float32 (size,), without what ``common`` adds."""
        asked = {term: times for term, times in self._known(words).items() if term not in self._rows}
        held = self._held
        places = [slice(int(held.ends[term]), int(held.ends[term + 1])) for term in asked]
        if not places:
            return np.zeros(self.size, dtype=np.float32)
        data = np.concatenate([held.data[place] for place in places]).astype(np.float32, copy=False)
        indices = np.concatenate([held.indices[place] for place in places])
        ends = np.cumsum([0, *(place.stop - place.start for place in places)])
        weights = np.asarray([held.scales[term] * times for term, times in asked.items()], dtype=np.float32)
        return np.asarray(csc_array((data, indices, ends), shape=(self.size, len(places))) @ weights)

    def common(self, words: Sequence[str], positions: NDArray[np.int64]) -> Floats:
        """Return what the terms that very many texts share add to the texts at these positions, float32."""
        total = np.zeros(len(positions), dtype=np.float32)
        for term, times in self._known(words).items():
            if term in self._rows:
                total += self._held.columns[self._rows[term], positions] * (self._held.scales[term] * times)
        return total

    def rarity(self, words: Sequence[str]) -> list[float]:
        """Return each term's inverse document frequency; one that no text holds is the rarest."""
        found = []
        for word in words:
            number = self._vocabulary.get(word)
            frequency = 0 if number is None else int(self._held.frequency[number])
            found.append(math.log1p((self.size - frequency + 0.5) / (frequency + 0.5)))
        return found
