"""Read Chinese statutes in markdown and cut them into articles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.embedding.corpus.numerals import article_number

_DATE = re.compile(r"[（(](\d{4}-\d{2}(?:-\d{2})?)[）)]$")
_ARTICLE = re.compile(r"^(第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)[\s　]*(.*)$")
_HEADING = re.compile(r"^#{1,6}\s*(.+)$")
_HEADING_MARK = re.compile(r"^第[零〇一二三四五六七八九十百千]+[编章节][\s　]*")
_INFO_END = "<!-- INFO END -->"
_NOT_LAWS = ("案例", "README", "_index", "法律法规模版", "SOURCE")


@dataclass(frozen=True)
class Article:
    """One article of one law.

    Attributes:
        law: The law's name without 《》, date or 中华人民共和国.
        number: Article number, `"14"` or `"14-1"` (第十四条之一).
        heading: Nearest chapter or section name, possibly empty.
        text: The article's words, paragraphs joined by newlines.
    """

    law: str
    number: str
    heading: str
    text: str

    @property
    def passage(self) -> str:
        """The text as it is embedded: name of the law, heading, words."""
        return f"{self.law} {self.heading} {self.text}"


def law_name(path: Path) -> str:
    """Return the law's name from its file name.

    >>> law_name(Path("药品管理法(2019-08-26).md"))
    '药品管理法'
    """
    return _DATE.sub("", path.stem).removeprefix("中华人民共和国")


def read_articles(path: Path) -> Iterator[Article]:
    """Yield the articles of one markdown file in order."""
    text = path.read_text(encoding="utf-8", errors="replace")
    body = text.split(_INFO_END, 1)[-1]
    law, heading, number = law_name(path), "", ""
    lines: list[str] = []
    for line in map(str.strip, body.splitlines()):
        found_heading, found_article = _HEADING.match(line), _ARTICLE.match(line.lstrip("#* "))
        if (found_heading or found_article) and number:
            yield Article(law, number, heading, "\n".join(lines))
            number, lines = "", []
        if found_article:
            number, lines = article_number(found_article[1]), [found_article[2].strip("* ")]
        elif found_heading:
            heading = re.sub(r"[\s　]+", "", _HEADING_MARK.sub("", found_heading[1]))
        elif line and number:
            lines.append(line)
    if number:
        yield Article(law, number, heading, "\n".join(lines))


def newest_versions(root: Path) -> list[Path]:
    """Return one file for each law under `root`: the version with the latest date."""
    newest: dict[str, tuple[str, Path]] = {}
    for path in sorted(root.rglob("*.md")):
        if any(part.startswith(_NOT_LAWS) for part in path.relative_to(root).parts):
            continue
        found = _DATE.search(path.stem)
        key, dated = law_name(path), found[1] if found else ""
        if key not in newest or dated > newest[key][0]:
            newest[key] = (dated, path)
    return [path for _, path in newest.values()]


def read_laws(root: Path) -> list[Article]:
    """Read the newest version of every law under `root`, articles with 12 characters or more."""
    articles = (article for path in newest_versions(root) for article in read_articles(path))
    return [article for article in articles if len(article.text) >= 12]
