"""One step of a version: its new state, its history and its place in the audit trail, in one transaction."""

from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.ids import new_id
from knowledge_base.curation.models import CuratedEntry, CuratedEvent, CuratedVersion
from knowledge_base.curation.states import State, Step, next_state


def move(
    session: Session,
    entry: CuratedEntry,
    version: CuratedVersion,
    actor_id: str,
    step: Step,
    *,
    reason: str = "",
) -> None:
    """Take a step.

    Raises:
        Conflict: it cannot be taken from the version's state.
    """
    version.state = next_state(State(version.state), step)
    version.updated_at = clock.now()
    note(session, entry, version, actor_id, step.value, reason=reason)


def note(
    session: Session,
    entry: CuratedEntry,
    version: CuratedVersion,
    actor_id: str,
    step: str,
    *,
    reason: str = "",
) -> None:
    """Add a step to the history and to the audit trail."""
    session.add(
        CuratedEvent(
            id=new_id("cue"),
            entry_id=entry.id,
            version=version.number,
            at=clock.now(),
            actor_id=actor_id,
            step=step,
            to_state=version.state,
            reason=reason,
        )
    )
    record(
        session,
        actor_id=actor_id,
        action=f"curation.{step}",
        subject_type="curated_entry",
        subject_id=entry.id,
        data={"version": version.number, "state": version.state},
    )
