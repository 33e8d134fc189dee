"""What ships with the product, and its entries in the register, made from the cards that lie beside it."""

import json
from pathlib import Path

from core.model_register import service as register
from knowledge_base.answering import rules
from knowledge_base.embedding.service import register_encoder
from knowledge_base.index import settings as index_settings
from knowledge_base.purpose.service import MODEL
from knowledge_base.search import settings as search_settings
from knowledge_base.search.familiarity import COUNTS

CARD = "register.json"


def rule_files(folder: Path = rules.FOLDER) -> tuple[Path, ...]:
    """Return the behaviour files of a folder, in the order of their names."""
    return tuple(sorted(folder.glob("*.yml")))


def ranking_files() -> tuple[Path, ...]:
    """Return the files that say how a search weighs."""
    beside_search = Path(search_settings.__file__).with_name("search.yml")
    return (beside_search, COUNTS, Path(index_settings.__file__).with_name("index.yml"))


def register_shipped(*, actor_id: str = "setup") -> str:
    """Enter encoder, purpose model, rules and ranking in the register, once; return the encoder's hash."""
    for kind, card, files in (
        ("purpose", MODEL.with_name(CARD), (MODEL,)),
        ("thresholds", rules.FOLDER / CARD, rule_files()),
        ("ranking", COUNTS.with_name(CARD), ranking_files()),
    ):
        told = json.loads(card.read_text("utf-8"))
        version = f"{told['version']}+{register.digest(*files)[:8]}"
        register.register(kind, told["id"], version, files, told, actor_id=actor_id)
    return register_encoder(actor_id=actor_id)
