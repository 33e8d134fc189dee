"""HTML pages: headings, paragraphs, list items and table rows; scripts and navigation left out."""

from html.parser import HTMLParser

from knowledge_base.sources.base import Line, ParsedDocument, SourceFile, TextDocument
from knowledge_base.sources.decoding import decode
from knowledge_base.sources.structure import laws

_BLOCKS = {"p", "div", "li", "br", "td", "th", "tr", "table", "section", "article", "blockquote", "pre"}
_SKIPPED = {"script", "style", "nav", "header", "footer", "noscript", "template", "aside", "form"}
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.meta: dict[str, str] = {}
        self._text: list[str] = []
        self._level = 0
        self._skipping = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag in _HEADINGS:
            self._flush()
            self._level = _HEADINGS[tag]
        elif tag == "title":
            self._in_title = True
        elif tag in ("td", "th"):
            if any(part.strip() for part in self._text):
                self._text.append(" | ")
        elif tag in _BLOCKS:
            self._flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in _HEADINGS:
            self._flush()
            self._level = 0
        elif tag == "title":
            self._in_title = False
        elif tag in _BLOCKS and tag not in ("td", "th"):
            self._flush()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.meta["page_title"] = data.strip()
        elif not self._skipping:
            self._text.append(data)

    def finish(self) -> None:
        self.close()
        self._flush()

    def _flush(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if text:
            self.lines.append(Line(text, self._level))


class HtmlImporter:
    """One page, one document."""

    suffixes = (".html", ".htm")

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the page's document."""
        collector = _Collector()
        collector.feed(decode(source.content))
        collector.finish()
        return [laws.parse(source, TextDocument(tuple(collector.lines), collector.meta))]
