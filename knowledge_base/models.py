"""Tables of the knowledge base: documents, their versions, the passages cut from them, answers given."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base


class SourceDocument(Base):
    """One law, guide, FAQ collection, … across all its versions."""

    __tablename__ = "source_document"
    __table_args__ = (UniqueConstraint("kind", "title", "province"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(30))
    authority: Mapped[str] = mapped_column(String(120), default="")
    province: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime]
    versions: Mapped[list["DocumentVersion"]] = relationship(
        back_populates="document", order_by="DocumentVersion.number"
    )


class DocumentVersion(Base):
    """One text of a document. Its passages never change; a corrected text is a new version.

    ``effective_from`` is what the text itself says; ``in_force_from`` is the day from which this very
    wording applies (an amended law keeps its first effective date, but its new wording is younger).
    ``trust`` tells how well its source is known, ``held_back`` why it waits for a person's word.
    """

    __tablename__ = "document_version"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index("ix_document_version_import", "import_digest"),
        Index("ix_document_version_words", "words_sha256"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("source_document.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(String(120), default="")
    issued_on: Mapped[date | None]
    effective_from: Mapped[date | None]
    in_force_from: Mapped[date | None]
    repealed_on: Mapped[date | None]
    replaced_by: Mapped[str] = mapped_column(String(200), default="")
    repeals: Mapped[list[str]]
    partial_repeals: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    trust: Mapped[int] = mapped_column(default=1, server_default="1")
    held_back: Mapped[str] = mapped_column(String(40), default="", server_default="")
    words_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    url: Mapped[str] = mapped_column(Text, default="")
    licence: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    content_sha256: Mapped[str] = mapped_column(String(64))
    import_digest: Mapped[str] = mapped_column(String(64))
    retrieved_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text, deferred=True)
    document: Mapped[SourceDocument] = relationship(back_populates="versions")


class Passage(Base):
    """One citable piece of a version: an article, a section, a guide's aspect, a question with its answer.

    ``text`` equals ``version.text[start:end]``. ``search_texts`` are found but never quoted. An article may
    begin later than its text (``applies_from``), be older than its version (``worded_since``) or fall alone
    (``repealed_on``, ``repealed_by``).
    """

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("version_id", "position"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("document_version.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(400), default="")
    article: Mapped[str] = mapped_column(String(12), default="")
    article_label: Mapped[str] = mapped_column(String(60), default="")
    heading_path: Mapped[list[str]]
    text: Mapped[str] = mapped_column(Text)
    start: Mapped[int]
    end: Mapped[int]
    language: Mapped[str] = mapped_column(String(5))
    blocks: Mapped[list[Any]]
    basis: Mapped[list[str]]
    service_item_code: Mapped[str] = mapped_column(String(60), default="")
    aspect: Mapped[str] = mapped_column(String(40), default="")
    search_texts: Mapped[list[str]]
    data: Mapped[dict[str, Any]]
    applies_from: Mapped[date | None]
    worded_since: Mapped[date | None]
    repealed_on: Mapped[date | None] = mapped_column(index=True)
    repealed_by: Mapped[str] = mapped_column(String(200), default="", server_default="")


class AnswerTrace(Base):
    """How an answer came about, so that it can be rebuilt; the question is masked, never as typed.

    ``recipe`` is the answer as pieces of passages (``traces.recipe``), ``recipe_sha256`` its hash, which
    stays when the person's words are erased (``erased_at``). ``made_with`` names what took part, each with
    its hash, and the figures. ``turn_id`` is the conversation's turn, ``receipt_code`` verifies the answer
    later.

    ``answer_sha256`` is that of the answer's plain text; ``asked_item`` the service item that the talk was
    about; ``leans_back`` tells that the question was understood by those before it. Conversation, channel
    and the asking enterprise's province are "" where there was none; the figures of the service are counted
    from the index alone. ``models`` names the register's entries that took part, by kind; ``rewriting`` what
    a generative endpoint was asked and which of its sentences were dropped, {} where none was.
    """

    __tablename__ = "answer_trace"
    __table_args__ = (
        Index(
            "ix_answer_trace_figures",
            "answered_at",
            "status",
            "service_item_code",
            "locale",
            "channel",
            "province",
        ),
        Index("ix_answer_trace_receipt", "receipt_code"),
        Index("ix_answer_trace_conversation", "conversation_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    answered_at: Mapped[datetime]
    question: Mapped[str] = mapped_column(Text)
    question_hmac: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    as_of: Mapped[date]
    status: Mapped[str] = mapped_column(String(40), index=True)
    made_from: Mapped[str] = mapped_column(String(60), default="")
    service_item_code: Mapped[str] = mapped_column(String(60), default="")
    aspects: Mapped[list[str]]
    support: Mapped[float]
    passages: Mapped[list[Any]]
    citations: Mapped[list[Any]]
    encoder_id: Mapped[str] = mapped_column(String(120), default="")
    snapshot_id: Mapped[str] = mapped_column(String(80), default="")
    thresholds: Mapped[dict[str, Any]]
    timings_ms: Mapped[dict[str, Any]]
    latency_ms: Mapped[float]
    answer_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    asked_item: Mapped[str] = mapped_column(String(60), default="", server_default="")
    leans_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    conversation_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    channel: Mapped[str] = mapped_column(String(20), default="", server_default="")
    province: Mapped[str] = mapped_column(String(4), default="", server_default="")
    recipe: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    recipe_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    made_with: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    receipt_code: Mapped[str] = mapped_column(String(24), default="", server_default="")
    turn_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    erased_at: Mapped[datetime | None]
    models: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    rewriting: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class AnswerFeedback(Base):
    """Whether an answer was of use, one a person; it points at the passages through its trace."""

    __tablename__ = "answer_feedback"
    __table_args__ = (UniqueConstraint("trace_id", "account_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    trace_id: Mapped[str] = mapped_column(ForeignKey("answer_trace.id"), index=True)
    account_id: Mapped[str] = mapped_column(String(40))
    is_useful: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]
