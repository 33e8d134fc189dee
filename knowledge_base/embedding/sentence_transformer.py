"""The one module that imports torch and sentence-transformers."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import DependencyFailed
from core.model_register import service as model_register
from knowledge_base.embedding.base import Floats, model_id

_BATCH = 256


class SentenceTransformerEncoder:
    """Any sentence-transformers model in a folder, on one thread of the processor.

    Args:
        path: the model's folder.
        verify: whether the model register must know it (off in training and evaluation alone).
    """

    def __init__(self, path: Path, *, verify: bool = True) -> None:
        self.path = path
        self._verify = verify
        self._model: Any = None
        self._lock = threading.Lock()
        self._encoder_id = ""

    @property
    def encoder_id(self) -> str:
        """The model's name and the first 16 characters of its hash."""
        if not self._encoder_id:
            self._encoder_id = model_id(self.path)
        return self._encoder_id

    @property
    def dim(self) -> int:
        """Length of a vector."""
        self.warm_up()
        return int(self._model.get_embedding_dimension())

    def warm_up(self) -> None:
        """Verify and load the model, once; refused or broken models raise."""
        with self._lock:
            if self._model is None:
                if self._verify:
                    model_register.verify("encoder", self.path)
                self._model = self._load()

    def _load(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            torch.set_num_threads(1)
            model = SentenceTransformer(str(self.path), device="cpu", local_files_only=True)
        except Exception as error:  # boundary: loaders raise whatever a broken model provokes
            raise DependencyFailed("knowledge_base.encoder_failed") from error
        model.encode(["药"], show_progress_bar=False)
        return model

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return float32 (n, dim), L2-normalised."""
        self.warm_up()
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.nan_to_num(np.asarray(vectors, dtype=np.float32))
