"""A person's words taken out of traces. The trail of what was done stays whole.

The audit trail holds hashes of an answer and of what it was made from, none of the question: it stays valid,
and the receipt code goes on telling when the answer was given and on what it rests. What goes: the question
and its hash, the conversation that it was asked in, the assistant's own words of the answer, in which a
question may be repeated, and the reasons that people gave with "not useful".

1. ``erase_traces_of`` takes them out at once, in the caller's transaction, for a person who asks for it.
2. ``erase_old`` does so of its own accord, once a trace is older than ``YAOZHENG_QUESTION_DAYS``.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import transaction
from core.settings import get_settings
from knowledge_base.models import AnswerFeedback, AnswerTrace
from knowledge_base.traces import recipe
from knowledge_base.traces.service import SUBJECT

AT_ONCE = 500
BY_AGE, BY_REQUEST = "age", "request"


def erase_traces_of(session: Session, conversation_ids: Sequence[str], *, actor_id: str) -> int:
    """Take the words of the people of some conversations out of their traces; return how many there were."""
    wanted = select(AnswerTrace).where(
        AnswerTrace.conversation_id.in_(conversation_ids), AnswerTrace.conversation_id != ""
    )
    return _erase(session, list(session.scalars(wanted)), actor_id, BY_REQUEST)


def erase_old() -> int:
    """Take people's words out of traces that are older than the setting says; return how many there were."""
    before = clock.now() - timedelta(days=get_settings().question_days)
    total = 0
    while True:
        with transaction() as session:
            query = select(AnswerTrace).where(
                AnswerTrace.answered_at < before, AnswerTrace.erased_at.is_(None)
            )
            old = list(session.scalars(query.order_by(AnswerTrace.answered_at).limit(AT_ONCE)))
            total += _erase(session, old, "system", BY_AGE)
        if len(old) < AT_ONCE:
            return total


def _erase(session: Session, traces: Sequence[AnswerTrace], actor_id: str, why: str) -> int:
    moment = clock.now()
    for trace in traces:
        trace.question = trace.question_hmac = trace.conversation_id = trace.turn_id = ""
        trace.recipe = recipe.without_words(trace.recipe)
        trace.erased_at = moment
        record(
            session,
            actor_id=actor_id,
            action="answer.erased",
            subject_type=SUBJECT,
            subject_id=trace.id,
            data={"why": why},
        )
    ids = [trace.id for trace in traces]
    session.execute(update(AnswerFeedback).where(AnswerFeedback.trace_id.in_(ids)).values(reason=""))
    return len(ids)
