"""The life of an entry: draft, evaluated, released, retired; who may take which step."""

from enum import StrEnum

from core.errors import Conflict, NotAvailable
from core.identity import Actor, Role

KEEPERS = frozenset({Role.EDITOR, Role.ADMINISTRATOR})
READERS = KEEPERS | {Role.AUDITOR}


class State(StrEnum):
    """Where an entry stands."""

    DRAFT = "draft"
    EVALUATED = "evaluated"
    RELEASED = "released"
    RETIRED = "retired"


class Step(StrEnum):
    """What may be done with an entry."""

    EVALUATE = "evaluate"
    RELEASE = "release"
    RETIRE = "retire"
    SWITCH = "switch"


FROM: dict[Step, frozenset[State]] = {
    Step.EVALUATE: frozenset({State.DRAFT, State.EVALUATED, State.RELEASED}),
    Step.RELEASE: frozenset({State.EVALUATED}),
    Step.RETIRE: frozenset({State.DRAFT, State.EVALUATED, State.RELEASED}),
    Step.SWITCH: frozenset({State.RELEASED}),
}


def require_step(state: str, step: Step) -> None:
    """Refuse a step that does not lead on from a state.

    Raises:
        Conflict: it does not.
    """
    if State(state) not in FROM[step]:
        raise Conflict("core.register.wrong_state")


def require_keeper(actor: Actor) -> None:
    """Let editors and administrators alone keep the register.

    Raises:
        NotAvailable: the actor is none of them.
    """
    if actor.role not in KEEPERS:
        raise NotAvailable


def require_reader(actor: Actor) -> None:
    """Let auditors read the register too.

    Raises:
        NotAvailable: the actor may not.
    """
    if actor.role not in READERS:
        raise NotAvailable
