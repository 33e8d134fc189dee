"""Rows of documents, versions and passages: written once; only their standing changes (``standing``)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import clock
from core.ids import new_id
from knowledge_base.models import DocumentVersion, Passage, SourceDocument
from knowledge_base.passages.standing import CURRENT, INDEXED, QUARANTINED, REPEALED, REPLACED, order_versions
from knowledge_base.passages.views import SEARCHED_KINDS, PassageView
from knowledge_base.sources.base import ParsedDocument

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"
_BATCH = 400
_LATER_FIELDS = ("partial_repeals", "applies_from")  # where empty, a digest made before they existed stands


def content_digest(document: ParsedDocument) -> str:
    """Return the hash of all that a document says."""
    said = _told(asdict(document))
    said["passages"] = [_told(passage) for passage in said["passages"]]
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value or name not in _LATER_FIELDS}


def words_digest(document: ParsedDocument) -> str:
    """Return the hash of a document's citable words alone, whatever it is called and dated."""
    words = "\n".join(passage.text for passage in document.passages)
    return hashlib.sha256("".join(words.split()).encode()).hexdigest()


def save(
    session: Session,
    document: ParsedDocument,
    *,
    sha256: str,
    import_digest: str,
    origin: dict[str, Any],
    trust: int = 1,
    held_back: str = "",
) -> str:
    """Store a document as a new version unless it says nothing new.

    Args:
        session: the caller's transaction.
        document: what was read.
        sha256: hash of the file.
        import_digest: hash of the file, its place and the parser, by which an unchanged file is skipped.
        origin: provenance: file, repository, commit, path, note.
        trust: how well its source is known.
        held_back: why it must wait for a person's word; it is kept, and found by no search.

    Returns:
        ``added``, ``changed`` or ``unchanged``.
    """
    digest = content_digest(document)
    row = _document_row(session, document, is_held_back=bool(held_back))
    same = next((v for v in row.versions if v.content_sha256 == digest and v.status != REPLACED), None)
    if same:
        same.import_digest = import_digest
        same.words_sha256, same.trust = words_digest(document), max(trust, same.trust)
        return UNCHANGED if held_back or same.status != QUARANTINED else _let_in(row, same)
    is_first = not row.versions
    version = _version(document, row, sha256, digest, import_digest, origin)
    version.words_sha256, version.trust = words_digest(document), trust
    if held_back:
        version.status, version.held_back = QUARANTINED, held_back
    row.versions.append(version)
    session.flush()
    session.add_all(_passages(document, version.id))
    order_versions(row)
    return ADDED if is_first else CHANGED


def _let_in(row: SourceDocument, version: DocumentVersion) -> str:
    version.status, version.held_back = CURRENT, ""
    order_versions(row)
    return CHANGED


def _fitting(column: InstrumentedAttribute[str], value: str) -> str:
    """Cut a value to its column's length (a title of hundreds of characters is a heading gone wrong)."""
    length: int | None = column.property.columns[0].type.length
    return value[:length]


def document_row(session: Session, document: ParsedDocument) -> SourceDocument | None:
    """Return the row of the document that a text is a version of, None where none is held."""
    return session.scalars(
        select(SourceDocument).where(
            SourceDocument.kind == document.kind,
            SourceDocument.title == _fitting(SourceDocument.title, document.title),
            SourceDocument.province == document.province,
        )
    ).first()


def _document_row(session: Session, document: ParsedDocument, *, is_held_back: bool) -> SourceDocument:
    row = document_row(session, document)
    if row is not None and is_held_back:
        return row
    if row is None:
        row = SourceDocument(
            id=new_id("doc"),
            kind=document.kind,
            title=_fitting(SourceDocument.title, document.title),
            province=document.province,
            created_at=clock.now(),
        )
        session.add(row)
    row.level = _fitting(SourceDocument.level, document.level)
    row.authority = _fitting(SourceDocument.authority, document.authority)
    return row


def _version(
    document: ParsedDocument,
    row: SourceDocument,
    sha256: str,
    content_sha256: str,
    import_digest: str,
    origin: dict[str, Any],
) -> DocumentVersion:
    return DocumentVersion(
        id=new_id("ver"),
        number=max((v.number for v in row.versions), default=0) + 1,
        status=REPEALED if document.is_repealed else CURRENT,
        document_number=_fitting(DocumentVersion.document_number, document.document_number),
        issued_on=document.issued_on,
        effective_from=document.effective_from,
        in_force_from=in_force_from(document),
        repealed_on=document.repealed_on,
        repeals=list(document.repeals),
        partial_repeals=[dict(item) for item in document.partial_repeals],
        url=document.url,
        licence=_fitting(DocumentVersion.licence, document.licence),
        origin=origin,
        sha256=sha256,
        content_sha256=content_sha256,
        import_digest=import_digest,
        retrieved_at=clock.now(),
        text=document.text,
    )


def in_force_from(document: ParsedDocument) -> date | None:
    """Return the first day of this wording: the later of issue and effect.

    Where both are unknown, the first day of the year of the document's number.
    """
    known = [day for day in (document.issued_on, document.effective_from) if day]
    year = document.document_number.partition("年")[0][-4:]
    return max(known) if known else date(int(year), 1, 1) if year.isdecimal() else None


def _passages(document: ParsedDocument, version_id: str) -> list[Passage]:
    rows = []
    for position, parsed in enumerate(document.passages):
        fields = asdict(parsed)
        for name in ("heading_path", "blocks", "basis", "search_texts"):
            fields[name] = list(fields[name])
        for column in (Passage.title, Passage.article_label):
            fields[column.key] = _fitting(column, fields[column.key])
        rows.append(Passage(id=new_id("pas"), version_id=version_id, position=position, **fields))
    return rows


def is_imported(session: Session, import_digest: str) -> bool:
    """Whether this very file was read before, by this parser, from this place, and still stands."""
    known = select(DocumentVersion.id).where(
        DocumentVersion.import_digest == import_digest, DocumentVersion.status != REPLACED
    )
    return session.scalar(known.limit(1)) is not None


def retire_missing(session: Session, kind: str, origin: str, titles: Iterable[str]) -> None:
    """Take out of the index what a complete set brought in earlier and no longer holds."""
    kept = set(titles)
    rows = session.execute(
        select(DocumentVersion, SourceDocument)
        .join(SourceDocument)
        .where(SourceDocument.kind == kind, DocumentVersion.status.in_(INDEXED))
    )
    for version, document in rows:
        if version.origin.get("set") == origin and document.title not in kept:
            version.status = REPLACED


_SHOWN = (
    Passage.id,
    SourceDocument.id.label("document_id"),
    DocumentVersion.id.label("version_id"),
    SourceDocument.kind,
    SourceDocument.title,
    SourceDocument.level,
    DocumentVersion.status,
    DocumentVersion.sha256,
    Passage.text,
    Passage.language,
    Passage.title.label("heading"),
    DocumentVersion.document_number,
    SourceDocument.authority,
    SourceDocument.province,
    DocumentVersion.issued_on,
    DocumentVersion.effective_from,
    DocumentVersion.in_force_from,
    DocumentVersion.repealed_on,
    DocumentVersion.replaced_by,
    DocumentVersion.url,
    DocumentVersion.licence,
    Passage.article,
    Passage.article_label,
    Passage.heading_path,
    Passage.blocks,
    Passage.basis,
    Passage.service_item_code,
    Passage.aspect,
    Passage.search_texts,
    Passage.data,
    Passage.applies_from,
    Passage.worded_since,
    Passage.repealed_on.label("article_repealed_on"),
    Passage.repealed_by,
)  # columns, not objects: all passages are read at each build of the index
_LISTS = ("heading_path", "blocks", "basis", "search_texts")


def _selected() -> Select[Any]:
    return (
        select(*_SHOWN)
        .join(DocumentVersion, Passage.version_id == DocumentVersion.id)
        .join(SourceDocument, DocumentVersion.document_id == SourceDocument.id)
    )


def _view(row: Row[Any]) -> PassageView:
    fields = dict(row._mapping)
    begins, ends, ended_by = (
        fields.pop(name) for name in ("applies_from", "article_repealed_on", "repealed_by")
    )
    fields["worded_since"] = fields["worded_since"] or fields["in_force_from"]
    if begins:
        fields["in_force_from"] = max(begins, fields["in_force_from"] or begins)
    if ends and (fields["repealed_on"] is None or ends < fields["repealed_on"]):
        fields["repealed_on"], fields["replaced_by"] = ends, ended_by
        fields["status"] = REPEALED if ends <= clock.today() else fields["status"]
    return PassageView(**{**fields, **{name: tuple(fields[name]) for name in _LISTS}})


def views(session: Session, ids: Sequence[str]) -> dict[str, PassageView]:
    """Return passages with their provenance by id."""
    found: dict[str, PassageView] = {}
    for start in range(0, len(ids), _BATCH):
        rows = session.execute(_selected().where(Passage.id.in_(ids[start : start + _BATCH])))
        found |= {row.id: _view(row) for row in rows}
    return found


def indexed_passages(session: Session, *, kinds: Sequence[str] = SEARCHED_KINDS) -> list[PassageView]:
    """Return every passage that belongs in the index, in a stable order; of some kinds alone where asked."""
    rows = session.execute(
        _selected()
        .where(DocumentVersion.status.in_(INDEXED), SourceDocument.kind.in_(kinds))
        .order_by(SourceDocument.kind, SourceDocument.title, DocumentVersion.number, Passage.position)
    )
    return [_view(row) for row in rows]


def find_provisions(session: Session, law: str, article: str) -> list[PassageView]:
    """Return the indexed versions of one article, the current one first."""
    rows = session.execute(
        _selected()
        .where(
            SourceDocument.kind == "law",
            SourceDocument.title == law,
            Passage.article == article,
            DocumentVersion.status.in_(INDEXED),
        )
        .order_by(DocumentVersion.number.desc())
    )
    found = [_view(row) for row in rows]
    return sorted(found, key=lambda v: v.status != CURRENT)


def law_titles(session: Session) -> frozenset[str]:
    """Return the names of all laws held."""
    held = (
        select(SourceDocument.title)
        .join(DocumentVersion)
        .where(SourceDocument.kind == "law", DocumentVersion.status.in_(INDEXED))
    )
    return frozenset(session.scalars(held))


def versions_of(session: Session, law: str) -> list[tuple[date | None, list[PassageView]]]:
    """Return the articles of each version of a law with the day from which it applies, the oldest first."""
    rows = session.execute(
        _selected()
        .where(SourceDocument.kind == "law", SourceDocument.title == law, DocumentVersion.status.in_(INDEXED))
        .order_by(DocumentVersion.number, Passage.position)
    )
    found: dict[str, list[PassageView]] = {}
    for row in rows:
        found.setdefault(row.version_id, []).append(_view(row))
    held = [(articles[0].in_force_from, articles) for articles in found.values()]
    return sorted(held, key=lambda version: version[0] or date.min)
