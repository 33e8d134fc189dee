"""What improvement shows."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class CitedPassage:
    """A provision cited in an answer, with its words then; ``text`` is "" where none are held."""

    key: str
    text: str
    status: str


@dataclass(frozen=True)
class TaskLine:
    """One line of the list of tasks; ``question`` is masked, "" for a rating."""

    task_id: str
    kind: str
    subject_id: str
    state: str
    opened_at: datetime
    due_on: date
    is_overdue: bool
    is_mine: bool
    assignee: str
    assignee_name: str
    root_cause: str
    question: str
    case_id: str


@dataclass(frozen=True)
class TaskView:
    """One task.

    Attributes:
        reason: what the person said to the answer: a code of the chat's set or free words, masked.
        is_useful_now: whether the person has changed their mind since; None where there is no feedback.
        language: ``zh`` or ``en``, of the question.
        cited: what that answer cited.
        candidate_id: of the candidate that the question belongs to, "" where it does not yet.
        may_take: whether the viewer may take it over.
    """

    line: TaskLine
    reason: str
    is_useful_now: bool | None
    answer_status: str
    language: str
    cited: tuple[CitedPassage, ...]
    candidate_id: str
    note: str
    closed_at: datetime | None
    closed_by: str
    may_take: bool


@dataclass(frozen=True)
class CandidateLine:
    """One candidate in a list; ``examples`` are its questions, each wording once, the latest first."""

    candidate_id: str
    language: str
    question: str
    state: str
    count: int
    first_at: datetime
    last_at: datetime
    kinds: tuple[str, ...]
    examples: tuple["ExampleView", ...]
    answer: str
    replies: str
    basis: tuple[str, ...]
    entry_id: str
    reason: str
    told: int


@dataclass(frozen=True)
class ExampleView:
    """One question behind a candidate; ``kind`` is trace, outside, feedback or case."""

    source_id: str
    kind: str
    text: str
    asked_at: datetime
