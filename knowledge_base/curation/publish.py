"""How released versions come into the knowledge base and leave it: as FAQ texts with days of their own.

A version begins on the day it takes effect and ends on the day another one begins or it is retired; the
search holds every question to its day, so nothing has to happen on the day itself. An entry of the shipped
files with the same id ends where the curated one begins.
"""

import hashlib
import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge_base.curation.content import LANGUAGES, EntryContent
from knowledge_base.curation.models import CuratedEntry, CuratedVersion
from knowledge_base.curation.states import State
from knowledge_base.models import DocumentVersion, Passage, SourceDocument
from knowledge_base.passages import store
from knowledge_base.passages.standing import CURRENT, REPEALED, REPLACED
from knowledge_base.sources.base import Assembler, ParsedDocument, passage

ORIGIN = "curated"


def document(key: str, content: EntryContent, effective_from: date) -> ParsedDocument:
    """Return an entry as a text of the knowledge base, one passage a language."""
    assembler = Assembler()
    for language in LANGUAGES:
        assembler.skip(content.question[language])
        assembler.add(
            passage(
                content.answer[language],
                title=content.question[language],
                language=language,
                basis=content.basis,
                service_item_code=content.service_item_code,
                search_texts=content.similar[language],
                data={
                    "id": key,
                    "topic": content.topic,
                    "negative": list(content.negative[language]),
                    "verified": True,
                },
            )
        )
    return ParsedDocument(
        "faq", key, assembler.text, tuple(assembler.passages), effective_from=effective_from
    )


def publish(session: Session, entry: CuratedEntry, version: CuratedVersion) -> None:
    """Bring a released version in."""
    assert version.effective_from is not None
    parsed = document(entry.key, EntryContent.of(version.content), version.effective_from)
    digest = hashlib.sha256(json.dumps([store.content_digest(parsed), version.id]).encode()).hexdigest()
    store.save(
        session,
        parsed,
        sha256=digest,
        import_digest=digest,
        origin={"set": ORIGIN, "entry": entry.id, "version": version.number},
    )
    end_shipped(session)


def withdraw(session: Session, key: str, on: date) -> None:
    """End what an entry brought in on a day; what would begin later never does."""
    held = session.scalars(
        select(DocumentVersion)
        .join(SourceDocument)
        .where(SourceDocument.kind == "faq", SourceDocument.title == key, DocumentVersion.status == CURRENT)
    )
    for version in held:
        if version.in_force_from and version.in_force_from >= on:
            version.status = REPLACED
        else:
            version.status, version.repealed_on = REPEALED, on
    end_shipped(session)


def end_shipped(session: Session) -> None:
    """Let the shipped entries end where curation took their place; called again when they are read anew."""
    ends: dict[str, date] = {}
    rows = session.execute(
        select(CuratedEntry.key, CuratedVersion)
        .join(CuratedVersion, CuratedVersion.entry_id == CuratedEntry.id)
        .where(CuratedVersion.state.in_((State.RELEASED, State.RETIRED)))
    )
    for key, version in rows:
        day = version.effective_from or version.retires_on
        if day:
            ends[key] = min(day, ends.get(key, day))
    shipped = session.execute(
        select(Passage, DocumentVersion.origin)
        .join(DocumentVersion, Passage.version_id == DocumentVersion.id)
        .join(SourceDocument, DocumentVersion.document_id == SourceDocument.id)
        .where(SourceDocument.kind == "faq", DocumentVersion.status == CURRENT)
    )
    for found, origin in shipped:
        if origin.get("set") != ORIGIN:
            key = str(found.data.get("id", ""))
            found.repealed_on, found.repealed_by = ends.get(key), key if key in ends else ""
