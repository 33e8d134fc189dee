"""The dialogue model that this installation serves, and its entry in the register.

It is trained where its sources changed or where its file is not the one that training left:
``rasa/model/trained.json`` notes both.
"""

import hashlib
import json
from pathlib import Path

from core.model_register import service as register
from core.settings import REPOSITORY, Settings

CARD = REPOSITORY / "bot" / "assistant" / "register.json"


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
        **json.loads(CARD.read_text("utf-8")),
        "sources_sha256": sources_digest,
    }
    register.register("rasa", "yaozheng-dialogue", sources_digest[:12], model_file(settings), card)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
