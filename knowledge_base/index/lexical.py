"""BM25 over terms: the one module that imports bm25s."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.errors import DependencyFailed
from knowledge_base.index.settings import index_settings
from knowledge_base.index.terms import terms

Floats = NDArray[np.float32]
TERMS = "terms.npz"
K1, B = 1.5, 0.75  # bm25s's defaults


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


def impacts(store: TermStore) -> dict[str, Any]:
    """Return what each term adds to each text's score, as the sparse columns that bm25s reads.

    The same figures as bm25s's own build (Lucene's form of BM25, k1 = 1.5, b = 0.75; held by a test), counted
    in arrays instead of one text after the other; kept at half precision in a large index.
    """
    documents, words = len(store.ends), len(store.vocabulary)
    lengths = np.diff(store.ends, prepend=0).astype(np.float32)
    ones = np.ones(len(store.flat), dtype=np.float32)
    counted = csr_array((ones, store.flat, np.concatenate(([0], store.ends))), shape=(documents, words))
    counted.sum_duplicates()
    columns = counted.tocsc()
    del counted, ones
    norm = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1e-9))
    frequency = np.diff(columns.indptr)
    rarity = np.log1p((documents - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    data = columns.data
    data /= norm[columns.indices] + data
    data *= np.repeat(rarity, frequency)
    is_small = documents <= index_settings().exact_up_to
    return {
        "data": data if is_small else data.astype(np.float16),
        "indices": columns.indices.astype(np.int32, copy=False),
        "indptr": columns.indptr.astype(np.int64, copy=False),
        "num_docs": documents,
    }


class LexicalIndex:
    """A BM25 index of texts by position."""

    def __init__(self, index: Any, size: int, terms_of: "TermStore | None" = None) -> None:
        self._index = index
        self.size = size
        self._terms_of = terms_of

    @classmethod
    def build(cls, texts: Sequence[str], known: "TermStore | None" = None) -> "LexicalIndex":
        """Index texts; the terms of texts that ``known`` holds are taken over."""
        import bm25s

        terms_of = TermStore.of(texts, known)
        index = bm25s.BM25()
        index.scores, index.nonoccurrence_array = impacts(terms_of), None
        index.vocab_dict = terms_of.vocabulary
        index.unique_token_ids_set = set(terms_of.vocabulary.values())
        return cls(index, len(texts), terms_of)

    def save(self, folder: Path) -> None:
        """Write the index, and the terms of every text for the next build."""
        self._index.save(str(folder), show_progress=False)
        if self._terms_of is not None:
            self._terms_of.save(folder / TERMS)

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Read an index.

        Raises:
            DependencyFailed: the files are broken or of another size.
        """
        import bm25s

        try:
            index = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
        except Exception as error:  # boundary: bm25s raises whatever a broken file provokes
            raise DependencyFailed("knowledge_base.snapshot_broken", part="lexical") from error
        if index.scores["num_docs"] != size:
            raise DependencyFailed("knowledge_base.snapshot_broken", part="lexical")
        return cls(index, size)

    def scores(self, words: Sequence[str]) -> Floats:
        """Return the BM25 score of every text, float32 (size,)."""
        known = [word for word in words if word in self._index.vocab_dict]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    def rarity(self, words: Sequence[str]) -> list[float]:
        """Return each term's inverse document frequency; one that no text holds is the rarest."""
        ends = self._index.scores["indptr"]
        found = []
        for word in words:
            number = self._index.vocab_dict.get(word)
            frequency = 0 if number is None else int(ends[number + 1] - ends[number])
            found.append(math.log1p((self.size - frequency + 0.5) / (frequency + 0.5)))
        return found
