"""Encode text with a token table, in training and before a model is written."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors."""

    def encode(self, texts: list[str]) -> Floats:
        """Return float32 (n, dim), L2-normalised."""
        ...


class TableEncoder:
    """Mean of the rows of a table over the pieces of a text, as the shipped model computes it."""

    def __init__(self, tokenizer: Tokenizer, table: Floats) -> None:
        self._tokenizer = tokenizer
        self._table = table

    def encode(self, texts: list[str]) -> Floats:
        """Return float32 (n, dim), L2-normalised; a text without pieces becomes the zero vector."""
        vectors = np.zeros((len(texts), self._table.shape[1]), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)):
            if encoding.ids:
                vectors[row] = self._table[encoding.ids].mean(axis=0)
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.asarray(vectors / lengths, dtype=np.float32)
