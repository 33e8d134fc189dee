"""What an encoder is."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors. Cheap to build; ``warm_up`` loads the model."""

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
