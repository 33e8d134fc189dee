"""Static sentence-transformers models without torch: a table of word vectors, averaged and normalised.

The same vectors as sentence-transformers gives (held by the contract tests) at a tenth of its start-up time
and a fifth of its memory. Models of any other build go through ``sentence_transformer``.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from core.errors import DependencyFailed
from core.model_register import service as model_register
from knowledge_base.embedding.base import Floats, model_id

_STATIC, _NORMALIZE = ".StaticEmbedding", ".Normalize"
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"


def is_static(path: Path) -> bool:
    """Whether a model folder holds a static table followed by normalisation, in a layout read here."""
    modules = json.loads((path / "modules.json").read_text("utf-8"))
    kinds = [str(module["type"]) for module in modules]
    if len(kinds) != 2 or not (kinds[0].endswith(_STATIC) and kinds[1].endswith(_NORMALIZE)):
        return False
    folder = path / str(modules[0]["path"])
    return (folder / WEIGHTS).is_file() and (folder / TOKENIZER).is_file()


class StaticEncoder:
    """A static model in a folder.

    Args:
        path: the model's folder.
        verify: whether the model register must know it (off in training and evaluation alone).
    """

    def __init__(self, path: Path, *, verify: bool = True) -> None:
        self.path = path
        self._verify = verify
        self._lock = threading.Lock()
        self._tokenizer: Tokenizer | None = None
        self._table: NDArray[np.generic] = np.zeros((0, 0), dtype=np.int8)
        self._scales: Floats = np.zeros(0, dtype=np.float32)
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
        return int(self._table.shape[1])

    def warm_up(self) -> None:
        """Verify and load the model, once; refused or broken models raise."""
        with self._lock:
            if self._tokenizer is None:
                if self._verify:
                    model_register.verify("encoder", self.path)
                self._load()

    def _load(self) -> None:
        folder = self.path / json.loads((self.path / "modules.json").read_text("utf-8"))[0]["path"]
        try:
            tensors = load_file(folder / WEIGHTS)
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self._table = (
                tensors["embedding.weight"] if "embedding.weight" in tensors else tensors["embeddings"]
            )
            rows = self._table.shape[0]
            self._scales = np.asarray(tensors.get("weights", np.ones(rows)), dtype=np.float32)
            if "mapping" in tensors or len(self._scales) != rows or tokenizer.get_vocab_size() > rows:
                raise ValueError("layout")
        except Exception as error:  # boundary: the readers raise whatever a broken model provokes
            raise DependencyFailed("knowledge_base.encoder_failed") from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return float32 (n, dim), L2-normalised."""
        self.warm_up()
        assert self._tokenizer is not None
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for position, found in enumerate(
            self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ):
            if found.ids:
                rows = np.asarray(found.ids)
                vectors[position] = self._scales[rows] @ self._table[rows].astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
