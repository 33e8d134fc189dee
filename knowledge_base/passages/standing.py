"""What stands: which version of a text is current, what was superseded, repealed, or waits for a person.

1. ``order_versions`` puts the versions of one document in order of the days on which they begin.
2. ``settle`` follows a run of imports: laws that another law abrogates by name are repealed, and so are
   single articles; articles that a new version left as they were keep the day from which they have their
   words.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from knowledge_base.models import DocumentVersion, Passage, SourceDocument

CURRENT, SUPERSEDED, REPEALED, REPLACED = "current", "superseded", "repealed", "replaced"
QUARANTINED = "quarantined"
INDEXED = (CURRENT, SUPERSEDED, REPEALED)
Held = Sequence[tuple[DocumentVersion, SourceDocument]]


def order_versions(row: SourceDocument) -> None:
    """Say which version is current, which were superseded and when, and which were only corrected.

    A version with the same dates as a later-stored one was a faulty copy of it: ``replaced``.
    """
    standing = [v for v in row.versions if v.status in (CURRENT, SUPERSEDED)]
    by_day: dict[tuple[date | None, date | None], DocumentVersion] = {}
    for version in sorted(standing, key=lambda v: v.number):
        earlier = by_day.get((version.in_force_from, version.issued_on))
        if earlier:
            earlier.status = REPLACED
        by_day[version.in_force_from, version.issued_on] = version
    ordered = sorted(by_day.values(), key=lambda v: (v.in_force_from or date.min, v.number))
    for version, following in zip_longest(ordered, ordered[1:]):
        version.status = SUPERSEDED if following else CURRENT
        if following:
            version.repealed_on = following.in_force_from
    for version in row.versions:
        if version.status == REPEALED:
            _replace_corrected(version, row.versions)


def _replace_corrected(version: DocumentVersion, versions: Sequence[DocumentVersion]) -> None:
    twins = (v for v in versions if v.status == REPEALED and v.number > version.number)
    if any((v.in_force_from, v.issued_on) == (version.in_force_from, version.issued_on) for v in twins):
        version.status = REPLACED


def settle(session: Session) -> int:
    """Bring the standing of all laws and articles in line with what is held.

    Returns:
        How many laws and articles are repealed, or no longer, that were otherwise before.
    """
    rows = session.execute(
        select(DocumentVersion, SourceDocument)
        .join(SourceDocument)
        .where(SourceDocument.kind == "law", DocumentVersion.status.in_(INDEXED))
    )
    held = [(version, document) for version, document in rows]
    marked = _settle_laws(held) + _settle_articles(session, held)
    _settle_wordings(session, held)
    return marked


def _settle_laws(held: Held) -> int:
    by_title: dict[str, list[DocumentVersion]] = defaultdict(list)
    for version, document in held:
        by_title[document.title].append(version)
    marked = 0
    for repealer, source in held:
        for version in (v for title in repealer.repeals for v in by_title.get(title, ())):
            if _is_abrogated_by(version, repealer, repealer.in_force_from):
                marked += version.status != REPEALED
                version.status, version.replaced_by = REPEALED, source.title
                version.repealed_on = repealer.in_force_from
    return marked


def _is_abrogated_by(version: DocumentVersion, repealer: DocumentVersion, ends: date | None) -> bool:
    born = version.in_force_from
    if version.document_id == repealer.document_id or ends is None:
        return False
    return born is None or born < ends


def _settle_articles(session: Session, held: Held) -> int:
    """Mark the articles that a law abrogates one by one; a paragraph alone takes no article away."""
    ended: dict[tuple[str, str], tuple[date, str]] = {}
    for repealer, source in held:
        for item in (item for item in repealer.partial_repeals if not item["part"]):
            day = date.fromisoformat(item["on"]) if item["on"] else repealer.in_force_from
            for version, document in held:
                if document.title == item["law"] and day and _is_abrogated_by(version, repealer, day):
                    known = ended.get((version.id, item["article"]), (date.max, ""))
                    ended[version.id, item["article"]] = min(known, (day, source.title))
    wanted: list[ColumnElement[bool]] = [Passage.repealed_on.is_not(None)]
    if ended:
        wanted.append(Passage.version_id.in_({version_id for version_id, _ in ended}))
    marked = 0
    in_laws = select(Passage).join(DocumentVersion).join(SourceDocument).where(SourceDocument.kind == "law")
    for passage in session.scalars(in_laws.where(or_(*wanted))):
        day_of, by = ended.get((passage.version_id, passage.article), (None, ""))
        marked += passage.repealed_on != day_of
        passage.repealed_on, passage.repealed_by = day_of, by
    return marked


def _settle_wordings(session: Session, held: Held) -> None:
    """Give each article of an amended law the day from which, by what is held, it has its words."""
    versions: dict[str, list[DocumentVersion]] = defaultdict(list)
    for version, _ in held:
        versions[version.document_id].append(version)
    several = [own for own in versions.values() if len(own) > 1]
    texts = _articles(session, [version.id for own in several for version in own])
    for own in several:
        since: dict[str, date | None] = {}
        for version in sorted(own, key=lambda v: (v.in_force_from or date.min, v.number)):
            passages = texts.get(version.id, [])
            since = {p.text: since.get(p.text, version.in_force_from) for p in passages}
            for passage in passages:
                if passage.worded_since != since[passage.text]:
                    passage.worded_since = since[passage.text]


def _articles(session: Session, version_ids: Sequence[str]) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = defaultdict(list)
    for passage in session.scalars(select(Passage).where(Passage.version_id.in_(version_ids))):
        found[passage.version_id].append(passage)
    return found
