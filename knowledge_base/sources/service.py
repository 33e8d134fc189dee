"""Bringing sources in.

1. Files under the paths are walked in name order; read-me and SOURCE.txt files are left out.
2. A file that this parser has read before from this place, unchanged, is skipped by its hash.
3. The importer of its suffix turns it into documents with passages; a file that cannot be read is named in
   the report with a reason, and the others go in. Each file is one transaction.
4. A law's text that contradicts a better known one, or comes from a forum, is kept and held back until a
   person accepts it (``trust``).
5. A changed text becomes a new version; dates decide which one is current.
6. At the end, laws and single articles that a law abrogates by name are marked repealed (``standing``).
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.audit.service import record
from core.database import transaction
from core.errors import InvalidInput
from core.privacy.service import classification_mark
from knowledge_base.passages import KINDS, standing, store
from knowledge_base.sources import trust
from knowledge_base.sources.base import ParsedDocument, SourceFile, SourceRefusedError
from knowledge_base.sources.provenance import NAME, provenance_of
from knowledge_base.sources.registry import importer_for

log = structlog.get_logger(__name__)
PARSER_VERSION = 3  # raise when parsing changes: files are then read anew
REFUSED, HELD_BACK = "refused", "held_back"
COMMAND_LINE = "command_line"  # who acts where a person works at the machine itself


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        outcome: ``added``, ``changed``, ``unchanged``, ``refused`` or ``held_back``.
        reason: message code ``knowledge_base.refused.<reason>`` where it was refused, and
            ``knowledge_base.held_back.<reason>`` where it waits for a person's word.
        detail: where it broke, or what it contradicts.
    """

    name: str
    outcome: str
    documents: int = 0
    passages: int = 0
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class IngestStep:
    """Progress: ``done`` of ``total`` files."""

    done: int
    total: int
    file: FileOutcome


@dataclass(frozen=True)
class IngestReport:
    """What became of all files."""

    files: tuple[FileOutcome, ...]
    repealed: int = 0

    def count(self, outcome: str) -> int:
        """Return how many files ended so."""
        return sum(file.outcome == outcome for file in self.files)

    @property
    def refused(self) -> tuple[FileOutcome, ...]:
        """The files that could not be brought in."""
        return tuple(file for file in self.files if file.outcome == REFUSED)

    @property
    def held_back(self) -> tuple[FileOutcome, ...]:
        """The files that wait for a person's word."""
        return tuple(file for file in self.files if file.outcome == HELD_BACK)

    @property
    def has_changes(self) -> bool:
        """Whether the index must be built anew."""
        return bool(self.count(store.ADDED) + self.count(store.CHANGED) + self.repealed)


Progress = Callable[[IngestStep], None]


def ingest(
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
    accept: bool = False,
) -> IngestReport:
    """Bring files and folders in.

    Args:
        paths: files or folders.
        kind: kind of all of them; None decides by content.
        progress: called after each file.
        dry_run: read every file and report what would become of it; nothing is kept.
        accept: a person vouches for these files: none is held back, and those held back before are let in.

    Raises:
        InvalidInput: a path does not exist, or the kind is unknown.
    """
    if kind is not None and kind not in KINDS:
        raise InvalidInput("knowledge_base.kind_unknown", kind=kind)
    files = [pair for path in paths for pair in _walk(Path(path))]
    outcomes = []
    for number, (path, root) in enumerate(files, 1):
        outcomes.append(_bring_in(path, root, kind, dry_run=dry_run, accept=accept))
        if progress:
            progress(IngestStep(number, len(files), outcomes[-1]))
    if dry_run:
        return IngestReport(tuple(outcomes))
    with transaction() as session:
        repealed = standing.settle(session)
    return IngestReport(tuple(outcomes), repealed)


def _walk(path: Path) -> list[tuple[Path, Path]]:
    path = path.expanduser().resolve()
    if path.is_file():
        return [(path, path.parent)]
    if not path.is_dir():
        raise InvalidInput("knowledge_base.path_missing", path=path.name)
    return [(p, path) for p in sorted(path.rglob("*")) if p.is_file() and not _is_left_out(p, path)]


def _is_left_out(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return hidden or path.name == NAME or path.stem.lower() == "readme"


def _bring_in(path: Path, root: Path, kind: str | None, *, dry_run: bool, accept: bool) -> FileOutcome:
    name = str(path.relative_to(root))
    try:
        source = _source(path, root, kind)
        with transaction() as session:
            if not accept and store.is_imported(session, import_digest(source)):
                return FileOutcome(name, store.UNCHANGED)
        return _store(source, _read(source), dry_run=dry_run, accept=accept)
    except SourceRefusedError as refused:
        log.warning("knowledge.file_refused", reason=refused.reason)
        return FileOutcome(
            name, REFUSED, reason=f"knowledge_base.refused.{refused.reason}", detail=refused.detail
        )


def _source(path: Path, root: Path, kind: str | None) -> SourceFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceRefusedError("unreadable") from error
    return SourceFile(
        path, root, content, hashlib.sha256(content).hexdigest(), kind, provenance_of(path, root)
    )


def _read(source: SourceFile) -> list[ParsedDocument]:
    importer = importer_for(source.path)
    try:
        documents = importer.read(source)
    except SourceRefusedError:
        raise
    except Exception as error:  # boundary: one file that breaks a reader must not stop the others
        log.error("knowledge.reader_failed", error=type(error).__name__, exc_info=True)
        raise SourceRefusedError("broken", type(error).__name__) from error
    if any(classification_mark(document.text) for document in documents):
        raise SourceRefusedError("secret")
    return documents


def import_digest(source: SourceFile) -> str:
    """Return the hash of a file, where it lies and how it is read."""
    parts = (
        source.sha256,
        source.name,
        *source.folders,
        source.kind,
        PARSER_VERSION,
        sorted(source.provenance.items()),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class _NotKeptError(Exception):
    """Takes a dry run's changes back."""


def _store(
    source: SourceFile, documents: Sequence[ParsedDocument], *, dry_run: bool, accept: bool
) -> FileOutcome:
    outcomes: set[str] = set()
    doubts: list[trust.Doubt] = []
    with suppress(_NotKeptError), transaction() as session:
        for document in documents:
            known = trust.trust_of(document, source)
            doubt = None if accept else trust.doubt(session, document, source, known)
            outcomes.add(_save(session, source, document, known, doubt))
            doubts += [doubt] if doubt else []
        if accept and store.CHANGED in outcomes:
            record(
                session,
                actor_id=COMMAND_LINE,
                action="knowledge.source_accepted",
                subject_type="source_file",
                subject_id=source.sha256[:32],
                data={"file": source.name, "sha256": source.sha256},
            )
        if dry_run:
            raise _NotKeptError
    passages = sum(len(document.passages) for document in documents)
    if doubts:
        reason = f"knowledge_base.held_back.{doubts[0].reason}"
        return FileOutcome(source.name, HELD_BACK, len(documents), passages, reason, doubts[0].other)
    worst = next(o for o in (store.CHANGED, store.ADDED, store.UNCHANGED) if o in outcomes)
    return FileOutcome(source.name, worst, len(documents), passages)


def _save(
    session: Session, source: SourceFile, document: ParsedDocument, known: int, doubt: trust.Doubt | None
) -> str:
    origin: dict[str, Any] = {"file": source.name, **source.provenance}
    return store.save(
        session,
        document,
        sha256=source.sha256,
        import_digest=import_digest(source),
        origin=origin,
        trust=known,
        held_back=doubt.reason if doubt else "",
    )
