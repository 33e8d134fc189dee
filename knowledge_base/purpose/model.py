"""The purpose model: a multinomial logistic regression over a text's meaning and its runs."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from core.runs import BUCKETS, buckets

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class PurposeModel:
    """Weights, one column a purpose.

    Attributes:
        encoder_id: the encoder whose vectors it was fitted on.
        meaning: float32 (dim, purposes), for a text's vector.
        runs: float16 (BUCKETS, purposes), for the buckets of its runs.
        bias: float32 (purposes,).
    """

    purposes: tuple[str, ...]
    encoder_id: str
    meaning: Floats
    runs: NDArray[np.float16]
    bias: Floats

    def probabilities(self, text: str, vector: Floats) -> dict[str, float]:
        """Return how likely a text has each purpose; they sum to one.

        Args:
            vector: float32 (dim,), the text's meaning.
        """
        found = buckets(text)
        scores = self.bias + vector @ self.meaning
        if len(found):
            scores = scores + self.runs[found].astype(np.float32).sum(axis=0) / np.sqrt(len(found))
        powers = np.exp(scores - scores.max())
        return dict(zip(self.purposes, (powers / powers.sum()).tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write the model."""
        np.savez_compressed(
            path,
            purposes=np.asarray(self.purposes),
            encoder_id=np.asarray(self.encoder_id),
            meaning=self.meaning.astype(np.float16),
            runs=self.runs,
            bias=self.bias,
        )

    @classmethod
    def load(cls, path: Path) -> "PurposeModel":
        """Read the model.

        Raises:
            DependencyFailed: the file is missing or broken.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                model = cls(
                    tuple(held["purposes"].tolist()),
                    str(held["encoder_id"]),
                    held["meaning"].astype(np.float32),
                    held["runs"],
                    held["bias"].astype(np.float32),
                )
            if model.runs.shape != (BUCKETS, len(model.purposes)):
                raise ValueError("shape")
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise DependencyFailed("knowledge_base.purpose_failed") from error
        return model
