"""How well a document's source is known, and what follows: none of a lesser source takes a law's place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.content import read_yaml
from knowledge_base.models import DocumentVersion, SourceDocument
from knowledge_base.passages import standing, store
from knowledge_base.sources.base import ParsedDocument, SourceFile
from knowledge_base.sources.places import DATA

LOW, UNSTATED, STATED = 0, 1, 2
SHORTEST_COPY = 120  # characters: shorter texts are alike by chance
DOUBTED_SOURCE, LESSER_SOURCE, CONFLICT, DUPLICATE = (
    "doubted_source",
    "lesser_source",
    "conflict",
    "duplicate",
)


@dataclass(frozen=True)
class Doubt:
    """Why a law's text must wait for a person's word, and the file or title that it is at odds with."""

    reason: str
    other: str = ""


@lru_cache(maxsize=1)
def _patterns() -> Mapping[str, re.Pattern[str]]:
    loaded: dict[str, list[str]] = read_yaml(DATA / "trust.yml")
    return {name: re.compile("|".join(_inline(p) for p in patterns)) for name, patterns in loaded.items()}


def _inline(pattern: str) -> str:
    return f"(?i:{pattern.removeprefix('(?i)')})" if pattern.startswith("(?i)") else pattern


def trust_of(document: ParsedDocument, source: SourceFile) -> int:
    """Return how well a document's source is known: ``LOW``, ``UNSTATED`` or ``STATED``."""
    told = "\n".join(
        [document.url, *(source.provenance.get(name, "") for name in ("repository", "path", "note", "url"))]
    )
    patterns = _patterns()
    if patterns["low"].search(told):
        return LOW
    is_stated = patterns["stated"].search(told) or source.provenance.get("repository")
    return STATED if is_stated else UNSTATED


def doubt(session: Session, document: ParsedDocument, source: SourceFile, trust: int) -> Doubt | None:
    """Return why a law's text must wait for a person's word; None where nothing speaks against it.

    ``doubted_source``: it comes from a forum or the like. ``lesser_source``: the law is held from a source
    that is better known. ``conflict``: another file gave this law, of this date, other words. ``duplicate``:
    these very words are held under another name.
    """
    if document.kind != "law":
        return None
    if trust == LOW:
        return Doubt(DOUBTED_SOURCE, document.url or source.provenance.get("note", ""))
    others = [v for v in _held(session, document) if v.origin.get("file") != source.name]
    better = next((v for v in others if v.trust > trust), None)
    if better:
        return Doubt(LESSER_SOURCE, str(better.origin.get("file", "")))
    dates = (store.in_force_from(document), document.issued_on)
    words = store.words_digest(document)
    twins = (v for v in others if (v.in_force_from, v.issued_on) == dates and v.trust == trust)
    twin = next((v for v in twins if v.words_sha256 not in ("", words)), None)
    if twin:
        return Doubt(CONFLICT, str(twin.origin.get("file", "")))
    copied = _copied_from(session, document, words)
    return Doubt(DUPLICATE, copied) if copied else None


def _held(session: Session, document: ParsedDocument) -> list[DocumentVersion]:
    row = store.document_row(session, document)
    return [v for v in row.versions if v.status in standing.INDEXED] if row else []


def _copied_from(session: Session, document: ParsedDocument, words: str) -> str:
    if sum(len(passage.text) for passage in document.passages) < SHORTEST_COPY:
        return ""
    known = session.scalars(
        select(SourceDocument.title)
        .join(DocumentVersion)
        .where(
            DocumentVersion.words_sha256 == words,
            DocumentVersion.status.in_(standing.INDEXED),
            SourceDocument.kind == document.kind,
            SourceDocument.province == document.province,
            SourceDocument.title != document.title[:200],
        )
    )
    return known.first() or ""
