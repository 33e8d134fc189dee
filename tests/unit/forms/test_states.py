"""The state machine of a filing, walked at random."""

from hypothesis import given
from hypothesis import strategies as st

from forms.filing.states import HANDED_IN, MOVES, OPEN, STAFF_MOVES, State, is_editable, may_move

ENDS = frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN})


@given(st.lists(st.sampled_from(list(State)), max_size=40))
def test_no_walk_leaves_an_end_state_and_none_reaches_review_without_submission(wishes: list[State]) -> None:
    state, was_submitted = State.DRAFT, False
    for wish in wishes:
        if not may_move(state, wish):
            continue
        assert state not in ENDS
        state = wish
        was_submitted = was_submitted or state is State.SUBMITTED
        if state in STAFF_MOVES - {State.RETURNED}:
            assert was_submitted


def test_every_state_has_its_moves_and_is_either_open_handed_in_or_withdrawn() -> None:
    assert set(MOVES) == set(State)
    assert OPEN | HANDED_IN | {State.WITHDRAWN} == set(State)
    assert not OPEN & HANDED_IN
    assert all(is_editable(state) == (state in OPEN) for state in State)
