"""Questions become candidates: what nobody answered, what did not help, what staff answered.

A source is taken in once, by its own id. Only what was said in a conversation counts: what a command line, a
measurement or a suggestion for staff asked is nobody's question.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.database import is_duplicate, reading, transaction
from core.ids import new_id
from core.privacy.service import classification_mark, mask_text
from core.text import visible
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.embedding.base import Floats
from knowledge_base.improvement.clustering import Clusters, most_typical, vectors
from knowledge_base.improvement.models import CandidateQuestion, KnowledgeCandidate
from knowledge_base.improvement.opening import CANDIDATE, Subject, open_task
from knowledge_base.improvement.settings import clustering_settings
from knowledge_base.models import AnswerFeedback, AnswerTrace
from knowledge_base.passages.views import provision_key

log = structlog.get_logger(__name__)
TRACE, OUTSIDE, FEEDBACK, CASE = "trace", "outside", "feedback", "case"
OPEN, DRAFTED, ANSWERED, DISMISSED = "open", "drafted", "answered", "dismissed"
KIND_OF = {AnswerStatus.NO_SOURCE.value: TRACE, AnswerStatus.OUT_OF_SCOPE.value: OUTSIDE}
MOST_CHARACTERS = 2000
BATCH = 500
TYPICAL_OF = 200


@dataclass(frozen=True)
class Source:
    """An answer that was none or did not help; ``trace_id`` is that answer's."""

    kind: str
    id: str
    trace_id: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it was asked; ``answer`` and ``replies`` are what staff said to it."""

    source_kind: str
    source_id: str
    text: str
    language: str
    asked_at: datetime
    conversation_id: str = ""
    answer: str = ""
    replies: str = ""
    basis: tuple[str, ...] = ()


def not_gathered(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that a source's id was not taken in yet."""
    return ~exists().where(CandidateQuestion.source_id == column)


def waiting() -> list[Source]:
    """Return the answers that were none, and those that did not help, that were not taken in yet."""
    unanswered = select(AnswerTrace.id, AnswerTrace.status).where(
        AnswerTrace.status.in_(KIND_OF), AnswerTrace.question != "", not_gathered(AnswerTrace.id)
    )
    useless = (
        select(AnswerFeedback.id, AnswerFeedback.trace_id)
        .join(AnswerTrace, AnswerTrace.id == AnswerFeedback.trace_id)
        .where(~AnswerFeedback.is_useful, AnswerTrace.question != "", not_gathered(AnswerFeedback.id))
    )
    with reading() as session:
        traces = [Source(KIND_OF[status], one, one) for one, status in session.execute(unanswered)]
        return traces + [Source(FEEDBACK, one, trace) for one, trace in session.execute(useless)]


def gather(asked_in: Mapping[Source, str]) -> int:
    """Take in answers that conversations got; return how many.

    Args:
        asked_in: the conversation of each source.
    """
    taken, sources = 0, list(asked_in)
    for start in range(0, len(sources), BATCH):
        part = sources[start : start + BATCH]
        with reading() as session:
            wanted = select(AnswerTrace).where(AnswerTrace.id.in_([one.trace_id for one in part]))
            traces = {trace.id: trace for trace in session.scalars(wanted)}
        found = [(one, traces[one.trace_id]) for one in part if one.trace_id in traces]
        taken += take_in([_question(one, trace, asked_in[one]) for one, trace in found])
    return taken


def _question(source: Source, trace: AnswerTrace, conversation_id: str) -> AskedQuestion:
    return AskedQuestion(
        source_kind=source.kind,
        source_id=source.id,
        text=trace.question,
        language=trace.language,
        asked_at=trace.answered_at,
        conversation_id=conversation_id,
        basis=tuple(provision_key(one["title"], one["article"]) for one in trace.citations),
    )


def take_in(found: Iterable[AskedQuestion]) -> int:
    """Let questions join the candidates that they are one with, or begin new ones; return how many did.

    Personal data is masked once more; a text with a mark of secrecy is left out. Another process that takes
    in the same at the same time comes first, and the next run finds the rest.
    """
    kept = [one for one in found if one.language in clustering_settings().closest and _kept(one.text)]
    if not kept:
        return 0
    encoded = Encoded()
    encoded.of([_kept(one.text) for one in kept] + _held_questions())
    try:
        with transaction() as session:
            return sum(_take(session, language, kept, encoded) for language in clustering_settings().closest)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        log.info("improvement.gathered_elsewhere", questions=len(kept))
        return 0


class Encoded:
    """Vectors of texts, each made once and before anything is written: loading the encoder takes seconds."""

    def __init__(self) -> None:
        self._found: dict[str, Floats] = {}

    def of(self, texts: Sequence[str]) -> list[Floats]:
        """Return a vector a text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._found]
        if new:
            self._found.update(zip(new, vectors(new), strict=True))
        return [self._found[text] for text in texts]


def _held_questions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(KnowledgeCandidate.question)))


def _kept(text: str) -> str:
    """Return what may be kept of a text."""
    return "" if classification_mark(text) else mask_text(visible(text).strip())[:MOST_CHARACTERS]


def _take(session: Session, language: str, found: Sequence[AskedQuestion], encoded: Encoded) -> int:
    own = [one for one in found if one.language == language]
    ids = [one.source_id for one in own]
    known = set(
        session.scalars(select(CandidateQuestion.source_id).where(CandidateQuestion.source_id.in_(ids))).all()
    )
    new = sorted({one.source_id: one for one in own if one.source_id not in known}.values(), key=_age)
    if not new:
        return 0
    candidates = list(
        session.scalars(select(KnowledgeCandidate).where(KnowledgeCandidate.language == language))
    )
    clusters = _clusters(session, language, candidates, encoded)
    changed: dict[str, KnowledgeCandidate] = {}
    for one, vector in zip(new, encoded.of([_kept(one.text) for one in new]), strict=True):
        text = _kept(one.text)
        places = clusters.found(text, vector)
        joined = next((place for place in places if _may_join(candidates[place], one)), None)
        if joined is None:
            candidates.append(_begin(session, one, text))
            clusters.add(text, len(candidates) - 1, vector)
        else:
            clusters.name(text, joined)
        row = candidates[-1 if joined is None else joined]
        changed[row.id] = row
        session.add(_row(one, text, row.id))
    session.flush()
    for row in changed.values():
        recount(session, row)
    return len(new)


def _age(one: AskedQuestion) -> tuple[datetime, str]:
    return one.asked_at, one.source_id


def _clusters(
    session: Session, language: str, candidates: Sequence[KnowledgeCandidate], encoded: Encoded
) -> Clusters:
    clusters = Clusters(language)
    if not candidates:
        return clusters
    places = {row.id: place for place, row in enumerate(candidates)}
    found = encoded.of([row.question for row in candidates])
    for place, row in enumerate(candidates):
        clusters.add(row.question, place, found[place])
    wordings = (
        select(CandidateQuestion.candidate_id, CandidateQuestion.text)
        .join(KnowledgeCandidate, KnowledgeCandidate.id == CandidateQuestion.candidate_id)
        .where(KnowledgeCandidate.language == language)
        .distinct()
    )
    for candidate_id, text in session.execute(wordings):
        clusters.name(text, places[candidate_id])
    return clusters


def _may_join(row: KnowledgeCandidate, one: AskedQuestion) -> bool:
    """Whoever still asks after the answer was released is not helped by it: that is a new candidate."""
    return row.state != ANSWERED or (row.decided_at is not None and one.asked_at <= row.decided_at)


def _begin(session: Session, one: AskedQuestion, text: str) -> KnowledgeCandidate:
    row = KnowledgeCandidate(
        id=new_id("cand"),
        language=one.language,
        question=text,
        state=OPEN,
        count=0,
        first_at=one.asked_at,
        last_at=one.asked_at,
    )
    session.add(row)
    session.flush()
    return row


def _row(one: AskedQuestion, text: str, candidate_id: str) -> CandidateQuestion:
    return CandidateQuestion(
        source_id=one.source_id,
        source_kind=one.source_kind,
        candidate_id=candidate_id,
        conversation_id=one.conversation_id,
        text=text,
        answer=_kept(one.answer),
        replies=_kept(one.replies),
        basis=list(dict.fromkeys(one.basis)),
        asked_at=one.asked_at,
    )


def recount(session: Session, row: KnowledgeCandidate) -> None:
    """Set a candidate's figures and its most typical question; one asked often opens a task.

    What is no business of the authority is listed for whoever decides so, and calls for nobody.
    """
    wanted = select(CandidateQuestion).where(CandidateQuestion.candidate_id == row.id)
    asked = list(session.scalars(wanted.order_by(CandidateQuestion.asked_at.desc())))
    if not asked:
        return
    row.count = len({one.conversation_id or one.source_id for one in asked})
    row.first_at, row.last_at = asked[-1].asked_at, asked[0].asked_at
    if row.state == OPEN:
        row.question = most_typical([one.text for one in asked[:TYPICAL_OF]])
        is_ours = any(one.source_kind != OUTSIDE for one in asked)
        if is_ours and row.count >= clustering_settings().often:
            open_task(session, Subject(CANDIDATE, row.id))
