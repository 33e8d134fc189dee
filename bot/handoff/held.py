"""Held answers: on topics that staff marked as sensitive the assistant's answer waits for an officer.

1. Supervisors keep the topics, each with the words by which a question is known to touch it.
2. ``hold_answer`` keeps the drafted answer instead of sending it; the person is told that staff look at it.
   The conversation stays the assistant's.
3. ``list_held`` shows what waits to the officers of the province and field. ``send_held`` sends the answer as
   it is or as the officer rewrote it, in the officer's name; ``decline_held`` opens a case instead.

One decision stands: the row is held while it is made.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from bot.conversations.service import STAFF, Conversation, NewMessage, append, locked
from bot.handoff.competence import is_supervisor
from bot.handoff.models import HeldAnswer, HeldTopic
from bot.handoff.opening import find_scope, request_handoff
from bot.handoff.queueing import QUEUE_TOPIC
from core import clock
from core.audit.service import record
from core.blocks import Block, notice, paragraph, plain_text
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from core.realtime import publish_after_commit
from i18n.service import translate

CITATION = "citation"
WAITING, SENT, DECLINED = "waiting", "sent", "declined"
MOST_SHOWN, LONGEST_TEXT, LONGEST_NAME, LONGEST_WORDS = 100, 4000, 80, 2000
_SEPARATORS = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True)
class TopicView:
    """A topic whose answers wait for an officer."""

    id: str
    name: str
    words: str


@dataclass(frozen=True)
class HeldView:
    """An answer that waits."""

    id: str
    question: str
    topic: str
    text: str
    citations: list[dict[str, Any]]
    locale: str
    created_at: datetime


def topic_of(session: Session, text: str) -> HeldTopic | None:
    """Return the first topic whose words a text holds."""
    folded = text.casefold()
    for topic in session.scalars(select(HeldTopic).order_by(HeldTopic.name)):
        if any(word in folded for word in words_of(topic.words)):
            return topic
    return None


def words_of(text: str) -> list[str]:
    """Return the words of a topic."""
    return [word for part in _SEPARATORS.split(text.casefold()) if (word := part.strip())]


def hold_answer(conversation_id: str, question: str, message: dict[str, Any], turn_id: str) -> bool:
    """Keep an answer for an officer where its question touches a topic; whether it is held.

    Doing it again for the same turn changes nothing.
    """
    with transaction() as session:
        topic = topic_of(session, question)
        conversation = session.get(Conversation, conversation_id) if topic else None
        if topic is None or conversation is None:
            return False
        if session.scalars(select(HeldAnswer).where(HeldAnswer.turn_id == turn_id)).first() is not None:
            return True
        scope = find_scope(conversation, None, None)
        held = HeldAnswer(
            id=new_id("hld"),
            conversation_id=conversation_id,
            turn_id=turn_id,
            question=question,
            topic=topic.name,
            locale=conversation.locale,
            province=scope.province,
            domain=scope.domain,
            message={name: message.get(name) for name in ("text", "blocks", "answer")},
            state=WAITING,
            created_at=clock.now(),
            trace_id=str((message.get("answer") or {}).get("trace_id") or ""),
        )
        session.add(held)
        _note(session, held, "", "held")
        return True


def list_held(actor: Actor) -> list[HeldView]:
    """Return what waits for an officer of the actor's province and field, the oldest first.

    Raises:
        NotAvailable: the actor handles no cases.
    """
    if not actor.handles_cases:
        raise NotAvailable
    query = select(HeldAnswer).where(HeldAnswer.state == WAITING, _competent(actor))
    with reading() as session:
        return [
            _view(row) for row in session.scalars(query.order_by(HeldAnswer.created_at).limit(MOST_SHOWN))
        ]


def send_held(actor: Actor, held_id: str, text: str) -> None:
    """Send an answer as it is, or as the officer rewrote it; what it cites goes along.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: a colleague decided on it first.
        InvalidInput: the text is empty or too long.
    """
    kept = text.replace("\r\n", "\n").strip()
    if not kept or len(kept) > LONGEST_TEXT:
        raise InvalidInput("handoff.held_text", most=LONGEST_TEXT)
    with transaction() as session:
        held = _waiting(session, actor, held_id)
        conversation = locked(session, held.conversation_id)
        is_edited = kept != _drafted(held)
        drafted = list(held.message.get("blocks") or [])
        cited = [block for block in drafted if block["type"] == CITATION]
        body = [paragraph(kept), *cited] if is_edited else drafted
        blocks = [checked_by_staff(held.locale), *body]
        details = {
            "answer": held.message.get("answer"),
            "handoff": {"officer_name": actor.display_name},
        }
        new = NewMessage(STAFF, "answer", plain_text(blocks), blocks, details, account_id=actor.account_id)
        append(session, conversation, new)
        held.sent_text = kept if is_edited else ""
        _decide(session, held, actor, SENT, is_edited=is_edited)


def checked_by_staff(locale: str) -> Block:
    """Return what stands above an answer that an officer looked at."""
    return notice("info", translate("handoff.held_checked", locale))


def decline_held(actor: Actor, held_id: str) -> None:
    """Do not send it; the question becomes a case.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: a colleague decided on it first.
    """
    with transaction() as session:
        held = _waiting(session, actor, held_id)
        _decide(session, held, actor, DECLINED)
        conversation_id, question = held.conversation_id, held.question
    request_handoff(conversation_id, "judgement_needed", unanswered=question)


def list_topics(actor: Actor) -> list[TopicView]:
    """Return the topics.

    Raises:
        NotAvailable: the actor handles no cases.
    """
    if not actor.handles_cases:
        raise NotAvailable
    with reading() as session:
        rows = session.scalars(select(HeldTopic).order_by(HeldTopic.name))
        return [TopicView(row.id, row.name, row.words) for row in rows]


def save_topic(actor: Actor, *, name: str, words: str, topic_id: str = "") -> str:
    """Keep a topic; return its id.

    Raises:
        NotAvailable: the actor is no supervisor, or there is no such topic.
        InvalidInput: name or words are missing or too long.
    """
    _only_supervisors(actor)
    kept, told = name.strip(), words.strip()
    if not 0 < len(kept) <= LONGEST_NAME or not words_of(told) or len(told) > LONGEST_WORDS:
        raise InvalidInput("handoff.topic_invalid", name=LONGEST_NAME, words=LONGEST_WORDS)
    with transaction() as session:
        row = session.get(HeldTopic, topic_id) if topic_id else HeldTopic(id=new_id("htp"))
        if row is None:
            raise NotAvailable
        row.name, row.words, row.updated_by, row.updated_at = kept, told, actor.account_id, clock.now()
        session.add(row)
        _note_topic(session, row, actor, "saved")
        return row.id


def delete_topic(actor: Actor, topic_id: str) -> None:
    """Remove a topic; answers that wait go on waiting.

    Raises:
        NotAvailable: the actor is no supervisor, or there is no such topic.
    """
    _only_supervisors(actor)
    with transaction() as session:
        row = session.get(HeldTopic, topic_id)
        if row is None:
            raise NotAvailable
        session.delete(row)
        _note_topic(session, row, actor, "deleted")


def _only_supervisors(actor: Actor) -> None:
    if not is_supervisor(actor):
        raise NotAvailable


def _competent(actor: Actor) -> ColumnElement[bool]:
    province: ColumnElement[bool] = true()
    if actor.province:
        province = HeldAnswer.province.in_(["", actor.province])
    domain: ColumnElement[bool] = true()
    if actor.competences and not is_supervisor(actor):
        domain = or_(HeldAnswer.domain == "", HeldAnswer.domain.in_(actor.competences))
    return and_(province, domain)


def _waiting(session: Session, actor: Actor, held_id: str) -> HeldAnswer:
    query = select(HeldAnswer).where(HeldAnswer.id == held_id, _competent(actor)).with_for_update()
    held = session.scalars(query).first() if actor.handles_cases else None
    if held is None:
        raise NotAvailable
    if held.state != WAITING:
        raise Conflict("handoff.held_decided")
    return held


def _decide(session: Session, held: HeldAnswer, actor: Actor, state: str, **data: Any) -> None:
    held.state, held.decided_at, held.decided_by = state, clock.now(), actor.account_id
    _note(session, held, actor.account_id, state, **data)


def _note(session: Session, held: HeldAnswer, account_id: str, action: str, **data: Any) -> None:
    record(
        session,
        actor_id=account_id,
        action=f"held_answer.{action}",
        subject_type="held_answer",
        subject_id=held.id,
        data={"topic": held.topic, **data},
    )
    publish_after_commit(session, QUEUE_TOPIC)


def _note_topic(session: Session, row: HeldTopic, actor: Actor, action: str) -> None:
    record(
        session,
        actor_id=actor.account_id,
        action=f"held_topic.{action}",
        subject_type="held_topic",
        subject_id=row.id,
        data={"name": row.name},
    )


def _drafted(row: HeldAnswer) -> str:
    """Return the drafted answer as text, without what it cites."""
    said = [block for block in row.message.get("blocks") or [] if block["type"] != CITATION]
    return plain_text(said).strip()


def _view(row: HeldAnswer) -> HeldView:
    answer = row.message.get("answer") or {}
    return HeldView(
        row.id,
        row.question,
        row.topic,
        _drafted(row),
        list(answer.get("citations") or []),
        row.locale,
        row.created_at,
    )
