"""Markdown and plain text."""

import re
from collections.abc import Iterable, Mapping

import yaml

from knowledge_base.sources.base import Line, ParsedDocument, SourceFile, SourceRefusedError, TextDocument
from knowledge_base.sources.decoding import decode
from knowledge_base.sources.structure import laws

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_COMMENT_FIELD = re.compile(r"^\s*([A-Z_]+):\s*(.+?)\s*$", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})\s*(.+?)\s*#*$")
_BOLD_LINE = re.compile(r"^\*\*([^*]+)\*\*$")
_TABLE_RULE = re.compile(r"^[\s|:-]*-{2,}[\s|:-]*$")
_LIST_MARK = re.compile(r"^[*+-]\s+")
_KEYS = {"SOURCE": "source", "STATUS": "status", "EFFECTIVE_FROM": "effective_from", "NOTE": "note"}


class MarkdownImporter:
    """Markdown, with YAML front matter or ``<!-- KEY: value -->`` comments."""

    suffixes = (".md", ".markdown")

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the one document of the file."""
        text = decode(source.content)
        meta, text = _front_matter(text)
        meta = {**_comments(text), **meta}
        return [laws.parse(source, TextDocument(tuple(_markdown_lines(_COMMENT.sub("", text))), meta))]


class PlainTextImporter:
    """Plain text: a paragraph a line."""

    suffixes = (".txt",)

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the one document of the file."""
        lines = tuple(Line(line.strip()) for line in decode(source.content).split("\n") if line.strip())
        return [laws.parse(source, TextDocument(lines))]


def _front_matter(text: str) -> tuple[Mapping[str, str], str]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    try:
        loaded = yaml.safe_load(found[1]) or {}
    except yaml.YAMLError as error:
        raise SourceRefusedError("broken", "front matter") from error
    if not isinstance(loaded, dict):
        raise SourceRefusedError("broken", "front matter")
    return {str(key).lower(): str(value) for key, value in loaded.items() if _is_plain(value)}, text[
        found.end() :
    ]


def _is_plain(value: object) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _comments(text: str) -> dict[str, str]:
    fields = (_COMMENT_FIELD.match(comment) for comment in _COMMENT.findall(text))
    return {_KEYS[f[1]]: f[2] for f in fields if f and f[1] in _KEYS}


def _markdown_lines(text: str) -> Iterable[Line]:
    for raw in text.split("\n"):
        line = raw.strip()
        if not line or _TABLE_RULE.match(line):
            continue
        heading, bold = _HEADING.match(line), _BOLD_LINE.match(line)
        if heading:
            yield Line(heading[2], len(heading[1]))
        elif bold:
            yield Line(bold[1], 4)
        else:
            yield Line(_LIST_MARK.sub("", line))
