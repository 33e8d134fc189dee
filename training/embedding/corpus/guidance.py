"""Read the bilingual regulatory guidance set: sections and aligned blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.embedding.corpus.alignment import aligned_pairs

_FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
_NOISE = re.compile(
    r"<!--.*?-->|^:::.*$|^-{3,}\s*$|!\[.*?\]\(.*?\)|\[https?://[^\]]*\]\([^)]*\)|https?://\S+", re.S | re.M
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARK = re.compile(r"[*`|#>]+")
_HEADING = re.compile(r"^(#{1,6})\s*(.+)$", re.M)
# The text of these documents reserves commercial use, so no weights are trained on them.
_RESERVED = ("imdrf",)


@dataclass(frozen=True)
class Section:
    """One titled part of a guidance document."""

    document: str
    heading: str
    text: str


def clean(markdown: str) -> str:
    """Return the words of a markdown text without front matter, links and marks."""
    text = _LINK.sub(r"\1", _NOISE.sub("", _FRONT.sub("", markdown)))
    return text.replace("**", "").replace("`", "")


def _plain(block: str) -> str:
    return re.sub(r"\s+", " ", _MARK.sub(" ", block)).strip()


def read_sections(root: Path) -> Iterator[Section]:
    """Yield the sections (60 characters or more) of all Chinese guidance under `root`."""
    for path in sorted((root / "docs" / "zh" / "nmpa").rglob("*.md")):
        yield from sections_of(clean(path.read_text(encoding="utf-8", errors="replace")))


def sections_of(text: str) -> Iterator[Section]:
    """Yield the sections of one cleaned markdown text."""
    marks = list(_HEADING.finditer(text))
    if not marks:
        return
    document = _plain(marks[0][2])
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        body = _plain(text[mark.end() : following.start() if following else len(text)])
        if len(body) >= 60:
            yield Section(document, _plain(mark[2]), body)


def blocks_of(text: str) -> list[str]:
    """Return the paragraphs and table rows of a cleaned markdown text."""
    return [plain for block in re.split(r"\n\s*\n|\n(?=[|#\-])", text) if len(plain := _plain(block)) > 1]


def read_parallel(root: Path) -> list[tuple[str, str]]:
    """Return (english, chinese) paragraph pairs of all documents that stand in both languages."""
    pairs: dict[tuple[str, str], None] = {}
    chinese_root, english_root = root / "docs" / "zh", root / "docs" / "en"
    for path in sorted(chinese_root.rglob("*.md")):
        twin = english_root / path.relative_to(chinese_root)
        if not twin.exists() or any(word in str(path) for word in _RESERVED):
            continue
        blocks = [blocks_of(clean(p.read_text(encoding="utf-8", errors="replace"))) for p in (path, twin)]
        pairs.update(dict.fromkeys(aligned_pairs(*blocks)))
    return list(pairs)
