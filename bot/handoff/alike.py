"""Cases that were resolved before and ask much the same: what was told then helps now.

The newest closed cases that the officer may see are compared by the runs of characters and words that their
questions share (Jaccard), which takes no index and understands both languages alike.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.competence import competence_filter
from bot.handoff.models import HandoffCase
from bot.handoff.queueing import CLOSED
from bot.handoff.views import SimilarCase
from core.identity import Actor
from core.runs import buckets

LOOKED_AT, MOST_SHOWN = 400, 3
ALIKE = 0.25


def similar_cases(session: Session, actor: Actor, case: HandoffCase) -> list[SimilarCase]:
    """Return up to three resolved cases, the likest first."""
    if not case.unanswered.strip():
        return []
    asked = set(buckets(case.unanswered).tolist())
    query = (
        select(HandoffCase)
        .where(HandoffCase.state == CLOSED, HandoffCase.id != case.id, HandoffCase.resolution != "")
        .where(competence_filter(actor), HandoffCase.domain.in_(["", case.domain]))
        .order_by(HandoffCase.closed_at.desc())
        .limit(LOOKED_AT)
    )
    weighed = [(_shared(asked, other.unanswered), other) for other in session.scalars(query)]
    likest = sorted((one for one in weighed if one[0] >= ALIKE), key=lambda one: -one[0])
    return [
        SimilarCase(other.id, other.case_no, other.unanswered, other.resolution)
        for _, other in likest[:MOST_SHOWN]
    ]


def _shared(asked: set[int], text: str) -> float:
    held = set(buckets(text).tolist()) if text.strip() else set()
    return len(asked & held) / len(asked | held) if held else 0.0
