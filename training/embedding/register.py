"""The register entry of a trained model: what it is, what it was trained on, and the hashes of its files."""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from training.embedding import card
from training.embedding.service import TrainedEncoder
from training.embedding.settings import TrainingSettings

REGISTER = "register.json"
MODEL_ID = "yaozheng-static-zh-en"


def training_data() -> list[dict[str, str]]:
    """Return name, licence, credit and use of every training set."""
    text = files(__package__).joinpath("training_data.yml").read_text("utf-8")
    content: list[dict[str, str]] = yaml.safe_load(text)
    return content


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file under `folder` but the register itself, by relative path."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != REGISTER)
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def write(folder: Path, trained: TrainedEncoder, settings: TrainingSettings) -> None:
    """Write the model card (README.md), then the register entry that hashes all files."""
    entry = {
        "id": MODEL_ID,
        "version": datetime.now(UTC).strftime("%Y.%m.%d"),
        "kind": "sentence-transformers StaticEmbedding",
        "dim": settings.dim,
        "pieces": len(trained.table),
        "trained_on": datetime.now(UTC).date().isoformat(),
        "training_seconds": round(trained.seconds),
        "training_data": training_data(),
        "pairs": trained.pairs,
        "evaluation": {
            "held_out_cards": {
                "laws": "cards of four laws, unseen in the measured run; ranked over all in-domain articles",
                "starting_vectors": asdict(trained.started_at),
                "first_stage": asdict(trained.first_stage),
                "second_stage": asdict(trained.second_stage),
            }
        },
        "settings": asdict(settings),
    }
    (folder / "README.md").write_text(card.render(entry), "utf-8")
    seal(folder, entry)


def seal(folder: Path, entry: dict[str, Any]) -> None:
    """Write the register entry with fresh hashes of all other files in `folder`."""
    sealed = entry | {"sha256": file_hashes(folder)}
    (folder / REGISTER).write_text(json.dumps(sealed, ensure_ascii=False, indent=1) + "\n", "utf-8")
