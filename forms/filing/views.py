"""What callers get: frozen, localised, sensitive values masked."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class EnterpriseView:
    """An enterprise for which the actor may act."""

    id: str
    name: str
    uscc: str
    province: str
    is_synthetic: bool


@dataclass(frozen=True)
class Receipt:
    """Where a value came from and who stands by it; ``text`` says it in one sentence."""

    source: str
    source_label: str
    record_id: str
    as_of: date | None
    transformation: str
    confidence: float
    confirmed_by: str
    confirmed_at: str
    text: str


@dataclass(frozen=True)
class Alternative:
    """What another source says; ``value`` is None where it is sensitive."""

    value: Any
    display: str
    source_label: str
    as_of: date | None


@dataclass(frozen=True)
class PartView:
    """A part of an object or a column of a table."""

    key: str
    label: str
    type: str
    required: bool


@dataclass(frozen=True)
class FieldView:
    """One field of the web form.

    Attributes:
        value: for the input; None where it is empty or sensitive (``display`` is masked then).
        status: empty, proposed, confirmed, skipped.
        origin: typed, or the name of the source.
        problems: codes conflict, stale, invalid; ``problem_texts`` says them.
    """

    key: str
    label: str
    help: str
    type: str
    required: bool
    options: list[tuple[str, str]]
    parts: list[PartView]
    example: str
    is_sensitive: bool
    one_per_line: bool
    set_by: str
    clause: str
    value: Any
    display: str
    status: str
    origin: str
    receipt: Receipt | None
    problems: list[str]
    problem_texts: list[str]
    alternatives: list[Alternative]


@dataclass(frozen=True)
class GroupView:
    """One page of the web form."""

    key: str
    label: str
    fields: list[FieldView]


@dataclass(frozen=True)
class EventView:
    """One line of a filing's history."""

    at: datetime
    action: str
    label: str
    state: str
    state_label: str
    reason: str


@dataclass(frozen=True)
class WantedCorrection:
    """One thing that an officer wants mended: a field ("" for the whole), what is wrong, how to mend it."""

    key: str
    message: str
    fix: str


@dataclass(frozen=True)
class NoticeEntry:
    """One line of a deficiency notice, and whether the applicant has mended it."""

    key: str
    label: str
    message: str
    fix: str
    clause: str
    is_mended: bool


@dataclass(frozen=True)
class NoticeView:
    """An open deficiency notice as a checklist with its last day."""

    id: str
    at: datetime
    due_on: date
    working_days_left: int
    entries: list[NoticeEntry]


@dataclass(frozen=True)
class ChangeView:
    """A value that differs from the certificate or filing that this one starts from."""

    key: str
    label: str
    before: str
    after: str
    clause: str


@dataclass(frozen=True)
class Deadline:
    """The step that runs, its last day, and the working days left (negative where it has passed)."""

    step: str
    due_on: date
    working_days_left: int
    clause: str


@dataclass(frozen=True)
class CertificateView:
    """What an enterprise holds: its number, term, and when it can be renewed.

    ``state`` is valid, expired, revoked or superseded; ``ways`` are (item, operation) that can be begun here.
    """

    id: str
    item_code: str
    name: str
    title: str
    number: str
    enterprise_id: str
    enterprise_name: str
    issued_on: date | None
    expires_on: date | None
    state: str
    renew_from: date | None
    renew_until: date | None
    ways: list[tuple[str, str]]
    is_synthetic: bool


@dataclass(frozen=True)
class FilingTask:
    """One line of an officer's list."""

    id: str
    item_name: str
    enterprise_name: str
    title: str
    state: str
    state_label: str
    filing_no: str
    submitted_at: datetime | None
    due_on: date | None
    working_days_left: int | None


@dataclass(frozen=True)
class ProposalView:
    """A value that an officer puts forward; ``state`` is waiting, taken, declined or void."""

    id: str
    key: str
    label: str
    display: str
    note: str
    state: str
    at: datetime


@dataclass(frozen=True)
class AssistanceView:
    """An assisted session that is open: ``state`` is requested or active."""

    id: str
    case_id: str
    state: str
    officer_id: str
    officer_name: str
    proposals: list[ProposalView]


@dataclass(frozen=True)
class DocumentState:
    """The printed document: ready with its path, or why not (``problem`` is a message code)."""

    ready: bool
    path: str
    name: str
    problem: str = ""


@dataclass(frozen=True)
class FilingView:
    """One filing with its form."""

    id: str
    item_code: str
    item_name: str
    enterprise_id: str
    enterprise_name: str
    title: str
    state: str
    state_label: str
    version: int
    is_editable: bool
    is_resumed: bool
    filing_no: str
    receipt_code: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    groups: list[GroupView]
    answered: int
    total: int
    prefilled: int
    unconfirmed: int
    declaration: str
    is_declared: bool
    document: DocumentState
    history: list[EventView]
    is_synthetic: bool
    operation: str = ""
    notice: NoticeView | None = None
    deadline: Deadline | None = None
    certificate: CertificateView | None = None
    changes: list[ChangeView] = field(default_factory=list)
    assistance: AssistanceView | None = None

    @property
    def fields(self) -> list[FieldView]:
        """All visible fields in order."""
        return [field for group in self.groups for field in group.fields]


@dataclass(frozen=True)
class FilingSummary:
    """One line in a list of filings."""

    id: str
    item_code: str
    item_name: str
    enterprise_id: str
    enterprise_name: str
    title: str
    state: str
    state_label: str
    filing_no: str
    updated_at: datetime
    submitted_at: datetime | None
    expires_on: date | None = None
    operation: str = ""


@dataclass(frozen=True)
class FieldQuestion:
    """The next thing to ask. ``prefill`` is ``{value, display, receipt, problems, alternatives}`` or None."""

    key: str
    label: str
    help: str
    type: str
    options: list[tuple[str, str]]
    parts: list[PartView]
    example: str
    required: bool
    prefill: dict[str, Any] | None
    position: int
    total: int
    group: str
    correction: str = ""


@dataclass(frozen=True)
class Deficiency:
    """One thing to mend: field, rule (a code), the clause it rests on, what is wrong, how to mend it."""

    field: str
    label: str
    rule: str
    clause: str
    message: str
    fix: str


@dataclass(frozen=True)
class Submission:
    """The result of handing in; the same for every repetition."""

    filing_id: str
    filing_no: str
    receipt_code: str
    submitted_at: datetime
    is_repeat: bool = False


@dataclass(frozen=True)
class FilingStatus:
    """What a person asks when asking where a filing stands."""

    filing_id: str
    filing_no: str
    item_name: str
    enterprise_name: str
    title: str
    state: str
    state_label: str
    explanation: str
    submitted_at: datetime | None
    history: list[EventView]
    document: DocumentState = field(default_factory=lambda: DocumentState(False, "", ""))
    deadline: Deadline | None = None
    notice: NoticeView | None = None
    certificate: CertificateView | None = None
