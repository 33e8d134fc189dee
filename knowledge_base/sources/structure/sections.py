"""Cut a text without articles: 一、 items of an announcement, headings of a guide, else paragraphs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knowledge_base.sources.base import Line
from knowledge_base.sources.structure.titles import tight

_ITEM = re.compile(r"^([一二三四五六七八九十]{1,3}、)\s*(.*)$", re.DOTALL)
_SUB_ITEM = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")
_CLOSING = re.compile(r"^(特此(公告|通告|通知)|附件|附[：:]|原文链接)")
LONGEST = 900  # characters of one passage before it is cut between paragraphs
MAX_HEADING = 60


@dataclass
class Section:
    """One part of a text."""

    label: str = ""
    headings: tuple[str, ...] = ()
    paragraphs: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words."""
        return "\n".join(self.paragraphs)


def cut(lines: Iterable[Line]) -> list[Section]:
    """Return the text's sections in order; long ones cut between paragraphs."""
    return [piece for section in _sections(lines) for piece in _pieces(section) if piece.paragraphs]


def _sections(lines: Iterable[Line]) -> Iterator[Section]:
    path: dict[int, str] = {}
    current = Section()
    for line in lines:
        level = _heading_level(line)
        item = _ITEM.match(line.text)
        if level:
            yield current
            path = {depth: name for depth, name in path.items() if depth < level}
            path[level] = tight(line.text)
            current = Section(item[1] if item else "", tuple(path.values()))
        elif item and current.headings[-1:] != (tight(line.text),):
            yield current
            path = {depth: name for depth, name in path.items() if not line.level or depth < line.level}
            current = Section(item[1], tuple(path.values()), [line.text])
        elif _CLOSING.match(line.text):
            yield current
            current = Section("", (), [line.text])
        else:
            current.paragraphs.append(line.text)
    yield current


def _heading_level(line: Line) -> int:
    if line.level and len(line.text) <= MAX_HEADING and not line.text.endswith(("。", "；")):
        return line.level
    return 0


def _pieces(section: Section) -> Iterator[Section]:
    if len(section.text) <= LONGEST:
        yield section
        return
    piece = Section(section.label, section.headings)
    for paragraph in section.paragraphs:
        too_long = len(piece.text) + len(paragraph) > LONGEST
        if piece.paragraphs and (too_long or (_SUB_ITEM.match(paragraph) and len(piece.text) > LONGEST // 3)):
            yield piece
            piece = Section(section.label, section.headings)
        piece.paragraphs.append(paragraph)
    yield piece
