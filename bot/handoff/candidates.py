"""What people asked in conversations, as candidates for the knowledge base.

1. Answers that were none, and answers that did not help, with the conversation that got them.
2. Questions of closed cases with what staff answered: resolution and replies. Sensitive cases (reports of
   adverse events, complaints, distress) are nobody's example and stay out.

Names of the enterprise and of the persons in a case are blanked before anything is kept; numbers are masked
by ``knowledge_base.improvement``. Run again, it takes in only what is new.
"""

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.conversations.service import STAFF, Conversation, MessageView, where_told
from bot.handoff.models import HandoffCase
from bot.handoff.packet import clauses_of, transcript_of
from bot.handoff.queueing import CLOSED, LEFT
from bot.handoff.reasons import SENSITIVE
from core.database import reading
from core.errors import AssistantError
from core.identity.service import display_names
from knowledge_base.improvement.gathering import AskedQuestion, gather, not_gathered, take_in, waiting
from knowledge_base.passages.views import provision_key

log = structlog.get_logger(__name__)
BATCH = 100
SHORTEST_NAME = 2
ENTERPRISE, NAME = "[enterprise]", "[name]"
_HAN = range(0x3400, 0xA000)


def gather_candidates() -> int:
    """Take in what is new; return how many questions were."""
    return _answers() + _cases()


def _answers() -> int:
    sources = waiting()
    with reading() as session:
        told = where_told(session, list({one.trace_id for one in sources}))
    return gather({one: told[one.trace_id] for one in sources if one.trace_id in told})


def _cases() -> int:
    taken, seen = 0, ""
    while True:
        with reading() as session:
            rows = list(session.scalars(_closed(seen)))
        if not rows:
            return taken
        taken += take_in([one for row in rows for one in _asked(row)])
        seen = rows[-1].id


def _closed(after: str) -> Select[HandoffCase]:
    return (
        select(HandoffCase)
        .where(
            HandoffCase.state == CLOSED,
            HandoffCase.reason != SENSITIVE,
            HandoffCase.unanswered != "",
            HandoffCase.outcome != LEFT,
            HandoffCase.id > after,
            not_gathered(HandoffCase.id),
        )
        .order_by(HandoffCase.id)
        .limit(BATCH)
    )


def _asked(case: HandoffCase) -> list[AskedQuestion]:
    try:
        transcript = transcript_of(case.conversation_id)
    except AssistantError as error:
        log.error("handoff.case_not_gathered", case=case.id, code=error.code)
        return []
    with reading() as session:
        names = _names(session, case)
    cited = [provision_key(one["title"], one.get("article", "")) for one in clauses_of(transcript)]
    return [
        AskedQuestion(
            source_kind="case",
            source_id=case.id,
            text=_blank(case.unanswered, names),
            language=_language(case.unanswered),
            asked_at=case.opened_at,
            conversation_id=case.conversation_id,
            answer=_blank(case.resolution, names),
            replies=_blank("\n".join(_replies(case, transcript)), names),
            basis=tuple(cited),
        )
    ]


def _replies(case: HandoffCase, transcript: list[MessageView]) -> list[str]:
    end = case.closed_at or case.opened_at
    return [m.text for m in transcript if m.role == STAFF and case.opened_at <= m.at <= end]


def _names(session: Session, case: HandoffCase) -> dict[str, str]:
    """Return the names in a case and what stands for each, the longest first."""
    account_id = session.get_one(Conversation, case.conversation_id).account_id
    persons = display_names(session, [one for one in (account_id, case.officer_id) if one]).values()
    known = dict.fromkeys(persons, NAME) | {case.enterprise_name: ENTERPRISE}
    usable = {name: stand_in for name, stand_in in known.items() if len(name) >= SHORTEST_NAME}
    return dict(sorted(usable.items(), key=lambda pair: -len(pair[0])))


def _blank(text: str, names: dict[str, str]) -> str:
    for name, stand_in in names.items():
        text = text.replace(name, stand_in)
    return text


def _language(text: str) -> str:
    return "zh" if any(ord(sign) in _HAN for sign in text) else "en"
