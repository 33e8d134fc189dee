"""Tags of documents: suggested by the words of the text, confirmed or refused by an editor.

A suggestion is computed when it is looked at, so a new version of a text or of the vocabulary suggests anew;
what an editor decided stands. A cue in the title counts by itself; in the text it must stand in a good part
of the passages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Actor
from knowledge_base.curation.states import EDITORS
from knowledge_base.models import DocumentVersion, Passage, SourceDocument
from knowledge_base.passages.standing import CURRENT
from knowledge_base.push.models import DocumentTag, PolicyRequirement
from knowledge_base.push.tags import NATIONAL, REGION, known, tags

CONFIRMED, REFUSED = "confirmed", "refused"
TAGGED_KINDS = ("law", "guide", "consultation")
LEAST_SHARE = 0.15
MOST_LISTED = 400


@dataclass(frozen=True)
class Suggestion:
    """A tag that a text suggests: ``cue`` is the word that did, ``share`` of the passages hold it."""

    tag: str
    cue: str
    share: float
    in_title: bool


@dataclass(frozen=True)
class DocumentLine:
    """A document in the list: how many tags are confirmed, how many requirements stand."""

    document_id: str
    kind: str
    title: str
    province: str
    tags: list[str]
    requirements: int


@dataclass(frozen=True)
class TaggedDocument:
    """A document with its tags: decided ones, and suggestions that nobody has decided on."""

    document_id: str
    title: str
    kind: str
    version: int
    confirmed: list[str]
    refused: list[str]
    suggested: list[Suggestion]


def require_editor(actor: Actor) -> None:
    """Refuse whoever is no editor, as if there were nothing.

    Raises:
        NotAvailable: the actor is none.
    """
    if actor.role not in EDITORS:
        raise NotAvailable


def list_documents(actor: Actor, *, text: str = "", tag: str = "") -> list[DocumentLine]:
    """Return the documents that carry tags, by name; of a confirmed tag alone where asked.

    Raises:
        NotAvailable: the actor is no editor.
    """
    require_editor(actor)
    query = select(SourceDocument).where(SourceDocument.kind.in_(TAGGED_KINDS))
    if text.strip():
        query = query.where(SourceDocument.title.contains(text.strip()[:100], autoescape=True))
    if tag:
        holds = select(DocumentTag.document_id).where(DocumentTag.tag == tag, DocumentTag.state == CONFIRMED)
        query = query.where(SourceDocument.id.in_(holds))
    with reading() as session:
        rows = list(
            session.scalars(query.order_by(SourceDocument.kind, SourceDocument.title).limit(MOST_LISTED))
        )
        ids = [row.id for row in rows]
        held = _confirmed(session, ids)
        standing = select(PolicyRequirement.document_id, func.count()).where(
            PolicyRequirement.document_id.in_(ids), PolicyRequirement.state == CONFIRMED
        )
        counts = {
            found: number
            for found, number in session.execute(standing.group_by(PolicyRequirement.document_id))
        }
    return [
        DocumentLine(r.id, r.kind, r.title, r.province, held.get(r.id, []), counts.get(r.id, 0)) for r in rows
    ]


def _confirmed(session: Session, document_ids: Sequence[str]) -> dict[str, list[str]]:
    wanted = select(DocumentTag.document_id, DocumentTag.tag).where(
        DocumentTag.document_id.in_(document_ids), DocumentTag.state == CONFIRMED
    )
    found: dict[str, list[str]] = {}
    for document_id, tag in session.execute(wanted):
        found.setdefault(document_id, []).append(tag)
    return {document_id: [tag for tag in tags() if tag in held] for document_id, held in found.items()}


def tags_of(session: Session, document_id: str) -> list[str]:
    """Return a document's confirmed tags."""
    return _confirmed(session, [document_id]).get(document_id, [])


def get_document(actor: Actor, document_id: str) -> TaggedDocument:
    """Return a document with its tags; ``document_id`` may be its title.

    Raises:
        NotAvailable: there is none, or the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        row = find_document(session, document_id)
        decided = {
            one.tag: one.state
            for one in session.scalars(select(DocumentTag).where(DocumentTag.document_id == row.id))
        }
        version = current_version(session, row.id)
        texts = _texts(session, version)
        return TaggedDocument(
            document_id=row.id,
            title=row.title,
            kind=row.kind,
            version=version.number if version else 0,
            confirmed=[tag for tag in tags() if decided.get(tag) == CONFIRMED],
            refused=[tag for tag in tags() if decided.get(tag) == REFUSED],
            suggested=[s for s in suggest(row.title, row.province, texts) if s.tag not in decided],
        )


def find_document(session: Session, document_id: str) -> SourceDocument:
    """Return a document by id or title.

    Raises:
        NotAvailable: there is none.
    """
    by_title = select(SourceDocument).where(
        SourceDocument.title == document_id, SourceDocument.kind.in_(TAGGED_KINDS)
    )
    found = session.get(SourceDocument, document_id) or session.scalars(by_title).first()
    if found is None:
        raise NotAvailable
    return found


def current_version(session: Session, document_id: str) -> DocumentVersion | None:
    """Return the current version of a document, None where every one is past."""
    wanted = select(DocumentVersion).where(
        DocumentVersion.document_id == document_id, DocumentVersion.status == CURRENT
    )
    return session.scalars(wanted.order_by(DocumentVersion.number.desc())).first()


def _texts(session: Session, version: DocumentVersion | None) -> list[str]:
    if version is None:
        return []
    return list(session.scalars(select(Passage.text).where(Passage.version_id == version.id)))


def suggest(title: str, province: str, texts: Sequence[str]) -> list[Suggestion]:
    """Return the tags that a document's title and passages suggest, in the vocabulary's order."""
    region = f"{REGION}/{province}" if f"{REGION}/{province}" in tags() else NATIONAL
    found = []
    for tag in tags().values():
        if tag.id == region:
            found.append(Suggestion(tag.id, "", 1.0, False))
            continue
        best: Suggestion | None = None
        for cue in tag.cues:
            share = sum(cue in text for text in texts) / len(texts) if texts else 0.0
            one = Suggestion(tag.id, cue, round(share, 3), cue in title)
            if best is None or (one.in_title, one.share) > (best.in_title, best.share):
                best = one
        if best is not None and (best.in_title or best.share >= LEAST_SHARE):
            found.append(best)
    return found


def decide(
    actor: Actor, document_id: str, *, confirm: Sequence[str] = (), refuse: Sequence[str] = ()
) -> None:
    """Keep an editor's word on tags of a document; a later word replaces an earlier one.

    Raises:
        NotAvailable: there is no such document, or the actor is no editor.
        InvalidInput: a tag is not in the vocabulary.
    """
    require_editor(actor)
    wanted = {tag: CONFIRMED for tag in known(tuple(confirm))}
    wanted |= {tag: REFUSED for tag in known(tuple(refuse)) if tag not in wanted}
    with transaction() as session:
        row = find_document(session, document_id)
        suggested = {
            s.tag for s in suggest(row.title, row.province, _texts(session, current_version(session, row.id)))
        }
        changed = {}
        for tag, state in wanted.items():
            held = session.get(DocumentTag, (row.id, tag))
            if held is not None and held.state == state:
                continue
            held = held or DocumentTag(document_id=row.id, tag=tag)
            held.state, held.was_suggested = state, tag in suggested
            held.decided_by, held.decided_at = actor.account_id, clock.now()
            session.add(held)
            changed[tag] = state
        if changed:
            record(
                session,
                actor_id=actor.account_id,
                action="document.tagged",
                subject_type="source_document",
                subject_id=row.id,
                data={"tags": changed},
            )
