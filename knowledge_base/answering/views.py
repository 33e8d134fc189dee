"""What goes into an answer and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.blocks import Block
from core.errors import InvariantBroken
from knowledge_base.answering.statuses import AnswerStatus

Article = int | str


@dataclass(frozen=True)
class AskedIn:
    """Where a question was asked, "" where that is not known; it is traced and changes no answer.

    ``turn_id`` is the turn that carried it: it tells what was made of the words before they became a
    question.
    """

    conversation_id: str = ""
    channel: str = ""
    province: str = ""
    turn_id: str = ""


@dataclass(frozen=True)
class Question:
    """A question as asked.

    Attributes:
        locale: language of the screen; the answer is in the language of the question where that is clear.
        as_of: the date whose law is meant; a date named in the text comes first.
        service_item_code: the item that the conversation is about, if any.
        history: the person's earlier questions, oldest first; only used to understand a follow-up.
        is_part: whether it is one of several things asked at once.
        asked_in: the conversation that asks, its channel and province.
    """

    text: str
    locale: str = "zh-CN"
    as_of: date | None = None
    service_item_code: str | None = None
    history: Sequence[str] = ()
    is_part: bool = False
    asked_in: AskedIn = AskedIn()


def article_number(article: str) -> Article:
    """Return 14 for ``14`` and ``14-1`` for an article inserted later."""
    return int(article) if article.isdecimal() else article


@dataclass(frozen=True)
class Citation:
    """A provision that carries the answer.

    Attributes:
        quote: exact words of the provision; empty where its text has not been taken in.
        status: ``current``, ``superseded`` (answers as of an earlier date) or ``text_not_held``.
        name: law and article in the language of the answer, where that is not the law's own.
        summary: what the provision says, in our words and that language.
        note: that the Chinese text prevails, or that it is not held here.
    """

    title: str
    article: str
    article_label: str
    document_number: str = ""
    quote: str = ""
    effective_from: date | None = None
    url: str = ""
    status: str = "current"
    passage_id: str = ""
    version_id: str = ""
    name: str = ""
    summary: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "title": self.title,
            "document_number": self.document_number,
            "article": article_number(self.article),
            "article_label": self.article_label,
            "quote": self.quote,
            "effective_from": self.effective_from.isoformat() if self.effective_from else None,
            "url": self.url,
            "status": self.status,
            **{key: text for key in ("name", "summary", "note") if (text := getattr(self, key))},
        }

    def to_block(self, number: int) -> Block:
        """Return the citation block ``[number]``."""
        return {"type": "citation", "n": number, **self.to_json()}


@dataclass(frozen=True)
class Choice:
    """A button of a clarifying question: the item meant, and the question to ask about it."""

    label: str
    value: str
    service_item_code: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return label and payload; the gateway swaps the payload for an id."""
        entities = {"value": self.value}
        if self.service_item_code:
            entities["service_item"] = self.service_item_code
        return {"label": self.label, "payload": {"intent": "ask_policy", "entities": entities}}


@dataclass(frozen=True)
class Ranked:
    """A provision found, best first."""

    title: str
    article: str
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "title": self.title,
            "article": article_number(self.article),
            "score": round(self.score, 4),
        }


@dataclass(frozen=True)
class Answer:
    """An answer with exactly one status.

    Attributes:
        blocks: the answer laid out, its citations at the end; ``text`` is their plain reading.
        retrieved: the provisions found, at most ten, best first.
        receipt_code: by which anybody who holds it can verify the answer later; "" where it leaves no trace.
        locale: the answer's language, which may differ from the screen's.
        service_item_code: the item that the answer is about, to be remembered for a follow-up.
        rests_on_no_law: it tells how to use this service, or repeats an office's reply, which no law says.
        handoff_reason: why staff take over (``handed_off``) or may be asked (``guarded_judgement``).
        support: how well the best passage bears on the question, 0 to 1; 0 where nothing was searched.

    Raises:
        InvariantBroken: it claims to answer a question about the law and cites nothing.
    """

    status: AnswerStatus
    text: str
    blocks: list[Block]
    citations: list[Citation] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    retrieved: list[Ranked] = field(default_factory=list)
    trace_id: str = ""
    receipt_code: str = ""
    latency_ms: float = 0.0
    locale: str = "zh-CN"
    service_item_code: str = ""
    rests_on_no_law: bool = False
    handoff_reason: str = ""
    support: float = 0.0

    def __post_init__(self) -> None:
        if self.status.is_answered and not self.citations and not self.rests_on_no_law:
            raise InvariantBroken("knowledge_base.answer_without_citation")

    def to_message(self) -> dict[str, Any]:
        """Return the message of kind ``answer`` that clients render."""
        message: dict[str, Any] = {
            "kind": "answer",
            "text": self.text,
            "blocks": self.blocks,
            "answer": {
                "status": self.status.value,
                "citations": [citation.to_json() for citation in self.citations],
                "follow_ups": self.follow_ups,
                "trace_id": self.trace_id,
                "receipt_code": self.receipt_code,
                "service_item_code": self.service_item_code,
                "handoff_reason": self.handoff_reason,
            },
        }
        return message | ({"choices": [c.to_json() for c in self.choices]} if self.choices else {})
