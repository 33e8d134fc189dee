"""The model register: what is not registered and released, or was changed since, is not served.

1. ``digest`` hashes files, or every file of a folder with its relative name.
2. ``register`` enters what ships with the product or what a setting names; it is released at once, and what
   shipped before it under the same name is retired.
3. ``verify`` is called before a model is loaded; it raises unless its hash is in the register, released.
4. ``lifecycle`` is the way of everything else: proposed by one person, evaluated, released by another,
   retired. ``serving`` says which entry of a kind serves, ``shelf`` shows the register.
"""

import hashlib
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import service as audit
from core.database import reading, transaction
from core.errors import InvariantBroken
from core.ids import new_id
from core.model_register.models import RegisteredModel, ServedModel
from core.model_register.states import State

log = structlog.get_logger(__name__)
KINDS = ("encoder", "purpose", "thresholds", "ranking", "rasa", "push", "endpoint")
SHIPPED, SETTING, PROPOSED = "shipped", "setting", "proposed"
SUBJECT = "model"


def digest(*paths: Path) -> str:
    """Return the SHA-256 over files, or over a folder's files in name order (documentation left out)."""
    total = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if file.suffix in {".md", ".pyc"} or file.name == "register.json":
                continue
            total.update(file.name.encode() if file == path else str(file.relative_to(path)).encode())
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def register(
    kind: str,
    model_id: str,
    version: str,
    paths: Path | tuple[Path, ...],
    card: dict[str, Any],
    *,
    actor_id: str = "setup",
    origin: str = SHIPPED,
) -> str:
    """Enter what ships with the product, or what a setting names, once; return its hash.

    Args:
        kind: one of ``KINDS``.
        model_id: the model's name.
        version: its version.
        paths: file, files or folder that are hashed.
        card: training data with licences, evaluation report, limits.
        actor_id: who registers it.
        origin: ``SHIPPED`` or ``SETTING``.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    files = paths if isinstance(paths, tuple) else (paths,)
    sha256 = digest(*files)
    with transaction() as session:
        known = select(RegisteredModel.id).where(
            RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256
        )
        if session.scalar(known) is None:
            place = str(files[0].resolve()) if origin == SETTING else ""
            entry = new_entry(
                kind, model_id, version, sha256, card, actor_id=actor_id, origin=origin, place=place
            )
            entry.state, entry.released_by, entry.released_at = State.RELEASED.value, actor_id, clock.now()
            session.add(entry)
            note_step(session, entry, actor_id, "registered", origin=origin)
            if origin == SHIPPED:
                _retire_former(session, entry, actor_id)
    return sha256


def new_entry(
    kind: str,
    model_id: str,
    version: str,
    sha256: str,
    card: dict[str, Any],
    **more: str,
) -> RegisteredModel:
    """Return a draft that is in no session yet; ``more`` is ``actor_id``, ``origin`` and ``place``."""
    return RegisteredModel(
        id=new_id("model"),
        kind=kind,
        model_id=model_id[:120],
        version=version[:60],
        sha256=sha256,
        card=card,
        registered_by=more["actor_id"],
        registered_at=clock.now(),
        state=State.DRAFT.value,
        origin=more.get("origin", PROPOSED),
        place=more.get("place", ""),
        evaluated_at=None,
        released_at=None,
        retired_at=None,
    )


def _retire_former(session: Session, entry: RegisteredModel, actor_id: str) -> None:
    """Retire what shipped before under the same name: its files are no longer there."""
    serving = set(session.scalars(select(ServedModel.entry_id)))
    former = select(RegisteredModel).where(
        RegisteredModel.kind == entry.kind,
        RegisteredModel.model_id == entry.model_id,
        RegisteredModel.origin == SHIPPED,
        RegisteredModel.state == State.RELEASED.value,
        RegisteredModel.id != entry.id,
    )
    for old in session.scalars(former):
        if old.id not in serving:
            old.state, old.retired_by, old.retired_at = State.RETIRED.value, actor_id, clock.now()
            note_step(session, old, actor_id, "retired", superseded_by=entry.id)


def note_step(session: Session, entry: RegisteredModel, actor_id: str, step: str, **data: object) -> None:
    """Put a step in an entry's life into the audit trail, in the caller's transaction."""
    audit.record(
        session,
        actor_id=actor_id,
        action=f"model.{step}",
        subject_type=SUBJECT,
        subject_id=entry.id,
        data={
            "kind": entry.kind,
            "model": entry.model_id,
            "version": entry.version,
            "sha256": entry.sha256,
            **data,
        },
    )


def verify(kind: str, *paths: Path) -> RegisteredModel:
    """Return the register's entry of a model.

    Raises:
        InvariantBroken: the model was never registered, was changed since, or is not released.
    """
    return verify_hash(kind, digest(*paths))


def verify_hash(kind: str, sha256: str) -> RegisteredModel:
    """Return the released entry with a hash.

    Raises:
        InvariantBroken: there is none, or it is not released.
    """
    with reading() as session:
        entry = session.scalars(
            select(RegisteredModel).where(RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256)
        ).first()
    if entry is None:
        log.error("model.refused", kind=kind, sha256=sha256[:16], reason="unregistered")
        raise InvariantBroken("core.model_unregistered", kind=kind)
    if entry.state != State.RELEASED:
        log.error("model.refused", kind=kind, entry=entry.id, reason=entry.state)
        raise InvariantBroken("core.model_not_released", kind=kind)
    return entry


def is_known(kind: str, sha256: str) -> bool:
    """Whether a hash is in the register, whatever its state."""
    with reading() as session:
        query = select(RegisteredModel.id).where(
            RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256
        )
        return session.scalar(query) is not None
