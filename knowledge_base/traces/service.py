"""The trail of answers.

1. ``keep_trace`` stores how an answer came about: masked question, where it was asked, item, aspects,
   passages with scores and versions, figures, models and rules with their hashes, thresholds, status,
   timings, and the answer itself as a recipe. A refused secret leaves an HMAC and the reason. The same
   transaction records the hashes of all that in the audit trail, and the answer gets a receipt code.
2. ``rebuilding`` puts the answer together again; ``receipts`` verifies one for whoever holds its code.
3. ``record_feedback`` binds "useful" or "not useful" to a trace, and by it to the passages that the answer
   cited, one a person; a later word replaces the earlier one. "Not useful" opens a follow-up task.
4. ``erasing`` takes a person's words out of traces; what the audit trail holds of them stays valid.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import clock
from core.audit.service import record
from core.blocks import plain_text
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.ids import new_id
from core.privacy.service import mask_text
from core.secrets import get_secrets
from knowledge_base.answering.context import Context
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.improvement.opening import FEEDBACK, Subject, open_task
from knowledge_base.models import AnswerFeedback, AnswerTrace
from knowledge_base.passages.views import PassageView, provision_key
from knowledge_base.traces import recipe
from knowledge_base.traces.parts import hashes

GIVEN, SUBJECT = "answer.given", "answer"
ASSISTANT = "assistant"
_MAX_PASSAGES = 10
_MAX_REASON = 1000
_MAX_QUESTION = 2000
_FACTS = (
    "locale",
    "language",
    "status",
    "made_from",
    "service_item_code",
    "aspects",
    "passages",
    "citations",
    "encoder_id",
    "snapshot_id",
    "thresholds",
    "made_with",
    "answer_sha256",
)


@dataclass(frozen=True)
class Kept:
    """A trace that was kept; both "" where none was."""

    trace_id: str = ""
    receipt_code: str = ""


NOT_KEPT = Kept()


def keep_trace(context: Context, latency_ms: float) -> Kept:
    """Store the trace of an answer, with its event in the audit trail."""
    draft, asked_in = context.draft, context.question.asked_in
    assert draft is not None
    trace_id = new_id("ans")
    made = _recipe(context)
    trace = AnswerTrace(
        id=trace_id,
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
        answer_sha256=text_sha256(plain_text(draft.blocks)),
        asked_item=(context.question.service_item_code or "")[:60],
        leans_back=context.is_inherited and bool(context.question.history),
        conversation_id=asked_in.conversation_id,
        channel=asked_in.channel,
        province=asked_in.province,
        recipe=made,
        recipe_sha256=recipe.canonical_sha256(made),
        made_with=_made_with(context),
        receipt_code=receipt_code(trace_id),
        turn_id=asked_in.turn_id[:40],
        erased_at=None,
        models=dict(context.models),
        rewriting=context.rewriting,
    )
    with transaction() as session:
        session.add(trace)
        record(
            session,
            actor_id=ASSISTANT,
            action=GIVEN,
            subject_type=SUBJECT,
            subject_id=trace_id,
            data={
                "status": trace.status,
                "answer_sha256": trace.answer_sha256,
                "recipe_sha256": trace.recipe_sha256,
                "facts_sha256": facts_sha256(trace),
            },
        )
    return Kept(trace_id, trace.receipt_code)


def text_sha256(text: str) -> str:
    """Return the hash of an answer's plain text."""
    return hashlib.sha256(text.encode()).hexdigest()


def facts_sha256(trace: AnswerTrace) -> str:
    """Return the hash of what a trace tells of an answer; none of a person's words enters it."""
    facts: dict[str, Any] = {name: getattr(trace, name) for name in _FACTS}
    facts |= {
        "id": trace.id,
        "answered_at": clock.isoformat(trace.answered_at),
        "as_of": trace.as_of.isoformat(),
        "support": f"{trace.support:.4f}",
    }
    return recipe.canonical_sha256(facts)


def receipt_code(trace_id: str) -> str:
    """Return the code by which an answer is verified: 16 characters, keyed to this installation."""
    key = get_secrets().audit_key.encode()
    digest = hmac.new(key, f"answer:{trace_id}".encode(), hashlib.sha256).digest()
    code = base64.b32encode(digest).decode()[:16]
    return "-".join(code[start : start + 4] for start in (0, 4, 8, 12))


def _kept_question(context: Context) -> str:
    assert context.draft is not None
    if context.draft.status in (AnswerStatus.SECRET, AnswerStatus.NOT_TEXT):
        return ""
    return mask_text(context.text[:_MAX_QUESTION])


def _hmac(text: str) -> str:
    return hmac.new(
        get_secrets().audit_key.encode(), text.encode(errors="replace"), hashlib.sha256
    ).hexdigest()


def _recipe(context: Context) -> recipe.Recipe:
    assert context.draft is not None
    sources = list(_sources(context))
    made = recipe.write(context.draft.blocks, sources)
    read = recipe.follow(made, {passage.id: passage for passage in sources})
    return {**made, "sha256": text_sha256(plain_text(read.blocks))}


def _sources(context: Context) -> Iterator[PassageView]:
    """Yield what an answer may have been made from: what carries it, what it cites, what was found."""
    assert context.draft is not None
    yield from context.draft.carried_by
    for cited in context.citations:
        key = provision_key(cited.title, cited.article)
        provision = context.knowledge.provision(key, context.as_of) if cited.passage_id else None
        for passage in (provision, context.knowledge.card(key)):
            if passage is not None:
                yield passage
    for hit in context.result.hits[:_MAX_PASSAGES] if context.result else ():
        yield hit.passage


def _made_with(context: Context) -> dict[str, Any]:
    return {
        "parts": hashes(context.result.encoder_id if context.result else ""),
        "figures": {name: round(value, 4) for name, value in context.figures.items()},
        "purposes": {name: round(value, 4) for name, value in context.likely.items()},
        "named": list(context.named_provisions),
        "carried_by": [passage.id for passage in context.draft.carried_by] if context.draft else [],
        "is_degraded": bool(context.result and context.result.degraded),
    }


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
        {
            "title": c.title,
            "article": c.article,
            "passage_id": c.passage_id,
            "version_id": c.version_id,
            "status": c.status,
        }
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
        InvalidInput: the reason is too long.
    """
    if len(reason) > _MAX_REASON:
        raise InvalidInput("knowledge_base.feedback_too_long", limit=_MAX_REASON)
    with transaction() as session:
        if session.get(AnswerTrace, trace_id) is None:
            raise NotAvailable
        known = session.scalars(
            select(AnswerFeedback).where(
                AnswerFeedback.trace_id == trace_id, AnswerFeedback.account_id == account_id
            )
        ).first()
        given = known or AnswerFeedback(id=new_id("fbk"), trace_id=trace_id, account_id=account_id)
        given.is_useful, given.reason, given.given_at = useful, mask_text(reason), clock.now()
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
