"""The encoder of this installation.

1. ``register_encoder`` enters the shipped model (or the one that ``YAOZHENG_EMBEDDING_MODEL`` names) in the
   model register, at set-up.
2. ``get_encoder`` gives the encoder that new indexes are built with: the one switched to, else the setting's
   or the shipped one; ``encoder_named`` the one that an index was built with, so that a switch of the index
   is a switch of the encoder too.
3. Static models are read directly, all others through sentence-transformers. A model loads on ``warm_up`` or
   first use, and only if the register knows it unchanged and released.
"""

import json
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from core.database import reading
from core.errors import InvalidInput
from core.model_register import service as model_register
from core.model_register.models import RegisteredModel
from core.model_register.serving import place_of, served
from core.model_register.states import State
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
    origin = model_register.SHIPPED if path == SHIPPED else model_register.SETTING
    return model_register.register(
        "encoder", card["id"], str(card["version"]), path, card, actor_id=actor_id, origin=origin
    )


def get_encoder() -> Encoder:
    """Return the encoder that indexes are built with, not yet loaded."""
    chosen = served("encoder")
    return _encoder(chosen.place if chosen and chosen.place else encoder_path())


def encoder_at(path: Path) -> Encoder:
    """Return the encoder in a folder, not yet loaded."""
    return _encoder(path)


def encoder_named(encoder_id: str) -> Encoder:
    """Return the released encoder that an index was built with; this installation's where none is known."""
    current = get_encoder()
    if current.encoder_id == encoder_id:
        return current
    path = _place(encoder_id)
    return _encoder(path) if path is not None and path.exists() else current


@lru_cache(maxsize=8)
def _place(encoder_id: str) -> Path | None:
    sha16 = encoder_id.rpartition(":")[2]
    query = select(RegisteredModel).where(
        RegisteredModel.kind == "encoder",
        RegisteredModel.sha256.startswith(sha16, autoescape=True),
        RegisteredModel.state == State.RELEASED.value,
    )
    with reading() as session:
        entry = session.scalars(query).first() if len(sha16) == 16 else None
    return None if entry is None else place_of(entry.place) or SHIPPED


def shipped_encoder() -> Encoder:
    """Return the encoder that comes with the product, whichever one searches."""
    return _encoder(SHIPPED)


@lru_cache(maxsize=4)
def _encoder(path: Path) -> Encoder:
    return StaticEncoder(path) if is_static(path) else SentenceTransformerEncoder(path)
