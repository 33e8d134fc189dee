"""Which entry of a kind serves: one row a kind, changed in one transaction, looked at every two seconds."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from core.model_register.models import RegisteredModel, ServedModel
from core.model_register.service import note_step
from core.settings import get_settings

LOOK_S = 2.0


@dataclass(frozen=True)
class Served:
    """An entry that serves; ``place`` is None where its files are the product's own or it has none."""

    entry_id: str
    model_id: str
    version: str
    sha256: str
    place: Path | None


_lock = threading.Lock()
_seen: dict[str, tuple[float, dict[str, Served]]] = {}


def served(kind: str) -> Served | None:
    """Return the entry of a kind that serves, None where it is what ships with the product.

    A switch is noticed within ``LOOK_S`` seconds by every process.
    """
    key = get_settings().database_url
    with _lock:
        at, found = _seen.get(key, (float("-inf"), {}))
    if time.monotonic() - at > LOOK_S:
        found = _read()
        with _lock:
            _seen[key] = (time.monotonic(), found)
    return found.get(kind)


def forget() -> None:
    """Look anew at the next question: after a switch of this very process."""
    with _lock:
        _seen.clear()


def _read() -> dict[str, Served]:
    query = select(ServedModel.kind, RegisteredModel).join(
        RegisteredModel, RegisteredModel.id == ServedModel.entry_id
    )
    with reading() as session:
        return {kind: _view(entry) for kind, entry in session.execute(query)}


def _view(entry: RegisteredModel) -> Served:
    return Served(entry.id, entry.model_id, entry.version, entry.sha256, place_of(entry.place))


def place_of(place: str) -> Path | None:
    """Return the folder or file that an entry's ``place`` names."""
    return get_settings().home / place if place else None


def switch_to(session: Session, kind: str, entry: RegisteredModel | None, actor_id: str, action: str) -> None:
    """Let an entry serve, in the caller's transaction; None is what ships with the product."""
    row = session.get(ServedModel, kind, with_for_update=True)
    entry_id = entry.id if entry else ""
    if row is None:
        row = ServedModel(kind=kind, entry_id="", previous_id="", switched_by="", switched_at=clock.now())
        session.add(row)
    before = row.entry_id
    row.previous_id, row.entry_id = before, entry_id
    row.switched_by, row.switched_at = actor_id, clock.now()
    subject = entry or session.get(RegisteredModel, before)
    if subject is not None:
        note_step(
            session, subject, actor_id, action, serves=entry_id or "shipped", before=before or "shipped"
        )
