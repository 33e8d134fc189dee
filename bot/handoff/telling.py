"""Whoever asked in vain is told once their question has an answer.

A message is written and its being told is noted in one transaction that holds the conversation: a process
that dies leaves either both or nothing. While staff own a conversation nothing is said; its turn comes
afterwards.
"""

import structlog

from bot.conversations.service import BOT, SYSTEM, NewMessage, append, locked
from core.audit.service import record
from core.blocks import notice, plain_text
from core.database import transaction
from i18n.service import translate
from knowledge_base.improvement.answered import Untold, answer_blocks, mark_told, settle, untold

log = structlog.get_logger(__name__)
EXCERPT = 120


def tell_askers() -> int:
    """Note what was released and tell each conversation that asked, once; return how many were told."""
    settle()
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
        locale = conversation.locale
        blocks = answer_blocks(session, one.candidate_id, locale)
        asked = mark_told(session, one) if blocks else ""
        if not asked:
            return 0
        words = translate("handoff.now_answered", locale, question=asked[:EXCERPT])
        blocks = [notice("info", words), *blocks]
        append(session, conversation, NewMessage(SYSTEM, "notice", plain_text(blocks), blocks))
        record(
            session,
            actor_id="",
            action="candidate.told",
            subject_type="conversation",
            subject_id=conversation.id,
            data={"candidate_id": one.candidate_id},
        )
        return 1
