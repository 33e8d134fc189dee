"""What the newest version of a law changed, by provision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import InvalidInput, NotAvailable
from knowledge_base.models import DocumentVersion, SourceDocument
from knowledge_base.passages.differences import ADDED, REMOVED, UNCHANGED, diff_versions
from knowledge_base.passages.standing import INDEXED
from knowledge_base.passages.store import versions_of
from knowledge_base.passages.views import provision_key

LATELY = timedelta(days=400)


@dataclass(frozen=True)
class ChangedLaw:
    """A law of which a newer version came in lately."""

    document_id: str
    version_id: str
    law: str
    applies_from: date | None
    came_on: date


@dataclass(frozen=True)
class ChangedProvision:
    """One provision that changed: ``keys`` name it by its number before and now (``law#article``)."""

    kind: str
    older: str
    newer: str
    keys: tuple[str, ...]
    segments: tuple[tuple[str, str], ...]


def changed_laws(session: Session) -> list[ChangedLaw]:
    """Return laws with more than one version whose newest came in lately, that first."""
    several = (
        select(DocumentVersion.document_id, func.max(DocumentVersion.number).label("number"))
        .where(DocumentVersion.status.in_(INDEXED))
        .group_by(DocumentVersion.document_id)
        .having(func.count() > 1)
        .subquery()
    )
    query = (
        select(SourceDocument, DocumentVersion)
        .join(several, several.c.document_id == SourceDocument.id)
        .join(
            DocumentVersion,
            (DocumentVersion.document_id == SourceDocument.id) & (DocumentVersion.number == several.c.number),
        )
        .where(SourceDocument.kind == "law", DocumentVersion.retrieved_at >= clock.now() - LATELY)
        .order_by(DocumentVersion.retrieved_at.desc(), SourceDocument.title)
    )
    return [
        ChangedLaw(
            document.id,
            version.id,
            document.title,
            version.in_force_from,
            version.retrieved_at.astimezone(clock.CHINA).date(),
        )
        for document, version in session.execute(query)
    ]


def changed_law(session: Session, document_id: str) -> ChangedLaw:
    """Return one of them.

    Raises:
        NotAvailable: it is none.
    """
    found = next((one for one in changed_laws(session) if one.document_id == document_id), None)
    if found is None:
        raise NotAvailable
    return found


def changed_provisions(session: Session, law: str) -> list[ChangedProvision]:
    """Return what the newest version changed against the one before, in the law's order."""
    try:
        difference = diff_versions(session, law)
    except InvalidInput:
        return []
    numbers: list[dict[str, str]] = [
        {one.article_label or one.heading: one.article for one in articles}
        for _, articles in versions_of(session, difference.law)[-2:]
    ]
    return [
        ChangedProvision(
            one.kind, one.older, one.newer, _keys(difference.law, one.older, one.newer, numbers), one.segments
        )
        for one in difference.articles
        if one.kind != UNCHANGED
    ]


def _keys(law: str, older: str, newer: str, numbers: Sequence[dict[str, str]]) -> tuple[str, ...]:
    found = (numbers[0].get(older, ""), numbers[1].get(newer, ""))
    return tuple(dict.fromkeys(provision_key(law, number) for number in found if number))


__all__ = [
    "ADDED",
    "REMOVED",
    "ChangedLaw",
    "ChangedProvision",
    "changed_law",
    "changed_laws",
    "changed_provisions",
]
