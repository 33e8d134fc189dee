"""The regression question that comes with an entry: it joins the set when the entry is released.

An entry that was made from people's questions cannot be released without one.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import InvalidInput
from core.ids import new_id
from knowledge_base.curation import checks, regression
from knowledge_base.curation.content import MAX_QUESTION, clean, is_provision
from knowledge_base.curation.models import CuratedEntry, RegressionQuestion
from knowledge_base.curation.regression import Asked
from knowledge_base.passages import store

CANDIDATE = "candidate"


def checked(session: Session, asked: Asked, *, own_key: str = "") -> Asked:
    """Return a question as it is stored.

    Args:
        own_key: of the entry that it comes with, which need not be held yet.

    Raises:
        InvalidInput: a part is missing, or nothing of the expected name is held.
    """
    text, expected = clean(asked.text)[:MAX_QUESTION], clean(asked.expected)
    if not text or not expected or asked.language not in regression.LOCALES:
        raise InvalidInput("knowledge_base.curation.question_incomplete")
    if expected != own_key and not _is_held(session, expected):
        raise InvalidInput("knowledge_base.curation.expected_unknown", expected=expected)
    return Asked(text, asked.language, expected)


def _is_held(session: Session, expected: str) -> bool:
    if is_provision(expected):
        return checks.standing(session, expected) is not None
    return any(one.data.get("id") == expected for one in store.indexed_passages(session, kinds=("faq",)))


def row_of(asked: Asked, actor_id: str, *, entry_id: str = "") -> RegressionQuestion:
    """Return a new row of the set; one that comes with an entry waits for its release."""
    return RegressionQuestion(
        id=new_id("reg"),
        text=asked.text,
        language=asked.language,
        expected=asked.expected,
        added_by=actor_id,
        added_at=clock.now(),
        entry_id=entry_id,
        is_waiting=bool(entry_id),
    )


def attach_question(session: Session, entry: CuratedEntry, asked: Asked, actor_id: str) -> None:
    """Set the question that comes with an entry; once that is released, its question stays as it is.

    Raises:
        InvalidInput: a part is missing, or nothing of the expected name is held.
    """
    kept = checked(session, asked, own_key=entry.key)
    held = _row(session, entry.id)
    if held is None:
        session.add(row_of(kept, actor_id, entry_id=entry.id))
    elif held.is_waiting:
        held.text, held.language, held.expected = kept.text, kept.language, kept.expected


def question_of(session: Session, entry_id: str) -> Asked | None:
    """Return the question that comes with an entry, None where there is none."""
    row = _row(session, entry_id)
    return Asked(row.text, row.language, row.expected) if row else None


def require_question(session: Session, entry: CuratedEntry) -> None:
    """Refuse the release of an entry made from people's questions that brings no regression question.

    Raises:
        InvalidInput: it brings none.
    """
    if entry.origin == CANDIDATE and _row(session, entry.id) is None:
        raise InvalidInput("knowledge_base.curation.regression_missing")


def join_set(session: Session, entry_id: str) -> None:
    """Let an entry's question join the set."""
    row = _row(session, entry_id)
    if row is not None:
        row.is_waiting = False


def _row(session: Session, entry_id: str) -> RegressionQuestion | None:
    wanted = select(RegressionQuestion).where(RegressionQuestion.entry_id == entry_id)
    return session.scalars(wanted.limit(1)).first()
