"""Write the model so that plain `SentenceTransformer(path)` loads it.

The table is stored as 8-bit integers with one scale for each row, in the layout that sentence-transformers
reads for vocabulary-quantised static models (`embeddings`, `weights`): it comes back as float32, and no code
of ours is needed.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Floats = NDArray[np.float32]


def quantise(table: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return (int8 table, float32 scale of each row); `int8 * scale` is within half a scale of the table."""
    scales = np.abs(table).max(axis=1) / 127.0
    scales = np.maximum(scales, 1e-12).astype(np.float32)
    return np.rint(table / scales[:, None]).astype(np.int8), scales


def write_model(folder: Path, tokenizer: Tokenizer, table: Floats) -> None:
    """Write a sentence-transformers folder: static table, then normalisation to unit length.

    Args:
        folder: Emptied first.
        tokenizer: Its ids are the rows of `table`.
        table: float32 (pieces, dim).
    """
    from safetensors.numpy import save_file
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    if folder.exists():
        shutil.rmtree(folder)
    static = StaticEmbedding(tokenizer, embedding_weights=table)
    model = SentenceTransformer(modules=[static, Normalize()], device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    weights = next(folder.rglob("model.safetensors"))
    rounded, scales = quantise(table)
    save_file({"embeddings": rounded, "weights": scales}, str(weights))
    weights.chmod(0o644)


def compact_tokenizer(folder: Path) -> None:
    """Rewrite `tokenizer.json` without indentation, which halves it."""
    path = next(folder.rglob("tokenizer.json"))
    path.write_text(
        json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False, separators=(",", ":")), "utf-8"
    )
