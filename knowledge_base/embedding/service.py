"""The encoder of this installation.

1. ``register_encoder`` enters the shipped model (or the one that ``YAOZHENG_EMBEDDING_MODEL`` names) in the
   model register, at set-up.
2. ``get_encoder`` gives this process's encoder: static models are read directly, all others through
   sentence-transformers. It loads on ``warm_up`` or first use, and only if the
   register knows it unchanged.
"""

import json
from functools import lru_cache
from pathlib import Path

from core.errors import InvalidInput
from core.model_register import service as model_register
from core.settings import get_settings
from knowledge_base.embedding.base import Encoder
from knowledge_base.embedding.sentence_transformer import SentenceTransformerEncoder
from knowledge_base.embedding.static import StaticEncoder, is_static

SHIPPED = Path(__file__).parent / "model"


def encoder_path() -> Path:
    """Return the folder of the model to be served.

    Raises:
        InvalidInput: ``YAOZHENG_EMBEDDING_MODEL`` names no folder.
    """
    chosen = get_settings().embedding_model
    path = Path(chosen).expanduser() if chosen else SHIPPED
    if not (path / "modules.json").is_file():
        raise InvalidInput("knowledge_base.encoder_missing", path=path.name)
    return path


def register_encoder(*, actor_id: str = "setup") -> str:
    """Enter the shipped and the chosen model in the register, once; return the hash of the chosen one."""
    chosen = encoder_path()
    if chosen != SHIPPED:
        _register(SHIPPED, actor_id)
    return _register(chosen, actor_id)


def _register(path: Path, actor_id: str) -> str:
    entry = path / "register.json"
    card = (
        json.loads(entry.read_text("utf-8")) if entry.is_file() else {"id": path.name, "version": "unknown"}
    )
    return model_register.register("encoder", card["id"], str(card["version"]), path, card, actor_id=actor_id)


def get_encoder() -> Encoder:
    """Return this process's encoder, not yet loaded."""
    return _encoder(encoder_path())


def shipped_encoder() -> Encoder:
    """Return the encoder that comes with the product, whichever one searches."""
    return _encoder(SHIPPED)


@lru_cache(maxsize=2)
def _encoder(path: Path) -> Encoder:
    return StaticEncoder(path) if is_static(path) else SentenceTransformerEncoder(path)
