"""The models that this installation serves, and their entries in the register.

The Rasa model is trained where its sources changed or where its file is not the one that training left:
``rasa/model/trained.json`` notes both. What is served is registered, with what it was trained on.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from core.model_register import service as register
from core.settings import REPOSITORY, Settings

SHIPPED_ENCODER = REPOSITORY / "knowledge_base" / "embedding" / "model"
Note = tuple[str, dict[str, object]]


def model_file(settings: Settings) -> Path:
    """Return where the trained Rasa model lies."""
    return settings.home / "rasa" / "model" / "yaozheng.tar.gz"


def is_current(settings: Settings, sources_digest: str) -> bool:
    """Whether the model was trained on these sources and its file was not changed since."""
    noted = model_file(settings).with_name("trained.json")
    if not noted.exists() or not model_file(settings).exists():
        return False
    found = json.loads(noted.read_text())
    return bool(found["sources"] == sources_digest and found["sha256"] == _sha256(model_file(settings)))


def note_trained(settings: Settings, sources_digest: str) -> None:
    """Note what training left."""
    content = {"sources": sources_digest, "sha256": _sha256(model_file(settings))}
    model_file(settings).with_name("trained.json").write_text(json.dumps(content, indent=1))


def register_rasa(settings: Settings, sources_digest: str) -> None:
    """Enter the Rasa model into the register, once."""
    card = {
        "purpose": "understands what kind of turn a message is, in zh-CN and en",
        "training_data": [{"name": "bot/assistant/data", "licence": "own work"}],
        "sources_sha256": sources_digest,
    }
    register.register("rasa", "yaozheng-dialogue", sources_digest[:12], model_file(settings), card)


def register_encoder(settings: Settings) -> Note:
    """Enter the encoder into the register, once, with its card where it brings one.

    The encoder is the shipped one, or the folder that YAOZHENG_EMBEDDING_MODEL names.
    """
    folder = Path(settings.embedding_model) if settings.embedding_model else SHIPPED_ENCODER
    card = _card(folder)
    name, version = str(card.get("id", folder.name)), str(card.get("version", ""))
    register.register("encoder", name, version, folder, card)
    return "setup.note.encoder", {"name": name, "version": version or "–"}


def _card(folder: Path) -> dict[str, Any]:
    path = folder / "register.json"
    content: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return {key: value for key, value in content.items() if key != "sha256"}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
