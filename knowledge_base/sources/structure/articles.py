"""Cut a law into articles: 编, 章, 节, 条, with 第十四条之一; what follows the last article is its annex."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge_base.sources.base import Line
from knowledge_base.sources.structure.numerals import NUMERAL, chinese_numeral, parse_numeral
from knowledge_base.sources.structure.titles import tight

_ARTICLE = re.compile(rf"^第([{NUMERAL}]+)条(?:之([{NUMERAL}]+))?(\s*)(.*)$", re.DOTALL)
_REFERENCE = re.compile(r"^(规定|第|、|和|或|至|所|的|中|，|,|及|与|之)")
_DIVISION = re.compile(rf"^第[{NUMERAL}]+([编章节])\s*(.*)$")
_DEPTH = {"编": 0, "章": 1, "节": 2}
_ANNEX = re.compile(rf"^(附件|附录|附表|附|附[{NUMERAL}]+|附件[{NUMERAL}]+)\s*(?:[：:].*)?$")
_STOPS = ("。", "；", "：", "，", "、", "”", "）", "》")
MAX_HEADING = 40


@dataclass
class Article:
    """One article as it is gathered."""

    number: str
    label: str
    headings: tuple[str, ...]
    paragraphs: list[str] = field(default_factory=list)


@dataclass
class LawBody:
    """A law's text in parts: what stands before article 1, the articles, the annexes."""

    preamble: list[Line]
    articles: list[Article]
    annex: list[Line]
    headings: list[tuple[int, str]]


@dataclass(frozen=True)
class _Label:
    number: str
    label: str
    rest: str
    order: tuple[int, int]


def article_label(number: str) -> str:
    """Return an article's label in Chinese numerals.

    >>> article_label("14-1")
    '第十四条之一'
    """
    main, _, inserted = number.partition("-")
    label = f"第{chinese_numeral(int(main))}条"
    return f"{label}之{chinese_numeral(int(inserted))}" if inserted else label


def cut(lines: Iterable[Line]) -> LawBody:
    """Cut lines into articles.

    An article's number must be greater than the one before: a paragraph that begins with a reference
    (第三条规定的…) starts no article.
    """
    body, path = LawBody([], [], [], []), ["", "", ""]
    last, in_annex = (0, 0), False
    for line in lines:
        division = None if in_annex else _division(line)
        label = None if in_annex else _label(line.text, last)
        if division and (body.articles or division[0] >= 0):
            for name in _unnumbered(body, division[0]):
                _enter(path, division[0] - 1, name)
                body.headings.append((len(body.articles), name))
            _enter(path, *division)
            body.headings.append((len(body.articles), division[1]))
        elif label:
            last = label.order
            body.articles.append(Article(label.number, label.label, tuple(p for p in path if p)))
            body.articles[-1].paragraphs += [label.rest] if label.rest else []
        elif body.articles and (in_annex or _ANNEX.match(line.text)):
            in_annex = True
            body.annex.append(line)
        else:
            _keep(body, line)
    return body


def _unnumbered(body: LawBody, depth: int) -> list[str]:
    """Take a chapter's name that lost its number off the article before it: a short line without a full stop,
    right before the chapter's first section."""
    said = body.articles[-1].paragraphs if body.articles else []
    if depth < 1 or len(said) < 2 or len(said[-1]) > MAX_HEADING or said[-1].endswith(_STOPS):
        return []
    return [said.pop()]


def _keep(body: LawBody, line: Line) -> None:
    if body.articles:
        body.articles[-1].paragraphs.append(line.text)
    else:
        body.preamble.append(line)


def _division(line: Line) -> tuple[int, str] | None:
    found = _DIVISION.match(line.text)
    if not found or len(line.text) > MAX_HEADING or line.text.endswith(("。", "；", "：")):
        return None
    return _DEPTH[found[1]], tight(line.text.replace("　", " "))


def _enter(path: list[str], depth: int, name: str) -> None:
    path[depth] = name
    path[depth + 1 :] = [""] * (len(path) - depth - 1)


def _label(text: str, last: tuple[int, int]) -> _Label | None:
    found = _ARTICLE.match(text)
    if not found:
        return None
    numeral, inserted, blank, rest = found.groups()
    if not blank and _REFERENCE.match(rest):
        return None
    order = (parse_numeral(numeral), parse_numeral(inserted) if inserted else 0)
    if order <= last:
        return None
    number = f"{order[0]}-{order[1]}" if inserted else str(order[0])
    label = f"第{numeral}条" + (f"之{inserted}" if inserted else "")
    return _Label(number, label, rest.strip(), order)
