"""The states of a filing and the moves between them."""

from enum import StrEnum


class State(StrEnum):
    """Where a filing stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned_for_correction"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.CHECKED, State.WITHDRAWN}),
    State.CHECKED: frozenset({State.DRAFT, State.RETURNED, State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.ACCEPTED, State.RETURNED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.IN_REVIEW, State.RETURNED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.CHECKED, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset({State.APPROVED, State.REFUSED, State.RETURNED}),
    State.APPROVED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
OPEN = frozenset({State.DRAFT, State.CHECKED, State.RETURNED})
HANDED_IN = frozenset(State) - OPEN - {State.WITHDRAWN}
STAFF_MOVES = frozenset({State.ACCEPTED, State.RETURNED, State.IN_REVIEW, State.APPROVED, State.REFUSED})


def may_move(start: str, end: str) -> bool:
    """Whether a filing may go from one state to another."""
    return State(end) in MOVES[State(start)]


def is_editable(state: str) -> bool:
    """Whether the applicant may still change values."""
    return State(state) in OPEN
