"""Push conditions in the register of models: entered with the approval, verified before anybody is told."""

import hashlib

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.model_register.models import RegisteredModel
from core.model_register.service import new_entry, note_step
from core.model_register.states import State
from knowledge_base.push.models import PolicyPush

log = structlog.get_logger(__name__)
KIND = "push"


def condition_hash(push: PolicyPush) -> str:
    """Return the hash that names a push and its condition."""
    return hashlib.sha256(f"{push.id}\n{push.condition}".encode()).hexdigest()


def enter(session: Session, push: PolicyPush) -> None:
    """Enter an approved condition, or release it again, in the caller's transaction."""
    entry = _entry(session, push)
    if entry is None:
        card = {
            "id": push.title_en or push.title_zh,
            "purpose": "says which enterprises are told of a policy",
            "condition": push.condition,
            "push": push.id,
        }
        entry = new_entry(
            KIND,
            push.id,
            str(push.lock),
            condition_hash(push),
            card,
            actor_id=push.submitted_by,
        )
        session.add(entry)
    entry.state = State.RELEASED.value
    entry.released_by, entry.released_at = push.approved_by, clock.now()
    note_step(session, entry, push.approved_by, "released", proposed_by=push.submitted_by)


def withdraw(session: Session, push: PolicyPush, actor_id: str) -> None:
    """Retire the condition of a push that was sent, sent back or cancelled."""
    entry = _entry(session, push)
    if entry is not None and entry.state == State.RELEASED:
        entry.state, entry.retired_by, entry.retired_at = State.RETIRED.value, actor_id, clock.now()
        note_step(session, entry, actor_id, "retired")


def is_released(session: Session, push: PolicyPush) -> bool:
    """Whether the condition is the one that was approved; logged where it is not."""
    entry = _entry(session, push)
    if entry is not None and entry.state == State.RELEASED:
        return True
    log.error("push.condition_refused", push=push.id)
    return False


def _entry(session: Session, push: PolicyPush) -> RegisteredModel | None:
    return session.scalar(
        select(RegisteredModel).where(
            RegisteredModel.kind == KIND, RegisteredModel.sha256 == condition_hash(push)
        )
    )
