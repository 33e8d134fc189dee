"""Inner-product search over vectors: the one module that imports FAISS.

Up to ``exact_up_to`` vectors every one is compared (a flat index, exact). Beyond, an inverted file of 8-bit
vectors is searched, whose size and time stay small; what it was built from lies beside it at half precision,
so that the next build takes it over.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from knowledge_base.index.settings import IndexSettings, index_settings

faiss: Any = _faiss  # its annotations describe the bare bindings, not the Python wrappers
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Tell = Callable[[int, int], None]
_ADDED_AT_ONCE = 50_000
_SEED = 20260101


@dataclass(frozen=True)
class Selection:
    """Vectors that may be found: how many, and FAISS's form of them (None where all may)."""

    count: int
    selector: Any


class VectorIndex:
    """A FAISS index; vectors by position."""

    def __init__(self, index: Any, halves: Halves | None = None) -> None:
        self._index = index
        self._halves = halves

    @classmethod
    def build(
        cls, vectors: Floats, *, settings: IndexSettings | None = None, tell: Tell | None = None
    ) -> "VectorIndex":
        """Index vectors.

        Args:
            vectors: float32 (n, dim), L2-normalised.
            settings: other sizes than the shipped ones (tests).
            tell: told how many vectors of a large index are in, and of how many.
        """
        settings = settings or index_settings()
        if len(vectors) <= settings.exact_up_to:
            index = faiss.IndexFlatIP(vectors.shape[1])
            index.add(np.ascontiguousarray(vectors))
            return cls(index)
        halves = vectors.astype(np.float16)
        return cls(_inverted_file(halves, settings, tell or (lambda done, total: None)), halves)

    def save(self, path: Path) -> None:
        """Write the index, and beside a large one the vectors it was built from."""
        faiss.write_index(self._index, str(path))
        if self._halves is not None:
            np.save(_beside(path), self._halves)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read an index.

        Raises:
            DependencyFailed: the file is broken.
        """
        faiss.omp_set_num_threads(1)
        try:
            index = faiss.read_index(str(path))
            halves = np.load(_beside(path), mmap_mode="r") if _beside(path).exists() else None
        except (RuntimeError, OSError, ValueError) as error:
            raise DependencyFailed("knowledge_base.snapshot_broken", part="vectors") from error
        return cls(index, halves)

    @property
    def size(self) -> int:
        """How many vectors."""
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def is_exact(self) -> bool:
        """Whether every allowed vector is compared."""
        return self._halves is None

    def vectors(self) -> NDArray[np.floating[Any]]:
        """Return all vectors as they were put in, (size, dim)."""
        if self._halves is not None:
            return self._halves
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32)

    def selection(self, allowed: Mask) -> Selection:
        """Return the vectors that a mask (size,) allows, for any number of searches."""
        count = int(np.count_nonzero(allowed))
        if count == self.size:
            return Selection(count, None)
        return Selection(count, faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little")))

    def search(
        self, vector: Floats, most: int, among: Selection, settings: IndexSettings | None = None
    ) -> tuple[Floats, Ints]:
        """Return cosines and positions of the closest vectors among the selected ones, best first."""
        wanted = max(1, min(most, among.count))
        scores, positions = self._index.search(
            vector.reshape(1, -1), wanted, params=self._parameters(among, settings or index_settings())
        )
        found = positions[0] >= 0
        return scores[0][found], positions[0][found]

    def _parameters(self, among: Selection, settings: IndexSettings) -> Any:
        chosen = {} if among.selector is None else {"sel": among.selector}
        if self.is_exact:
            return faiss.SearchParameters(**chosen)
        share = max(among.count, 1) / self.size  # the fewer may be found, the more lists hold enough of them
        probes = min(self._index.nlist, round(settings.probes / share))
        return faiss.SearchParametersIVF(nprobe=probes, **chosen)


def _beside(path: Path) -> Path:
    return path.with_suffix(".halves.npy")


def _inverted_file(halves: Halves, settings: IndexSettings, tell: Tell) -> Any:
    size, dim = halves.shape
    drawn = np.random.default_rng(_SEED).choice(size, min(size, settings.trained_on), replace=False)
    lists = min(2 ** round(np.log2(settings.lists_for_root * np.sqrt(size))), len(drawn))
    index = faiss.index_factory(dim, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index.cp.min_points_per_centroid = 1
    tell(0, size)
    index.train(halves[np.sort(drawn)].astype(np.float32))
    for start in range(0, size, _ADDED_AT_ONCE):
        index.add(halves[start : start + _ADDED_AT_ONCE].astype(np.float32))
        tell(min(start + _ADDED_AT_ONCE, size), size)
    faiss.omp_set_num_threads(1)
    return index
