"""Flat and inverted indexes of vectors."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import DependencyFailed
from knowledge_base.index.settings import index_settings
from knowledge_base.index.vectors import VectorIndex

SIZE, DIM, MOST = 4_000, 32, 10
LARGE = index_settings().model_copy(update={"exact_up_to": 100, "probes": 32, "trained_on": 2_000})


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    drawn = np.random.default_rng(3).normal(size=(SIZE, DIM)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def large(vectors: NDArray[np.float32]) -> VectorIndex:
    return VectorIndex.build(vectors, settings=LARGE)


def test_a_small_collection_is_searched_exactly(vectors: NDArray[np.float32]) -> None:
    index = VectorIndex.build(vectors)
    assert index.is_exact
    scores, found = index.search(vectors[5], MOST, index.selection(np.ones(SIZE, dtype=np.bool_)))
    expected = vectors @ vectors[5]
    assert found.tolist() == np.argsort(-expected)[:MOST].tolist()
    assert np.allclose(scores, expected[found], atol=1e-6)


def test_a_large_collection_is_searched_in_lists_and_finds_nearly_the_same(
    vectors: NDArray[np.float32], large: VectorIndex
) -> None:
    assert not large.is_exact
    among = large.selection(np.ones(SIZE, dtype=np.bool_))
    agreeing = [
        len(
            set(large.search(vector, MOST, among, LARGE)[1].tolist())
            & set(np.argsort(-(vectors @ vector))[:MOST].tolist())
        )
        for vector in vectors[:50]
    ]
    assert np.mean(agreeing) > 0.6 * MOST  # random vectors are the hardest case: no neighbourhoods


def test_only_what_is_allowed_is_found_however_little_it_is(
    vectors: NDArray[np.float32], large: VectorIndex
) -> None:
    allowed = np.zeros(SIZE, dtype=np.bool_)
    allowed[[3, 77, 2_048, 3_999]] = True
    _, found = large.search(vectors[0], MOST, large.selection(allowed), LARGE)
    assert sorted(found.tolist()) == [3, 77, 2_048, 3_999]
    _, none = large.search(vectors[0], MOST, large.selection(np.zeros(SIZE, dtype=np.bool_)), LARGE)
    assert none.tolist() == []


def test_a_large_index_comes_back_from_disk_with_what_it_was_built_from(
    vectors: NDArray[np.float32], large: VectorIndex, tmp_path: Path
) -> None:
    large.save(tmp_path / "vectors.faiss")
    loaded = VectorIndex.load(tmp_path / "vectors.faiss")
    among = loaded.selection(np.ones(SIZE, dtype=np.bool_))
    assert (loaded.size, loaded.dim, loaded.is_exact) == (SIZE, DIM, False)
    assert (loaded.search(vectors[9], MOST, among)[1] == large.search(vectors[9], MOST, among)[1]).all()
    assert (loaded.vectors() == vectors.astype(np.float16)).all()


@pytest.mark.parametrize("name", ["vectors.faiss", "vectors.halves.npy"])
def test_a_broken_index_is_refused(large: VectorIndex, tmp_path: Path, name: str) -> None:
    large.save(tmp_path / "vectors.faiss")
    (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(DependencyFailed):
        VectorIndex.load(tmp_path / "vectors.faiss")


def test_building_a_large_index_tells_how_far_it_is(vectors: NDArray[np.float32]) -> None:
    told: list[tuple[int, int]] = []
    VectorIndex.build(vectors, settings=LARGE, tell=lambda done, total: told.append((done, total)))
    assert told[0] == (0, SIZE)
    assert told[-1] == (SIZE, SIZE)
