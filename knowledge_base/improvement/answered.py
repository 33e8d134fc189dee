"""What was released for a candidate, and who has to be told."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.blocks import Block, paragraph
from core.database import reading, transaction
from i18n.service import content_language
from knowledge_base.answering.beside import beside
from knowledge_base.answering.quoting import quote
from knowledge_base.answering.views import Citation
from knowledge_base.curation import checks
from knowledge_base.curation.content import EntryContent, is_provision
from knowledge_base.curation.models import CuratedVersion
from knowledge_base.curation.states import State
from knowledge_base.improvement.gathering import ANSWERED, DRAFTED, OPEN
from knowledge_base.improvement.models import CandidateQuestion, KnowledgeCandidate
from knowledge_base.passages.labels import article_name
from knowledge_base.passages.views import split_provision

MOST = 500
MAX_QUOTE = 420


@dataclass(frozen=True)
class Untold:
    """A conversation whose question is answered by now and that has not been told."""

    candidate_id: str
    conversation_id: str


def settle() -> int:
    """Note which candidates are answered by an entry in force; one whose draft was dropped is open again.

    Returns:
        How many candidates changed.
    """
    latest = (
        select(CuratedVersion.entry_id, func.max(CuratedVersion.number).label("number"))
        .group_by(CuratedVersion.entry_id)
        .subquery()
    )
    wanted = (
        select(KnowledgeCandidate, CuratedVersion)
        .join(CuratedVersion, CuratedVersion.entry_id == KnowledgeCandidate.entry_id)
        .join(latest, (latest.c.entry_id == CuratedVersion.entry_id))
        .where(KnowledgeCandidate.state == DRAFTED, latest.c.number == CuratedVersion.number)
    )
    with reading() as session:
        if session.execute(wanted.limit(1)).first() is None:
            return 0
    changed = 0
    with transaction() as session:
        for row, version in session.execute(wanted.with_for_update(of=KnowledgeCandidate)):
            if _in_force(session, row.entry_id) is not None:
                row.state = ANSWERED
            elif version.state == State.RETIRED and version.effective_from is None:
                row.state, row.entry_id = OPEN, ""
            else:
                continue
            changed += 1
            row.decided_at = clock.now()
            record(
                session,
                actor_id="",
                action=f"candidate.{row.state}",
                subject_type="knowledge_candidate",
                subject_id=row.id,
                data={"entry_id": row.entry_id},
            )
    return changed


def _in_force(session: Session, entry_id: str) -> CuratedVersion | None:
    """Return the version that answers today; a released one ends where a later one begins."""
    today = clock.today()
    wanted = (
        select(CuratedVersion)
        .where(
            CuratedVersion.entry_id == entry_id,
            CuratedVersion.state.in_((State.RELEASED, State.RETIRED)),
            CuratedVersion.effective_from <= today,
        )
        .order_by(CuratedVersion.number.desc())
    )
    found = session.scalars(wanted.limit(1)).first()
    is_ended = found is not None and found.retires_on is not None and found.retires_on <= today
    return None if is_ended else found


def untold() -> list[Untold]:
    """Return the conversations that have to be told, the longest waiting first."""
    wanted = (
        select(CandidateQuestion.candidate_id, CandidateQuestion.conversation_id)
        .join(KnowledgeCandidate, KnowledgeCandidate.id == CandidateQuestion.candidate_id)
        .where(
            KnowledgeCandidate.state == ANSWERED,
            CandidateQuestion.told_at.is_(None),
            CandidateQuestion.conversation_id != "",
        )
        .group_by(CandidateQuestion.candidate_id, CandidateQuestion.conversation_id)
        .order_by(func.min(CandidateQuestion.asked_at))
        .limit(MOST)
    )
    with reading() as session:
        return [Untold(candidate, conversation) for candidate, conversation in session.execute(wanted)]


def mark_told(session: Session, one: Untold) -> str:
    """Note in the caller's transaction that a conversation is told; return its question, "" if it was told.

    The caller holds the conversation, so that of two processes one comes second and finds it done.
    """
    wanted = select(CandidateQuestion).where(
        CandidateQuestion.candidate_id == one.candidate_id,
        CandidateQuestion.conversation_id == one.conversation_id,
    )
    rows = list(session.scalars(wanted.execution_options(populate_existing=True)))
    if not rows or any(row.told_at for row in rows):
        for row in rows:
            row.told_at = row.told_at or clock.now()
        return ""
    for row in rows:
        row.told_at = clock.now()
    return max(rows, key=lambda row: row.asked_at).text


def answer_blocks(session: Session, candidate_id: str, locale: str) -> list[Block]:
    """Return the released answer and what it cites in a language; nothing where it is no longer in force."""
    row = session.get_one(KnowledgeCandidate, candidate_id)
    version = _in_force(session, row.entry_id)
    if version is None:
        return []
    content = EntryContent.of(version.content)
    answer = content.answer[content_language(locale)]
    keys = [key for key in content.basis if is_provision(key)]
    cited = [_citation(session, key, answer, locale) for key in keys]
    return [paragraph(answer), *(one.to_block(n) for n, one in enumerate(cited, 1))]


def _citation(session: Session, key: str, focus: str, locale: str) -> Citation:
    law, article = split_provision(key)
    held = checks.standing(session, key)
    if held is None:
        return Citation(
            law,
            article,
            article_name(article, locale),
            status="text_not_held",
            **beside(key, locale, is_held=False),
        )
    label = article_name(article, locale) if content_language(locale) == "en" else held.article_label
    return Citation(
        title=law,
        article=article,
        article_label=label or article_name(article, locale),
        document_number=held.document_number,
        quote=quote(held.text, focus, MAX_QUOTE),
        effective_from=held.effective_from,
        url=held.url,
        passage_id=held.id,
        **beside(key, locale, is_held=True),
    )
