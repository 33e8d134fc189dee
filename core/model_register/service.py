"""The model register: an unregistered or changed model is not served.

1. ``digest`` hashes a model file, or every file of a model folder with its relative name.
2. ``register`` stores kind, id, version, hash and card (training data with licences, evaluation).
3. ``verify`` is called before a model is loaded; it raises if the hash is not in the register.
"""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core import clock
from core.audit import service as audit
from core.database import reading, transaction
from core.errors import InvariantBroken
from core.ids import new_id
from core.model_register.models import RegisteredModel

KINDS = frozenset({"encoder", "rasa"})


def digest(path: Path) -> str:
    """Return the SHA-256 over a file, or over a folder's files in name order (documentation left out)."""
    total = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        if file.suffix in {".md", ".pyc"} or file.name == "register.json":
            continue
        total.update(file.name.encode() if file == path else str(file.relative_to(path)).encode())
        with file.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def register(
    kind: str, model_id: str, version: str, path: Path, card: dict[str, Any], *, actor_id: str = "setup"
) -> str:
    """Add a model to the register, once; return its hash.

    Args:
        kind: ``encoder`` or ``rasa``.
        model_id: the model's name.
        version: its version.
        path: file or folder that is hashed.
        card: training data with licences, evaluation report, limits.
        actor_id: who registers it.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    sha256 = digest(path)
    with transaction() as session:
        known = select(RegisteredModel.id).where(
            RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256
        )
        if session.scalar(known) is None:
            session.add(
                RegisteredModel(
                    id=new_id("model"),
                    kind=kind,
                    model_id=model_id,
                    version=version,
                    sha256=sha256,
                    card=card,
                    registered_by=actor_id,
                    registered_at=clock.now(),
                )
            )
            audit.record(
                session,
                actor_id=actor_id,
                action="model.registered",
                subject_type="model",
                subject_id=model_id,
                data={"kind": kind, "version": version, "sha256": sha256},
            )
    return sha256


def verify(kind: str, path: Path) -> RegisteredModel:
    """Return the register's entry of a model.

    Raises:
        InvariantBroken: the model was never registered or was changed since.
    """
    sha256 = digest(path)
    with reading() as session:
        entry = session.scalars(
            select(RegisteredModel).where(RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256)
        ).first()
    if entry is None:
        raise InvariantBroken("core.model_unregistered", kind=kind)
    return entry
