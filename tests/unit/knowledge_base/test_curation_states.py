"""Whatever order people act in, nothing is released that a second person did not approve."""

from hypothesis import given
from hypothesis import strategies as st

from core.identity import Actor, Role
from knowledge_base.curation.states import TRANSITIONS, State, Step, may_take, next_state, steps_for

PEOPLE = (
    Actor("a", Role.EDITOR),
    Actor("b", Role.EDITOR),
    Actor("c", Role.ADMINISTRATOR),
    Actor("d", Role.OFFICER),
    Actor("e", Role.SUPERVISOR),
    Actor("f", Role.AUDITOR),
    Actor("g", Role.APPLICANT),
)
acts = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(Step))), max_size=40)


@given(creator=st.sampled_from(PEOPLE[:5]), tried=acts)
def test_a_released_version_was_approved_by_someone_who_wrote_none_of_it(
    creator: Actor, tried: list[tuple[Actor, Step]]
) -> None:
    state, editors, approver = State.DRAFT, {creator.account_id}, ""
    for actor, step in tried:
        may = steps_for(state, actor, created_by=creator.account_id, editors=frozenset(editors))
        if step not in may:
            continue
        assert may_take(actor, step, created_by=creator.account_id)
        state = next_state(state, step)
        if step is Step.EDIT:
            editors.add(actor.account_id)
        approver = actor.account_id if step is Step.APPROVE else "" if state is State.DRAFT else approver
        if state in (State.APPROVED, State.RELEASED):
            assert approver
            assert approver not in editors
            assert approver in {"a", "b", "c"}


def test_every_state_but_the_last_leads_on_and_every_step_leads_somewhere() -> None:
    assert {start for start, _ in TRANSITIONS} == set(State) - {State.RETIRED}
    assert {step for _, step in TRANSITIONS} == set(Step)
    reached = {State.DRAFT}
    for _ in State:
        reached |= {end for (start, _), end in TRANSITIONS.items() if start in reached}
    assert reached == set(State)
