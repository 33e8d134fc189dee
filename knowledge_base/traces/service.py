"""The trail of answers.

1. ``keep_trace`` stores how an answer came about: masked question, where it was asked,
   item, aspects, passages with scores and
   versions, encoder, snapshot, thresholds, status, timings. A refused secret leaves an HMAC and the reason.
2. ``record_feedback`` binds "useful" or "not useful" to a trace, and by it to the passages that the answer
   cited, one a person; a later word replaces the earlier one. "Not useful" opens a follow-up task.
"""

import hashlib
import hmac
from typing import Any

from sqlalchemy import select

from core import clock
from core.blocks import plain_text
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.ids import new_id
from core.privacy.service import Destination, guard_text, mask_text
from core.secrets import get_secrets
from knowledge_base.answering.context import Context
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.improvement.opening import FEEDBACK, Subject, open_task
from knowledge_base.models import AnswerFeedback, AnswerTrace

_MAX_PASSAGES = 10
_MAX_REASON = 1000
_MAX_QUESTION = 2000


def keep_trace(context: Context, latency_ms: float) -> str:
    """Store the trace of an answer and return its id."""
    draft, asked_in = context.draft, context.question.asked_in
    assert draft is not None
    trace = AnswerTrace(
        id=new_id("ans"),
        answered_at=clock.now(),
        question=_kept_question(context),
        question_hmac=_hmac(str(context.question.text)),
        locale=context.question.locale[:10],
        language=context.language,
        as_of=context.as_of,
        status=draft.status.value,
        made_from=draft.source,
        service_item_code=context.item_code,
        aspects=context.aspects,
        support=round(context.support, 4),
        passages=_passages(context),
        citations=_citations(context),
        encoder_id=context.result.encoder_id if context.result else "",
        snapshot_id=context.result.snapshot_id if context.result else "",
        thresholds=context.rules.thresholds.model_dump(),
        timings_ms=context.timings_ms,
        latency_ms=latency_ms,
        answer_sha256=hashlib.sha256(plain_text(draft.blocks).encode()).hexdigest(),
        asked_item=(context.question.service_item_code or "")[:60],
        leans_back=context.is_inherited and bool(context.question.history),
        conversation_id=asked_in.conversation_id,
        channel=asked_in.channel,
        province=asked_in.province,
    )
    with transaction() as session:
        session.add(trace)
    return trace.id


def _kept_question(context: Context) -> str:
    assert context.draft is not None
    if context.draft.status in (AnswerStatus.SECRET, AnswerStatus.NOT_TEXT):
        return ""
    return mask_text(context.text[:_MAX_QUESTION])


def _hmac(text: str) -> str:
    return hmac.new(
        get_secrets().audit_key.encode(), text.encode(errors="replace"), hashlib.sha256
    ).hexdigest()


def _passages(context: Context) -> list[dict[str, Any]]:
    hits = context.result.hits[:_MAX_PASSAGES] if context.result else ()
    return [
        {
            "passage_id": hit.passage.id,
            "version_id": hit.passage.version_id,
            "kind": hit.passage.kind,
            "score": round(hit.score, 4),
            "lexical": round(hit.lexical, 4),
            "semantic": None if hit.semantic is None else round(hit.semantic, 4),
        }
        for hit in hits
    ]


def _citations(context: Context) -> list[dict[str, Any]]:
    return [
        {"title": c.title, "article": c.article, "passage_id": c.passage_id, "status": c.status}
        for c in context.citations
    ]


def record_feedback(
    trace_id: str, *, useful: bool, reason: str, account_id: str, conversation_id: str = ""
) -> None:
    """Keep a person's word on an answer; personal data in the reason is masked. "Not useful" opens a task.

    Args:
        trace_id: of the answer.
        useful: whether it helped.
        reason: why, at most 1,000 characters; may be empty.
        account_id: who says so; for a person not signed in the conversation's id.
        conversation_id: in which the answer was given, if in one.

    Raises:
        NotAvailable: there is no such answer.
        InvalidInput: the reason is too long or bears a mark of secrecy.
    """
    if len(reason) > _MAX_REASON:
        raise InvalidInput("knowledge_base.feedback_too_long", limit=_MAX_REASON)
    kept = guard_text(reason, Destination.TRACE)
    with transaction() as session:
        if session.get(AnswerTrace, trace_id) is None:
            raise NotAvailable
        known = session.scalars(
            select(AnswerFeedback).where(
                AnswerFeedback.trace_id == trace_id, AnswerFeedback.account_id == account_id
            )
        ).first()
        given = known or AnswerFeedback(id=new_id("fbk"), trace_id=trace_id, account_id=account_id)
        given.is_useful, given.reason, given.given_at = useful, kept, clock.now()
        session.add(given)
        if not useful:
            session.flush()
            open_task(session, Subject(FEEDBACK, given.id, conversation_id, trace_id=trace_id))


def find_trace(trace_id: str) -> AnswerTrace:
    """Return a trace.

    Raises:
        NotAvailable: there is none.
    """
    with reading() as session:
        trace = session.get(AnswerTrace, trace_id)
    if trace is None:
        raise NotAvailable
    return trace
