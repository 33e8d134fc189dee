"""Replies used often: kept by supervisors, offered in the applicant's language and for the case's field."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.handoff.competence import is_supervisor
from bot.handoff.models import CannedReply
from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from i18n.service import locales

LONGEST_TITLE, LONGEST_TEXT = 80, 2000
DOMAINS = ("", "drug", "device", "cosmetic")


@dataclass(frozen=True)
class CannedReplyView:
    """A reply; ``domain`` "" is for all fields."""

    id: str
    locale: str
    domain: str
    title: str
    text: str
    updated_at: datetime


def list_canned(actor: Actor, *, locale: str = "", domain: str | None = None) -> list[CannedReplyView]:
    """Return the replies of a language (all where ""), for a field and for all fields (any where None).

    Raises:
        NotAvailable: the actor handles no cases.
    """
    if not actor.handles_cases:
        raise NotAvailable
    query = select(CannedReply).order_by(CannedReply.locale, CannedReply.title)
    if locale:
        query = query.where(CannedReply.locale == locale)
    if domain is not None:
        query = query.where(CannedReply.domain.in_(["", domain]))
    with reading() as session:
        return [_view(row) for row in session.scalars(query)]


def save_canned(actor: Actor, *, locale: str, domain: str, title: str, text: str, reply_id: str = "") -> str:
    """Keep a new reply, or change one; return its id.

    Raises:
        NotAvailable: the actor is no supervisor, or there is no such reply.
        InvalidInput: title or text is empty or too long, or language or field is unknown.
    """
    _only_supervisors(actor)
    kept_title, kept_text = title.strip(), text.replace("\r\n", "\n").strip()
    is_sized = 0 < len(kept_title) <= LONGEST_TITLE and 0 < len(kept_text) <= LONGEST_TEXT
    if not is_sized or locale not in locales() or domain not in DOMAINS:
        raise InvalidInput("handoff.canned_invalid", title=LONGEST_TITLE, text=LONGEST_TEXT)
    with transaction() as session:
        row = session.get(CannedReply, reply_id) if reply_id else CannedReply(id=new_id("cnr"))
        if row is None:
            raise NotAvailable
        row.locale, row.domain, row.title, row.text = locale, domain, kept_title, kept_text
        row.updated_by, row.updated_at = actor.account_id, clock.now()
        session.add(row)
        record(
            session,
            actor_id=actor.account_id,
            action="canned_reply.saved",
            subject_type="canned_reply",
            subject_id=row.id,
            data={"title": kept_title},
        )
        return row.id


def delete_canned(actor: Actor, reply_id: str) -> None:
    """Remove a reply.

    Raises:
        NotAvailable: the actor is no supervisor, or there is no such reply.
    """
    _only_supervisors(actor)
    with transaction() as session:
        row = session.get(CannedReply, reply_id)
        if row is None:
            raise NotAvailable
        session.delete(row)
        record(
            session,
            actor_id=actor.account_id,
            action="canned_reply.deleted",
            subject_type="canned_reply",
            subject_id=reply_id,
            data={"title": row.title},
        )


def _only_supervisors(actor: Actor) -> None:
    if not is_supervisor(actor):
        raise NotAvailable


def _view(row: CannedReply) -> CannedReplyView:
    return CannedReplyView(row.id, row.locale, row.domain, row.title, row.text, row.updated_at)
