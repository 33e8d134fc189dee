"""What a policy demands, as items with days: suggested from the text, written and ended by editors.

The machine finds sentences of duty that name a day (``by`` a day, ``from`` a day); an editor puts them in
words in both languages. A requirement that is wrong is withdrawn, never deleted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.content import read_yaml
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from i18n.service import content_language
from knowledge_base.curation.content import clean
from knowledge_base.models import Passage
from knowledge_base.push.models import PolicyRequirement
from knowledge_base.push.tagging import CONFIRMED, current_version, find_document, require_editor, tags_of
from knowledge_base.push.tags import DATA, known

WITHDRAWN = "withdrawn"
LONGEST = 500


@dataclass(frozen=True)
class Requirement:
    """One requirement as people read it: ``applies_from`` and ``due_on`` where the text names them."""

    id: str
    document_id: str
    article: str
    text: dict[str, str]
    applies_from: date | None
    due_on: date | None
    tags: list[str]

    def words(self, locale: str) -> str:
        """Return what must be done."""
        return self.text[content_language(locale)]


@dataclass(frozen=True)
class Found:
    """A sentence of duty that names a day, as the text has it."""

    article: str
    sentence: str
    applies_from: date | None
    due_on: date | None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, Any]:
    loaded = read_yaml(DATA / "requirements.yml")
    return {
        "duty": re.compile(loaded["duty"]),
        "by": re.compile(loaded["deadlines"]["by"]),
        "from": re.compile(loaded["deadlines"]["from"]),
        "sentence": re.compile(loaded["sentence"]),
    }


def found_in(article: str, text: str) -> Iterator[Found]:
    """Yield the sentences of a provision that lay down a duty with a day."""
    patterns = _patterns()
    for match in patterns["sentence"].finditer(text):
        sentence = match.group().strip()
        by, since = _day(patterns["by"], sentence), _day(patterns["from"], sentence)
        if (by or since) and patterns["duty"].search(sentence):
            yield Found(article, sentence, since, by)


def _day(pattern: re.Pattern[str], sentence: str) -> date | None:
    match = pattern.search(sentence)
    if match is None:
        return None
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def suggest_requirements(actor: Actor, document_id: str) -> list[Found]:
    """Return what the current text of a document demands by a day.

    Raises:
        NotAvailable: there is no such document, or the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        row = find_document(session, document_id)
        version = current_version(session, row.id)
        if version is None:
            return []
        wanted = select(Passage.article, Passage.text).where(Passage.version_id == version.id)
        rows = session.execute(wanted.order_by(Passage.position)).all()
    return [found for article, text in rows for found in found_in(article, text)]


def add(
    actor: Actor,
    document_id: str,
    text: dict[str, str],
    *,
    article: str = "",
    applies_from: date | None = None,
    due_on: date | None = None,
    tag_ids: Sequence[str] = (),
) -> str:
    """Keep a requirement; return its id. Without tags of its own it has the document's.

    Raises:
        NotAvailable: there is no such document, or the actor is no editor.
        InvalidInput: a language or both days are missing, the days contradict each other, a tag is unknown,
            or the document has no such article.
    """
    require_editor(actor)
    words = {language: clean(text.get(language, ""))[:LONGEST] for language in ("zh", "en")}
    if not all(words.values()):
        raise InvalidInput("push.requirement_words")
    if applies_from is None and due_on is None:
        raise InvalidInput("push.requirement_day")
    if applies_from and due_on and applies_from > due_on:
        raise InvalidInput("push.requirement_days")
    chosen = known(tuple(tag_ids))
    with transaction() as session:
        row = find_document(session, document_id)
        _check_article(session, row.id, article)
        made = PolicyRequirement(
            id=new_id("req"),
            document_id=row.id,
            article=article,
            text_zh=words["zh"],
            text_en=words["en"],
            applies_from=applies_from,
            due_on=due_on,
            tags=chosen or tags_of(session, row.id),
            state=CONFIRMED,
            written_by=actor.account_id,
            written_at=clock.now(),
            ended_at=None,
        )
        session.add(made)
        _note(session, actor, "requirement.added", made)
        return made.id


def _check_article(session: Session, document_id: str, article: str) -> None:
    version = current_version(session, document_id)
    held = select(Passage.id).where(
        Passage.version_id == (version.id if version else ""), Passage.article == article
    )
    if article and session.scalar(held.limit(1)) is None:
        raise InvalidInput("push.requirement_article")


def withdraw(actor: Actor, requirement_id: str) -> None:
    """End a requirement that is wrong or past.

    Raises:
        NotAvailable: there is none, or the actor is no editor.
        Conflict: it was withdrawn before.
    """
    require_editor(actor)
    with transaction() as session:
        row = session.get(PolicyRequirement, requirement_id)
        if row is None:
            raise NotAvailable
        if row.state == WITHDRAWN:
            raise Conflict("push.requirement_ended")
        row.state, row.ended_by, row.ended_at = WITHDRAWN, actor.account_id, clock.now()
        _note(session, actor, "requirement.withdrawn", row)


def _note(session: Session, actor: Actor, action: str, row: PolicyRequirement) -> None:
    record(
        session,
        actor_id=actor.account_id,
        action=action,
        subject_type="policy_requirement",
        subject_id=row.id,
        data={"document_id": row.document_id, "article": row.article},
    )


def requirements_of(session: Session, document_id: str) -> list[Requirement]:
    """Return the requirements of a document that stand, the soonest day first."""
    wanted = select(PolicyRequirement).where(
        PolicyRequirement.document_id == document_id, PolicyRequirement.state == CONFIRMED
    )
    rows = sorted(session.scalars(wanted), key=lambda r: (r.due_on or r.applies_from or date.max, r.id))
    return [_view(row) for row in rows]


def list_requirements(actor: Actor, document_id: str) -> list[Requirement]:
    """Return the requirements of a document that stand.

    Raises:
        NotAvailable: there is no such document, or the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        return requirements_of(session, find_document(session, document_id).id)


def _view(row: PolicyRequirement) -> Requirement:
    return Requirement(
        id=row.id,
        document_id=row.document_id,
        article=row.article,
        text={"zh": row.text_zh, "en": row.text_en},
        applies_from=row.applies_from,
        due_on=row.due_on,
        tags=list(row.tags),
    )
