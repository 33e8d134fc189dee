"""Starting vectors: latent semantic analysis beside random directions, both scaled by rarity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def term_counts(documents: list[list[int]], pieces: int) -> Any:
    """Return the documents as a sparse count matrix, float32 (documents, pieces)."""
    from scipy.sparse import csr_matrix

    lengths = np.fromiter((len(d) for d in documents), dtype=np.int64, count=len(documents))
    pointers = np.concatenate(([0], np.cumsum(lengths)))
    columns = np.fromiter((i for d in documents for i in d), dtype=np.int32, count=int(pointers[-1]))
    values = np.ones(len(columns), dtype=np.float32)
    matrix = csr_matrix((values, columns, pointers), shape=(len(documents), pieces))
    matrix.sum_duplicates()
    return matrix


def rarity(matrix: Any, documents: int) -> Floats:
    """Return the smoothed inverse document frequency of each piece, float32 (pieces,)."""
    frequency = np.asarray((matrix > 0).sum(axis=0)).ravel()
    return np.asarray(np.log((documents + 1) / (frequency + 1)) + 0.2, dtype=np.float32)


def starting_vectors(documents: list[list[int]], pieces: int, dims: tuple[int, int], seed: int) -> Floats:
    """Return one vector for each piece, so that the mean over a text is already a fair representation.

    The first part of each vector is the piece's place in a truncated singular value decomposition of the
    weighted document-piece matrix (meaning); the second is random (identity). Both halves carry equal weight
    and are scaled by rarity, so that frequent words count little.

    Args:
        documents: Piece ids of each document.
        pieces: Size of the vocabulary.
        dims: (latent, all) dimensions.
        seed: Seed of the decomposition and of the random part.

    Returns:
        float32 (pieces, all dims); the mean row has about unit length.
    """
    from sklearn.utils.extmath import randomized_svd

    latent_dim, dim = dims
    matrix = term_counts(documents, pieces)
    weights = rarity(matrix, len(documents))
    matrix.data = 1.0 + np.log(matrix.data)
    weighted = matrix.multiply(weights[None, :]).tocsr()
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel()) + 1e-6
    weighted = weighted.multiply(1.0 / norms[:, None]).tocsr().astype(np.float32)
    _, values, directions = randomized_svd(weighted, latent_dim, n_iter=2, random_state=seed)
    latent = (directions * np.sqrt(values)[:, None]).T
    latent = latent / (np.linalg.norm(latent, axis=1, keepdims=True) + 1e-6)
    random = np.random.default_rng(seed).standard_normal((pieces, dim - latent_dim))
    random = random / np.linalg.norm(random, axis=1, keepdims=True)
    joined = np.concatenate((latent, random), axis=1) * weights[:, None]
    return np.asarray(joined / np.linalg.norm(joined, axis=1).mean(), dtype=np.float32)
