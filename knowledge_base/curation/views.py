"""What curation shows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from knowledge_base.curation.content import EntryContent
from knowledge_base.curation.regression import Asked
from knowledge_base.curation.states import State, Step


@dataclass(frozen=True)
class Problem:
    """What a check found.

    Attributes:
        code: message code; ``params`` fill it.
        is_error: whether it must be mended before review; else it is a warning for the reviewer.
    """

    code: str
    is_error: bool
    params: dict[str, str]


@dataclass(frozen=True)
class EntryLine:
    """One entry in a list, by its latest version."""

    entry_id: str
    key: str
    number: int
    state: State
    question: dict[str, str]
    topic: str
    effective_from: date | None
    retires_on: date | None
    flags: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True)
class EventView:
    """One step of an entry's history."""

    version: int
    at: datetime
    actor: str
    step: str
    to_state: State
    reason: str


@dataclass(frozen=True)
class RunView:
    """One trial before a release.

    Attributes:
        broken: what a release would break: ``{text, language, expected, before, after}``; ``before`` and
            ``after`` are what the question leads to now, and would.
    """

    run_id: str
    state: str
    requested_at: datetime
    ended_at: datetime | None
    questions: int
    led: int
    broken: tuple[dict[str, Any], ...]
    problem: str
    effective_from: date


@dataclass(frozen=True)
class VersionView:
    """One wording."""

    number: int
    state: State
    content: EntryContent
    effective_from: date | None
    retires_on: date | None
    editors: tuple[str, ...]
    approved_by: str
    flags: tuple[str, ...]
    lock: int


@dataclass(frozen=True)
class EntryView:
    """An entry with all its versions, the latest first.

    Attributes:
        steps: what the viewer may do with the latest version.
        differences: what the latest version says otherwise than the one before: (field, before, now).
        question: the regression question that comes with it, None where there is none.
    """

    entry_id: str
    key: str
    origin: str
    origin_ref: str
    versions: tuple[VersionView, ...]
    events: tuple[EventView, ...]
    run: RunView | None
    steps: tuple[Step, ...]
    may_revise: bool
    differences: tuple[tuple[str, str, str], ...]
    question: Asked | None = None

    @property
    def latest(self) -> VersionView:
        """The latest version."""
        return self.versions[0]
