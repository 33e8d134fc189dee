"""The audit trail.

1. ``record`` adds an event in the caller's transaction: no act without its event, no event without its act.
2. ``seal`` (every second, one sealer at a time) gives unsealed events the next sequence numbers and chains
   their hashes: ``hash_n = SHA-256(hash_(n-1) + canonical event n)``.
3. ``checkpoint`` (every minute) appends the newest sequence and hash, signed with the installation's key, to
   a file outside the database.
4. ``verify`` recomputes the chain and holds it against the checkpoints: a changed, removed or inserted event,
   a truncated tail and a full restamp are found. What was written less than a minute ago and then cut off
   before its checkpoint cannot be noticed.
5. The auditor searches, exports and looks at single events (``core.audit.reading``) and has the whole trail
   verified (``core.audit.checking``), which is done every night as well.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.audit.models import AuditEvent
from core.database import is_duplicate, reading, transaction
from core.ids import new_id
from core.privacy.service import mask_text
from core.secrets import get_secrets
from core.settings import get_settings

GENESIS = "0" * 64
BATCH = 500
_IDENTIFIER = re.compile(r"(?:[a-z]+_)?[0-9a-f]{24,}")  # digits that stand in one are no telephone number
COLUMNS = (
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor_id,
    AuditEvent.action,
    AuditEvent.subject_type,
    AuditEvent.subject_id,
    AuditEvent.data,
    AuditEvent.sequence,
    AuditEvent.chain_hash,
)  # read alone they are half as dear as objects


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found; ``problem`` is a message code, "" when the trail is whole."""

    events: int
    unsealed: int
    checkpoints: int
    problem: str = ""
    sequence: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was tampered with."""
        return not self.problem


def record(
    session: Session,
    *,
    actor_id: str,
    action: str,
    subject_type: str,
    subject_id: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Add an event to the caller's transaction.

    ``data`` holds ids and codes, never personal values: an event can be neither changed nor erased. What is
    found to be one all the same is masked.
    """
    session.add(
        AuditEvent(
            id=new_id("evt"),
            at=clock.now(),
            actor_id=actor_id,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            data=_without_persons(data or {}),
        )
    )


def _without_persons(value: Any) -> Any:
    if isinstance(value, str):
        return value if _IDENTIFIER.fullmatch(value) else mask_text(value)
    if isinstance(value, dict):
        return {name: _without_persons(one) for name, one in value.items()}
    return [_without_persons(one) for one in value] if isinstance(value, (list, tuple)) else value


def event_hash(previous: str, event: AuditEvent | Row[Any]) -> str:
    """Return the hash that an event (the row, or its columns read alone) has in the chain."""
    body = [
        event.id,
        clock.isoformat(event.at),
        event.actor_id,
        event.action,
        event.subject_type,
        event.subject_id,
        event.data,
    ]
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{event.sequence}{canonical}".encode()).hexdigest()


def seal() -> int:
    """Chain the events that are not yet sealed; return how many. A second sealer gives way."""
    try:
        with transaction() as session:
            waiting = session.scalars(
                select(AuditEvent)
                .where(AuditEvent.sequence.is_(None))
                .order_by(AuditEvent.at, AuditEvent.id)
                .limit(BATCH)
            ).all()
            sequence, previous = _head(session)
            for event in waiting:
                sequence += 1
                event.sequence = sequence
                previous = event.chain_hash = event_hash(previous, event)
            return len(waiting)
    except IntegrityError as error:
        if is_duplicate(error):
            return 0
        raise


def _head(session: Session) -> tuple[int, str]:
    newest = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.sequence.is_not(None))
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    ).first()
    return (newest.sequence or 0, newest.chain_hash or GENESIS) if newest else (0, GENESIS)


def checkpoint_path() -> Path:
    """Return the file of signed checkpoints."""
    return get_settings().folder("audit") / "checkpoints.jsonl"


def _signature(sequence: int, chain_hash: str, at: str) -> str:
    key = get_secrets().audit_key.encode()
    return hmac.new(key, f"{sequence}:{chain_hash}:{at}".encode(), "sha256").hexdigest()


def checkpoint() -> int:
    """Append a signed checkpoint if there is something new; return its sequence number."""
    with reading() as session:
        sequence, chain_hash = _head(session)
    lines = read_checkpoints()
    if sequence == 0 or (lines and lines[-1]["sequence"] == sequence):
        return sequence
    at = clock.isoformat(clock.now())
    entry = {
        "sequence": sequence,
        "hash": chain_hash,
        "at": at,
        "signature": _signature(sequence, chain_hash, at),
    }
    with checkpoint_path().open("a") as stream:
        stream.write(json.dumps(entry) + "\n")
    return sequence


def read_checkpoints() -> list[dict[str, Any]]:
    """Return the checkpoints, oldest first: ``sequence``, ``hash``, ``at``, ``signature``."""
    path = checkpoint_path()
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def is_signed(line: dict[str, Any]) -> bool:
    """Whether a checkpoint bears the installation's signature."""
    return hmac.compare_digest(line["signature"], _signature(line["sequence"], line["hash"], line["at"]))


def verify() -> Verification:
    """Recompute the whole chain and compare it with the checkpoints."""
    lines = read_checkpoints()
    expected = {line["sequence"]: line["hash"] for line in lines}
    forged = next((line["sequence"] for line in lines if not is_signed(line)), 0)
    if forged:
        return Verification(0, 0, len(lines), "core.audit_checkpoint_forged", forged)
    with reading() as session:
        unsealed = session.scalar(select(func.count()).where(AuditEvent.sequence.is_(None))) or 0
        count, previous = 0, GENESIS
        sealed = select(*COLUMNS).where(AuditEvent.sequence.is_not(None)).order_by(AuditEvent.sequence)
        for event in session.execute(sealed.execution_options(yield_per=1000)):
            count += 1
            if event.sequence != count:
                return Verification(count, unsealed, len(lines), "core.audit_event_missing", count)
            previous = event_hash(previous, event)
            if previous != event.chain_hash or expected.get(count, previous) != previous:
                return Verification(count, unsealed, len(lines), "core.audit_event_changed", count)
    if lines and max(expected) > count:
        return Verification(count, unsealed, len(lines), "core.audit_tail_missing", count + 1)
    return Verification(count, unsealed, len(lines))
