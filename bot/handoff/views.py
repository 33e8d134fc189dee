"""What the person, the queue and the officer get to see of a case."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations.service import MessageView
from core import clock
from forms.service import FilingView


@dataclass(frozen=True)
class CallbackView:
    """A call that the person asked for.

    Attributes:
        phone: the number, partly where the viewer needs no more; "" once the case is closed.
        slot: any, morning or afternoon.
        state: waiting, reached or unreached.
    """

    phone: str
    slot: str
    state: str
    due_by: datetime
    attempts: int = 0
    called_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the wire form for the person."""
        return {
            "phone": self.phone,
            "slot": self.slot,
            "state": self.state,
            "due_by": clock.isoformat(self.due_by),
        }


@dataclass(frozen=True)
class CaseTicket:
    """What the applicant knows of the case.

    Attributes:
        state: queued, claimed or closed.
        is_staffed: whether an officer competent for the case is here.
        callback: the call that was asked for, None where there is none.
        position: place in the queue from 1, 0 once claimed.
        expected_wait_s: seconds until an officer is likely to answer, closing hours included.
        opens_at: when the office opens again, None while it is open.
    """

    case_id: str
    case_no: str
    position: int
    expected_wait_s: int
    is_open_hours: bool
    state: str = "queued"
    reason: str = ""
    officer_name: str = ""
    opens_at: datetime | None = None
    is_staffed: bool = True
    callback: CallbackView | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the wire form, also kept with the message that announces the case."""
        found = {
            "case_no": self.case_no,
            "state": self.state,
            "reason": self.reason,
            "position": self.position,
            "expected_wait_s": self.expected_wait_s,
            "is_open_hours": self.is_open_hours,
            "is_staffed": self.is_staffed,
        }
        if self.callback is not None:
            found["callback"] = self.callback.to_json()
        if self.officer_name:
            found["officer_name"] = self.officer_name
        if self.opens_at is not None:
            found["opens_at"] = clock.isoformat(self.opens_at)
        return found


@dataclass(frozen=True)
class CaseSummary:
    """One line of the queue.

    Attributes:
        reply_by: when the person's present wait must end, None while it is their move.
        late: clocks that have run out: first_response or next_response, resolution.
        is_here: whether the person has the chat open; ``seen_at`` is when they last had.
    """

    case_id: str
    case_no: str
    conversation_id: str
    state: str
    reason: str
    reason_label: str
    province: str
    domain: str
    channel: str
    locale: str
    enterprise_name: str
    unanswered: str
    opened_at: datetime
    queued_at: datetime
    waiting_since: datetime | None
    waited_s: int
    position: int
    reply_by: datetime | None
    resolve_by: datetime | None
    late: list[str]
    is_escalated: bool
    has_callback: bool
    is_here: bool
    seen_at: datetime | None
    officer_id: str
    officer_name: str
    is_mine: bool
    last_seq: int


@dataclass(frozen=True)
class NoteView:
    """An internal note."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True)
class Gap:
    """A field of the draft that stands between it and submission; ``status`` as in ``FieldView``."""

    key: str
    label: str
    status: str
    status_label: str


@dataclass(frozen=True)
class Suggestion:
    """A reply that the officer may use; drawn from the knowledge base, with its citations."""

    text: str
    status: str
    citations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class SimilarCase:
    """A resolved case that asked much the same."""

    case_id: str
    case_no: str
    question: str
    resolution: str


@dataclass(frozen=True)
class OtherCase:
    """Another open case of the same person; both are "" where this officer may not see it."""

    case_id: str = ""
    case_no: str = ""


@dataclass(frozen=True)
class CaseView:
    """The packet: all that an officer needs, on one screen.

    Attributes:
        confirmed_facts: ``[{"label", "value"}]``.
        filing: what the case is about, sensitive values masked; a draft that was not handed in without its
        values. None where there is none that this officer may see.
        watched: the draft with its values, while the applicant lets this officer help; None otherwise.
        clauses: citations that the assistant gave in this conversation, each article once.
        others: the person's other open cases.
        problems: message codes of what could not be put into the packet.
        outcome: resolved or left, "" while the case is open.
        callback: the call that was asked for, its number in full for the officer who has the case.
        actions: what this officer may do now: claim, take_over, reply, note, transfer, release, close,
        call, assist, propose, stop_assisting.
    """

    summary: CaseSummary
    unanswered: str
    confirmed_facts: list[dict[str, Any]]
    transcript: list[MessageView]
    filing: FilingView | None
    watched: FilingView | None
    gaps: list[Gap]
    clauses: list[dict[str, Any]]
    suggestions: list[Suggestion]
    similar: list[SimilarCase]
    others: list[OtherCase]
    problems: list[str]
    notes: list[NoteView]
    actions: list[str]
    resolution: str
    outcome: str
    callback: CallbackView | None
    rating_level: int | None


@dataclass(frozen=True)
class OfficerView:
    """An officer to whom a case can be given.

    Attributes:
        open_cases: cases that the officer has claimed; ``waiting_cases`` are those whose person waits.
        state: here, away, or gone (not seen for a while, or signed out).
        seen_at: when they were last here.
    """

    account_id: str
    display_name: str
    role: str
    province: str
    competences: list[str]
    open_cases: int
    waiting_cases: int
    state: str
    seen_at: datetime | None
