"""Inner-product search over vectors: the one module that imports FAISS."""

from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed

faiss: Any = _faiss  # its annotations describe the bare bindings, not the Python wrappers
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class VectorIndex:
    """A flat FAISS index; vectors by position."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Floats) -> "VectorIndex":
        """Index vectors, float32 (n, dim), L2-normalised."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    def save(self, path: Path) -> None:
        """Write the index."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read an index.

        Raises:
            DependencyFailed: the file is broken.
        """
        faiss.omp_set_num_threads(1)
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise DependencyFailed("knowledge_base.snapshot_broken", part="vectors") from error

    @property
    def size(self) -> int:
        """How many vectors."""
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def vectors(self) -> Floats:
        """Return all vectors, float32 (size, dim)."""
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32)

    def search(self, vector: Floats, most: int, allowed: Mask) -> tuple[Floats, Ints]:
        """Return cosines and positions of the closest vectors among the allowed ones, best first."""
        selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        wanted = max(1, min(most, int(allowed.sum())))
        scores, positions = self._index.search(
            vector.reshape(1, -1), wanted, params=faiss.SearchParameters(sel=selector)
        )
        found = positions[0] >= 0
        return scores[0][found], positions[0][found]
