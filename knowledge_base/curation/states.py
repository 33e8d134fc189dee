"""The life of a version: draft, in review, approved, released, retired; which step leads where, by whom."""

from enum import StrEnum

from core.errors import Conflict, NotAvailable
from core.identity import Actor, Role
from core.identity.actor import CASE_HANDLERS


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    RELEASED = "released"
    RETIRED = "retired"


class Step(StrEnum):
    """What may be done with a version."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    RELEASE = "release"
    RETIRE = "retire"
    DISCARD = "discard"


OPEN = (State.DRAFT, State.IN_REVIEW, State.APPROVED)
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.EDIT): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.IN_REVIEW,
    (State.DRAFT, Step.DISCARD): State.RETIRED,
    (State.IN_REVIEW, Step.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Step.SEND_BACK): State.DRAFT,
    (State.APPROVED, Step.SEND_BACK): State.DRAFT,
    (State.APPROVED, Step.RELEASE): State.RELEASED,
    (State.RELEASED, Step.RETIRE): State.RETIRED,
}
EDITORS = frozenset({Role.EDITOR, Role.ADMINISTRATOR})
PROPOSERS = EDITORS | CASE_HANDLERS
NEEDS_REASON = frozenset({Step.SEND_BACK, Step.RETIRE, Step.DISCARD})
_BY_PROPOSERS = frozenset({Step.EDIT, Step.SUBMIT, Step.DISCARD})


def next_state(state: State, step: Step) -> State:
    """Return the state that a step leads to.

    Raises:
        Conflict: the step cannot be taken from this state.
    """
    following = TRANSITIONS.get((state, step))
    if following is None:
        raise Conflict("knowledge_base.curation.wrong_state")
    return following


def require_open(actor: Actor) -> None:
    """Refuse whoever has no business with curation, as if there were nothing."""
    if actor.role not in PROPOSERS:
        raise NotAvailable


def may_take(actor: Actor, step: Step, *, created_by: str) -> bool:
    """Whether a role may take a step; who only proposes works on their own drafts alone."""
    if actor.role in EDITORS:
        return True
    return actor.role in PROPOSERS and step in _BY_PROPOSERS and created_by == actor.account_id


def steps_for(state: State, actor: Actor, *, created_by: str, editors: frozenset[str]) -> tuple[Step, ...]:
    """Return the steps that someone may take now; nobody approves what they wrote a word of."""
    return tuple(
        step
        for (start, step), _ in TRANSITIONS.items()
        if start == state
        and may_take(actor, step, created_by=created_by)
        and not (step is Step.APPROVE and actor.account_id in editors)
    )
