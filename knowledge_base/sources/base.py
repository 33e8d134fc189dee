"""What importers read, what they give, and how they refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol


class SourceRefusedError(Exception):
    """A file that cannot be brought in; the report names it with this reason and the others go in.

    Args:
        reason: ``empty``, ``binary``, ``encoding``, ``broken``, ``encrypted``, ``no_text``, ``unsupported``,
            ``too_large``, ``unreadable``, ``fields`` (a table or JSON line without the fields it needs).
        detail: where it broke, such as a line number; never the file's words.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class SourceFile:
    """One file to read.

    Attributes:
        path: where it lies.
        root: the folder that was given to ``ingest``.
        content: its bytes.
        sha256: their hash.
        kind: the kind asked for, None to decide by content.
        provenance: what a SOURCE.txt beside it tells: ``repository``, ``commit``, ``path``, ``note``.
    """

    path: Path
    root: Path
    content: bytes
    sha256: str
    kind: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its path below the root, the name a report gives it."""
        return str(self.path.relative_to(self.root)) if self.path != self.root else self.path.name

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders it lies in, the root's own included."""
        return tuple(part for part in (self.root.name, *Path(self.name).parts[:-1]) if part)


@dataclass(frozen=True)
class Line:
    """One line of a text with its heading level (0 is running text)."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class TextDocument:
    """A document as lines, whatever its file format was.

    Attributes:
        meta: front matter and header comments, keys in lower case.
    """

    lines: tuple[Line, ...]
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ParsedPassage:
    """A passage before it is stored; ``text`` is ``document.text[start:end]``."""

    text: str
    start: int
    end: int
    title: str = ""
    article: str = ""
    article_label: str = ""
    heading_path: tuple[str, ...] = ()
    language: str = "zh"
    blocks: tuple[dict[str, Any], ...] = ()
    basis: tuple[str, ...] = ()
    service_item_code: str = ""
    aspect: str = ""
    search_texts: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    applies_from: date | None = None


@dataclass(frozen=True)
class ParsedDocument:
    """A document before it is stored.

    Attributes:
        repeals: laws that it abrogates whole.
        partial_repeals: articles of other laws that it abrogates: ``{law, article, part, on}``.
    """

    kind: str
    title: str
    text: str
    passages: tuple[ParsedPassage, ...]
    level: str = "other"
    authority: str = ""
    province: str = ""
    document_number: str = ""
    issued_on: date | None = None
    effective_from: date | None = None
    repealed_on: date | None = None
    is_repealed: bool = False
    repeals: tuple[str, ...] = ()
    partial_repeals: tuple[Mapping[str, str], ...] = ()
    url: str = ""
    licence: str = ""


class Importer(Protocol):
    """Reads the files of some suffixes into documents."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The file name endings it reads, in lower case."""
        ...

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the file's documents.

        Raises:
            SourceRefusedError: with a reason from the closed set.
        """
        ...


class Assembler:
    """Builds a document's text from its passages, so that offsets are right by construction."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.passages: list[ParsedPassage] = []

    def skip(self, text: str) -> None:
        """Add words that belong to no passage (titles, article labels)."""
        self._append(text)

    def add(self, passage: ParsedPassage) -> None:
        """Add a passage; its offsets are set here."""
        start = self._length
        self._append(passage.text)
        self.passages.append(replace(passage, start=start, end=start + len(passage.text)))

    def _append(self, text: str) -> None:
        self._parts += [text, "\n"]
        self._length += len(text) + 1

    @property
    def text(self) -> str:
        """The whole text so far."""
        return "".join(self._parts)


def passage(text: str, **fields: Any) -> ParsedPassage:
    """Return a passage whose offsets an ``Assembler`` will set."""
    return ParsedPassage(text=text, start=0, end=len(text), **fields)
