"""Tables of enterprises, their historical records, and filings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, JSONField


class Enterprise(Base):
    """A market entity for which accounts may act."""

    __tablename__ = "enterprise"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    province: Mapped[str] = mapped_column(String(4), index=True)
    region_code: Mapped[str] = mapped_column(String(6))
    profile: Mapped[dict[str, Any]]
    is_synthetic: Mapped[bool] = mapped_column(default=False)


class HistoricalRecord(Base):
    """What an authority holds about an enterprise: registry entry, licence, filing, person.

    ``data`` holds values by the field keys of the service items.
    """

    __tablename__ = "historical_record"
    __table_args__ = (
        Index("ix_historical_record_owner", "enterprise_id", "kind", "service_item_code", "as_of"),
        Index("ix_historical_record_newest", "enterprise_id", "kind", "as_of", "id"),
        Index("ix_historical_record_number", "number"),
        Index("ix_historical_record_item", "kind", "service_item_code"),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    kind: Mapped[str] = mapped_column(String(30))
    service_item_code: Mapped[str] = mapped_column(String(60), default="")
    number: Mapped[str] = mapped_column(String(80), default="")
    status: Mapped[str] = mapped_column(String(12), default="valid")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    as_of: Mapped[date]
    data: Mapped[dict[str, Any]]
    is_synthetic: Mapped[bool] = mapped_column(default=False)


class HistoricalValue(Base):
    """Which record holds which key, so that a field finds its record among thousands."""

    __tablename__ = "historical_value"
    __table_args__ = (
        Index("ix_historical_value_found", "enterprise_id", "kind", "key", "is_valid", "as_of"),
        Index("ix_historical_value_text", "enterprise_id", "key", "text"),
    )

    record_id: Mapped[str] = mapped_column(
        ForeignKey("historical_record.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(30))
    is_valid: Mapped[bool]
    as_of: Mapped[date]
    text: Mapped[str] = mapped_column(String(200), default="")


class Filing(Base):
    """One filing; ``version`` grows by one with each change of state or value."""

    __tablename__ = "filing"
    __table_args__ = (
        UniqueConstraint("account_id", "start_key"),
        Index("ix_filing_open", "enterprise_id", "item_code", "state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    item_code: Mapped[str] = mapped_column(String(60))
    enterprise_id: Mapped[str] = mapped_column(ForeignKey("enterprise.id"))
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(30), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    start_key: Mapped[str] = mapped_column(String(80))
    submit_key: Mapped[str | None] = mapped_column(String(80))
    filing_no: Mapped[str | None] = mapped_column(String(60), unique=True)
    receipt_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    declared_by: Mapped[str | None] = mapped_column(String(40))
    declared_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    bundle_id: Mapped[str | None] = mapped_column(String(40), index=True)
    based_on: Mapped[str | None] = mapped_column(String(80))
    certificate_id: Mapped[str | None] = mapped_column(String(80))
    document_name: Mapped[str | None] = mapped_column(String(200))
    document_problem: Mapped[str | None] = mapped_column(String(80))
    is_synthetic: Mapped[bool] = mapped_column(default=False)


class FilingValue(Base):
    """One field's value, where it came from and who stands by it."""

    __tablename__ = "filing_value"

    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSONField, nullable=True)
    status: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str] = mapped_column(String(30))
    receipt: Mapped[dict[str, Any]]
    problems: Mapped[list[str]]
    alternatives: Mapped[list[Any]]
    updated_at: Mapped[datetime]


class SimilarAnswer(Base):
    """What most enterprises answered to a field of an item in filings that are alike.

    ``alike`` spells what they have in common; ``said_so`` of the ``asked`` enterprises gave the value.
    """

    __tablename__ = "similar_answer"

    item_code: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    alike: Mapped[str] = mapped_column(String(300), primary_key=True)
    value: Mapped[Any] = mapped_column(JSONField)
    said_so: Mapped[int]
    asked: Mapped[int]
    as_of: Mapped[date]


class AssistSession(Base):
    """An officer's help with a draft: requested, active by the applicant's consent, or ended."""

    __tablename__ = "assist_session"
    __table_args__ = (
        Index("ix_assist_session_filing", "filing_id", "state"),
        Index("ix_assist_session_case", "case_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"))
    case_id: Mapped[str] = mapped_column(String(40))
    officer_id: Mapped[str] = mapped_column(String(40))
    officer_name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12))
    requested_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    consented_by: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(40), default="")


class AssistProposal(Base):
    """A value that an officer puts forward in an assisted session, and what the applicant said to it."""

    __tablename__ = "assist_proposal"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("assist_session.id"), index=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"))
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[Any] = mapped_column(JSONField)
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(40), default="")


class FilingEvent(Base):
    """One change of a filing; ``data`` holds keys and codes, never a person's values."""

    __tablename__ = "filing_event"
    __table_args__ = (UniqueConstraint("filing_id", "version"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]]


class FilingFile(Base):
    """An attachment under ``uploads/``; its type was sniffed, its name is what the person called it."""

    __tablename__ = "filing_file"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_as: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class DeficiencyNotice(Base):
    """All that an officer found missing, told at once (一次性告知), with the day by which it is to be mended.

    ``entries`` are ``{key, message, clause, fix}``; ``key`` is a field, or empty where it concerns the whole.
    """

    __tablename__ = "deficiency_notice"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    officer_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    entries: Mapped[list[Any]]


class BackOfficeEvent(Base):
    """A decision of the processing system that was carried out; each id counts once."""

    __tablename__ = "backoffice_event"

    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]
    filing_id: Mapped[str] = mapped_column(String(40))


class FilingCounter(Base):
    """The last serial given in one numbering scope, such as ``cosmetic_filing:domestic:沪:2026``."""

    __tablename__ = "filing_counter"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class FilingAlert(Base):
    """A permission to tell the person once, outside the product, that a filing has moved.

    ``version`` is that of the filing when it was used.
    """

    __tablename__ = "filing_alert"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    account_id: Mapped[str] = mapped_column(String(40))
    permitted_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    version: Mapped[int | None]
