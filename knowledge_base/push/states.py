"""The life of a push: draft, in review, approved, scheduled, sent or cancelled; which step leads where."""

from enum import StrEnum

from core.errors import Conflict


class State(StrEnum):
    """Where a push stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENT = "sent"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What may be done with a push."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    SCHEDULE = "schedule"
    SEND = "send"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.EDIT): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.IN_REVIEW,
    (State.DRAFT, Step.CANCEL): State.CANCELLED,
    (State.IN_REVIEW, Step.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Step.SEND_BACK): State.DRAFT,
    (State.APPROVED, Step.SEND_BACK): State.DRAFT,
    (State.APPROVED, Step.SCHEDULE): State.SCHEDULED,
    (State.SCHEDULED, Step.SEND): State.SENT,
    (State.SCHEDULED, Step.CANCEL): State.CANCELLED,
}
NEEDS_REASON = frozenset({Step.SEND_BACK, Step.CANCEL})


def next_state(state: State, step: Step) -> State:
    """Return the state that a step leads to.

    Raises:
        Conflict: the step cannot be taken from this state.
    """
    following = TRANSITIONS.get((state, step))
    if following is None:
        raise Conflict("push.wrong_state")
    return following
