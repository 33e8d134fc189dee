"""Whoever got an answer that is another today is told in the conversation, once an editor confirmed it.

As with questions answered later, the message and its being told are one transaction that holds the
conversation, and nothing is said while staff own it.
"""

import structlog

from bot.conversations.service import BOT, SYSTEM, NewMessage, append, locked
from core.audit.service import record
from core.blocks import notice, plain_text
from core.database import transaction
from i18n.service import translate
from knowledge_base.recall.service import Untold, mark_told, untold

log = structlog.get_logger(__name__)
EXCERPT = 120


def tell_recalled() -> int:
    """Tell each conversation that got an answer which changed, once; return how many were told."""
    told = 0
    for one in untold():
        try:
            told += _tell(one)
        except Exception as error:
            log.error("handoff.not_told", conversation=one.conversation_id, exc_info=error)
    return told


def _tell(one: Untold) -> int:
    with transaction() as session:
        conversation = locked(session, one.conversation_id)
        if conversation.owner != BOT:
            return 0
        found = mark_told(session, one)
        if found is None:
            return 0
        question, blocks = found
        code = "handoff.now_other" if blocks else "handoff.no_longer_so"
        words = translate(code, conversation.locale, question=question[:EXCERPT])
        said = [notice("warning", words), *blocks]
        append(session, conversation, NewMessage(SYSTEM, "notice", plain_text(said), said))
        record(
            session,
            actor_id="",
            action="recall.told",
            subject_type="conversation",
            subject_id=conversation.id,
            data={"recalled_id": one.recalled_id},
        )
        return 1
