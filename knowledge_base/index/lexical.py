"""BM25 over terms: the one module that imports bm25s."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from knowledge_base.index.terms import terms

Floats = NDArray[np.float32]


class LexicalIndex:
    """A BM25 index of texts by position."""

    def __init__(self, index: Any, size: int) -> None:
        self._index = index
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Index texts."""
        import bm25s

        index = bm25s.BM25()
        index.index([terms(text) or [""] for text in texts], show_progress=False)
        return cls(index, len(texts))

    def save(self, folder: Path) -> None:
        """Write the index."""
        self._index.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Read an index.

        Raises:
            DependencyFailed: the files are broken or of another size.
        """
        import bm25s

        try:
            index = bm25s.BM25.load(str(folder), show_progress=False)
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
