"""Whoever got an answer that is another today is told in the talk, once, never while staff own it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.models import Conversation, Message
from bot.conversations.service import open_conversation, texts_told
from bot.handoff import recalling
from core import clock
from core.blocks import paragraph
from core.database import reading, transaction
from core.database.engine import Database
from core.identity import ANONYMOUS
from knowledge_base.models import AnswerTrace
from knowledge_base.recall.models import RecalledAnswer, RecallRun, RecallTelling


@pytest.fixture
def conversation_id(db: Database) -> str:
    opened = open_conversation(channel="web", locale="en", actor=ANONYMOUS)
    return opened.conversation_id


def changed(conversation_id: str, **after: Any) -> None:
    moment = clock.now()
    trace = {
        "id": "ans_1",
        "answered_at": moment - timedelta(days=1),
        "question": "How long is the licence valid?",
        "question_hmac": "x",
        "locale": "en",
        "language": "en",
        "as_of": moment.date(),
        "status": "answered",
        "aspects": [],
        "support": 1.0,
        "passages": [],
        "citations": [],
        "thresholds": {},
        "timings_ms": {},
        "latency_ms": 1.0,
    }
    with transaction() as session:
        session.add(AnswerTrace(**trace))
        session.add(
            RecallRun(id="rcl_1", snapshot_id="s", asked_at=moment, ended_at=moment, state="done", total=1)
        )
        session.flush()
        session.add(
            RecalledAnswer(
                id="rca_1",
                run_id="rcl_1",
                trace_id="ans_1",
                state="confirmed",
                kinds=["words"],
                after=after,
                decided_at=moment,
            )
        )
        session.flush()
        session.add(
            RecallTelling(
                recalled_id="rca_1", conversation_id=conversation_id, trace_id="ans_1", told_at=None
            )
        )


def said(conversation_id: str) -> list[str]:
    with reading() as session:
        query = select(Message.text).where(Message.conversation_id == conversation_id)
        return list(session.scalars(query.order_by(Message.seq)))


def test_the_new_answer_is_told_once(conversation_id: str) -> None:
    changed(conversation_id, status="answered", blocks=[paragraph("Five years.")])
    before = len(said(conversation_id))
    assert recalling.tell_recalled() == 1
    assert recalling.tell_recalled() == 0
    (told,) = said(conversation_id)[before:]
    assert "“How long is the licence valid?” has changed" in told
    assert "Five years." in told


def test_an_answer_that_is_none_any_more_is_told_as_such(conversation_id: str) -> None:
    changed(conversation_id, status="unanswerable_no_source", blocks=[paragraph("nothing")])
    assert recalling.tell_recalled() == 1
    assert "no longer holds" in said(conversation_id)[-1]
    assert "nothing" not in said(conversation_id)[-1]


def test_nothing_is_said_while_staff_own_the_conversation(conversation_id: str) -> None:
    changed(conversation_id, status="answered", blocks=[paragraph("Five years.")])
    with transaction() as session:
        session.get_one(Conversation, conversation_id).owner = "officer"
    assert recalling.tell_recalled() == 0
    with transaction() as session:
        session.get_one(Conversation, conversation_id).owner = "bot"
    assert recalling.tell_recalled() == 1


def test_what_an_answer_said_is_found_by_its_trace(conversation_id: str) -> None:
    with transaction() as session:
        session.add(
            Message(
                conversation_id=conversation_id,
                seq=90,
                at=clock.now(),
                role="assistant",
                kind="answer",
                text="Four years.",
                blocks=[],
                details={},
                account_id="",
                trace_id="ans_9",
            )
        )
    assert texts_told(["ans_9", "ans_absent"]) == {"ans_9": "Four years."}
