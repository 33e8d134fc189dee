"""Property: while staff own a conversation the assistant is silent, whatever happens in whatever order."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations import service as conversations
from bot.handoff import service
from core.errors import AssistantError

from .conftest import Body, People, RasaStub, saying

ACTS = st.sampled_from(
    [
        "write",
        "call_staff",
        "claim",
        "claim_by_colleague",
        "take_over",
        "reply",
        "release",
        "transfer",
        "close",
        "tick",
        "staff_called_during_turn",
        "turn_calls_staff",
        "turn_fails",
        "claimed_during_turn",
    ]
)


class World:
    """One conversation, and who owned it when each message was written."""

    def __init__(self, people: People, rasa: RasaStub) -> None:
        self.people, self.rasa, self.count = people, rasa, 0
        opened = conversations.open_conversation(
            channel="web", locale="zh-CN", actor=people.applicant, enterprise_id=people.enterprise_id
        )
        self.id = opened.conversation_id

    @property
    def owner(self) -> str:
        return conversations.authorise(self.id, actor=self.people.applicant).owner

    @property
    def case_id(self) -> str:
        ticket = service.case_of_conversation(self.id)
        return ticket.case_id if ticket else "case_none"

    def _post(self) -> None:
        self.count += 1
        conversations.post_message(
            self.id, client_message_id=f"m{self.count}", text=f"q{self.count}", actor=self.people.applicant
        )

    def _during(self, meanwhile: Any) -> None:
        def reply(turn: Body) -> Body:
            meanwhile(turn)
            return saying("from the assistant")

        self.rasa.reply = reply
        self._post()

    def _fail(self) -> None:
        self.rasa.reply = lambda _turn: {"outcome": "error", "messages": []}
        self._post()

    def _claim_during(self, _turn: Body) -> None:
        ticket = service.request_handoff(self.id, "asked_for")
        service.claim_case(self.people.officer, ticket.case_id)

    def do(self, act: str) -> None:
        people, case_id = self.people, self.case_id
        acts = {
            "write": lambda: self._during(lambda _turn: None),
            "call_staff": lambda: service.request_handoff(self.id, "asked_for"),
            "claim": lambda: service.claim_case(people.officer, case_id),
            "claim_by_colleague": lambda: service.claim_case(people.colleague, case_id),
            "take_over": lambda: service.claim_case(people.supervisor, case_id),
            "reply": lambda: service.reply(
                people.officer, case_id, client_message_id=f"r{self.count}", text="hi"
            ),
            "release": lambda: service.release_case(people.officer, case_id),
            "transfer": lambda: service.transfer_case(
                people.officer, case_id, to_account_id=people.colleague.account_id, note="why"
            ),
            "close": lambda: service.close_case(people.supervisor, case_id, resolution="done"),
            "tick": service.tick,
            "staff_called_during_turn": lambda: self._during(
                lambda _turn: service.request_handoff(self.id, "asked_for")
            ),
            "turn_calls_staff": lambda: self._during(
                lambda turn: service.request_handoff(self.id, "sensitive", turn_id=turn["turn_id"])
            ),
            "turn_fails": self._fail,
            "claimed_during_turn": lambda: self._during(self._claim_during),
        }
        acts[act]()


def _step(world: World, act: str) -> None:
    owner, seen = world.owner, conversations.authorise(world.id, actor=world.people.applicant).last_seq
    asked = len(world.rasa.turns)
    try:
        world.do(act)
    except AssistantError:
        assert world.owner == owner
        return
    spoke = [m.role for m in conversations.read_messages(world.id, after=seen) if m.role == "assistant"]
    if owner != "bot":
        assert spoke == []
        assert len(world.rasa.turns) == asked
    elif act in ("staff_called_during_turn", "claimed_during_turn", "turn_fails"):
        assert spoke == []
    elif act in ("write", "turn_calls_staff"):
        assert spoke == ["assistant"]
    open_case = service.case_of_conversation(world.id)
    states = {"bot": None, "queue": "queued", "officer": "claimed"}
    assert (open_case.state if open_case else None) == states[world.owner]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=3, max_size=12))
def test_the_assistant_is_silent_while_staff_own_the_conversation(
    people: People, rasa: RasaStub, acts: list[str]
) -> None:
    world = World(people, rasa)
    for act in acts:
        _step(world, act)
    numbers = [m.seq for m in conversations.read_messages(world.id, limit=500)]
    assert numbers == list(range(1, len(numbers) + 1))
