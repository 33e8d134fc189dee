"""What takes part in an answer besides the knowledge, each with its hash: encoder, purpose model, rules."""

from functools import lru_cache
from pathlib import Path

from core.errors import InvalidInput
from core.model_register.service import digest
from core.settings import REPOSITORY
from knowledge_base.answering import rules
from knowledge_base.embedding.service import encoder_path
from knowledge_base.purpose.service import MODEL
from knowledge_base.traces.recipe import canonical_sha256

_CATALOGUES = REPOSITORY / "i18n" / "locales"


def hashes(encoder_id: str) -> dict[str, str]:
    """Return the hashes of what this process answers with; the encoder's only where it searched.

    Args:
        encoder_id: of the encoder that searched, "" where none did.
    """
    texts = _of_files(_CATALOGUES, "*/LC_MESSAGES/knowledge_base.po")
    told = {"rules": _of_files(rules.FOLDER, "*.yml"), "purpose": _of(MODEL), "texts": texts}
    return told | {"encoder": _encoder()} if encoder_id else told


@lru_cache(maxsize=8)
def _of(path: Path) -> str:
    return digest(path)


@lru_cache(maxsize=8)
def _encoder() -> str:
    try:
        return _of(encoder_path())
    except InvalidInput:
        return ""


@lru_cache(maxsize=8)
def _of_files(folder: Path, pattern: str) -> str:
    found = sorted(folder.glob(pattern))
    return canonical_sha256({str(path.relative_to(folder)): digest(path) for path in found})
