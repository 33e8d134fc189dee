"""Whose figures a person sees: an officer's province and fields, as in the queue and at the desk of filings.

What belongs to no province or field (a visitor without an enterprise, a question about no item) is
everyone's. Administrators and auditors see all unless their account names a province.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from bot.conversations.models import Conversation
from bot.handoff.competence import competence_filter
from bot.handoff.models import HandoffCase
from bot.insights.selection import Selection
from core.errors import NotAvailable
from core.identity import Actor, Role
from forms.models import Enterprise, Filing
from forms.service import list_service_items
from knowledge_base.models import AnswerTrace

Query = Select[*tuple[Any, ...]]
READERS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})


def hold_to_readers(actor: Actor) -> None:
    """Refuse who may not see the figures.

    Raises:
        NotAvailable: the actor is none of ``READERS``.
    """
    if actor.role not in READERS:
        raise NotAvailable


def _own_items(actor: Actor) -> list[str] | None:
    """Return the items of the actor's fields; None for all."""
    if not actor.competences:
        return None
    return [one.code for one in list_service_items() if one.domain in actor.competences]


def of_conversations(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on ``Conversation``."""
    if not actor.province:
        return true()
    own = select(Enterprise.id).where(Enterprise.province == actor.province)
    return or_(Conversation.enterprise_id.is_(None), Conversation.enterprise_id.in_(own))


def of_cases(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on ``HandoffCase``."""
    return competence_filter(actor)


def of_filings(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on ``Filing``."""
    codes = _own_items(actor)
    own = select(Enterprise.id).where(Enterprise.province == actor.province)
    return and_(
        Filing.enterprise_id.in_(own) if actor.province else true(),
        Filing.item_code.in_(codes) if codes is not None else true(),
    )


def of_traces(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on ``AnswerTrace``; a province narrows to what was asked in conversations."""
    codes = _own_items(actor)
    is_near = and_(AnswerTrace.channel != "", AnswerTrace.province.in_(["", actor.province]))
    return and_(
        is_near if actor.province else true(),
        AnswerTrace.service_item_code.in_(["", *codes]) if codes is not None else true(),
    )


def spoken(query: Query, selection: Selection) -> Query:
    """Narrow a query that has ``Conversation`` to the channel and the language."""
    if selection.channel:
        query = query.where(Conversation.channel == selection.channel)
    if selection.language:
        query = query.where(Conversation.locale == selection.language)
    return query


def about_item(query: Query, selection: Selection) -> Query:
    """Narrow a query that has ``HandoffCase`` to those whose draft is of the item."""
    if not selection.item:
        return query
    return query.join(Filing, Filing.id == HandoffCase.filing_id).where(Filing.item_code == selection.item)
