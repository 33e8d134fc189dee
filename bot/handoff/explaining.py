"""Why this answer: how it came about, in plain words, for the person who got it.

The caller has made sure that the conversation is the person's. What is told are sources with their days, how
sure the assistant was, what it did not find, who looked at it, what has changed since, and the receipt code.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.models import Message
from bot.handoff.dossiers import Decision, decision_on
from bot.handoff.held import SENT
from core import clock
from core.blocks import Block, card, notice
from core.database import reading
from core.errors import NotAvailable
from i18n.service import format_date, format_moment, translate
from knowledge_base.models import AnswerTrace
from knowledge_base.passages.labels import provision_name
from knowledge_base.passages.views import provision_key
from knowledge_base.traces import receipts
from knowledge_base.traces.receipts import CitedThen, Standing

_WAYS = frozenset(
    {"guide", "faq", "consultation", "text", "reference", "parts", "together", "clarify", "unclear", "gate"}
)
_REFUSING = ("guard", "purpose", "input")


@dataclass(frozen=True)
class Reasons:
    """Why an answer is as it is.

    Attributes:
        blocks: the same to be shown, in the person's language: one card, and a notice on the machine's part.
    """

    receipt_code: str
    answered_at: datetime
    status: str
    blocks: list[Block]

    def to_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "receipt_code": self.receipt_code,
            "answered_at": clock.isoformat(self.answered_at),
            "status": self.status,
            "blocks": self.blocks,
        }


def find_reasons(conversation_id: str, seq: int, locale: str) -> Reasons:
    """Return why the answer that a message tells is as it is.

    Args:
        conversation_id: an authorised conversation.
        seq: the message's number.
        locale: of the words.

    Raises:
        NotAvailable: there is no such message, it tells no answer, or nothing is kept of how it came about.
    """
    with reading() as session:
        message = session.get(Message, (conversation_id, seq))
        trace = session.get(AnswerTrace, message.trace_id) if message and message.trace_id else None
        if trace is None:
            raise NotAvailable
        lines = _lines(session, trace, locale)
    title = translate("handoff.reasons.title", locale)
    machine = notice("info", translate("handoff.reasons.machine", locale))
    return Reasons(trace.receipt_code, trace.answered_at, trace.status, [card(title, lines), machine])


def _lines(session: Session, trace: AnswerTrace, locale: str) -> list[tuple[str, str]]:
    cited = receipts.cited_then(session, trace)
    decision = decision_on(session, trace.id)
    told = {
        "sources": _sources(cited, locale),
        "way": _say(f"way.{_way(trace.made_from)}", locale),
        "day": format_date(trace.as_of, locale),
        "sure": _sure(trace, locale),
        "not_found": _not_found(trace, cited, locale),
        "reviewed": _reviewed(decision, locale),
        "since": _since(session, trace, cited, locale),
        "receipt": trace.receipt_code,
    }
    return [(_say(name, locale), text) for name, text in told.items() if text]


def _say(code: str, locale: str, **params: object) -> str:
    return translate(f"handoff.reasons.{code}", locale, **params)


def _sources(cited: list[CitedThen], locale: str) -> str:
    told = [_source(one, locale) for one in cited]
    return _say("joint", locale).join(told) if told else _say("sources.none", locale)


def _source(one: CitedThen, locale: str) -> str:
    name = provision_name(provision_key(one.title, one.article), locale)
    if one.in_force_from is None:
        return name
    return _say("source", locale, name=name, date=format_date(one.in_force_from, locale))


def _way(made_from: str) -> str:
    if made_from in _WAYS:
        return made_from
    return "refused" if made_from.partition(".")[0] in _REFUSING else "other"


def _sure(trace: AnswerTrace, locale: str) -> str:
    if trace.status == "answered":
        return _say("sure.answered", locale)
    return _say("sure.partly", locale) if trace.status == "answered_partly" else ""


def _not_found(trace: AnswerTrace, cited: list[CitedThen], locale: str) -> str:
    if trace.status == "unanswerable_no_source":
        return _say("not_found.nothing", locale)
    names = [
        provision_name(provision_key(one.title, one.article), locale)
        for one in cited
        if one.standing is Standing.NOT_HELD
    ]
    return _say("not_found.texts", locale, names=_say("joint", locale).join(names)) if names else ""


def _reviewed(decision: Decision | None, locale: str) -> str:
    if decision is None or decision.state != SENT or decision.decided_at is None:
        return _say("reviewed.nobody", locale)
    code = "reviewed.rewritten" if decision.words else "reviewed.checked"
    return _say(code, locale, name=decision.officer_name, at=format_moment(decision.decided_at, locale))


def _since(session: Session, trace: AnswerTrace, cited: list[CitedThen], locale: str) -> str:
    recalled = receipts.recalled_state(session, trace.id)
    if recalled:
        return _say(f"since.{recalled}", locale)
    moved = [one for one in cited if one.standing in (Standing.CHANGED, Standing.ENDED)]
    if not moved:
        is_known = any(one.standing is not Standing.NOT_HELD for one in cited)
        return _say("since.nothing", locale) if is_known else ""
    names = [provision_name(provision_key(one.title, one.article), locale) for one in moved]
    return _say("since.moved", locale, names=_say("joint", locale).join(names))
