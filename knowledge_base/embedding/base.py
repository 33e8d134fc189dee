"""What an encoder is."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.model_register import service as model_register

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors. Cheap to build; ``warm_up`` loads the model from the folder ``path``."""

    path: Path

    @property
    def encoder_id(self) -> str:
        """Name and hash of the model, the same for the same vectors."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector; known after ``warm_up``."""
        ...

    def warm_up(self) -> None:
        """Load the model.

        Raises:
            InvariantBroken: the model is not registered, or was changed since.
            DependencyFailed: the model cannot be loaded.
        """
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return float32 (n, dim), each row of length one; a text without known words is a row of zeros."""
        ...


def model_id(path: Path) -> str:
    """Return the id of a model folder: its name and the first 16 characters of its hash."""
    entry = path / "register.json"
    name = str(json.loads(entry.read_text("utf-8"))["id"]) if entry.is_file() else path.name
    return f"{name}:{model_register.digest(path)[:16]}"
