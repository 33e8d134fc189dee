"""Provisions that the question names itself: 《药品管理法》第五十一条, Article 51 of …"""

import re

from knowledge_base.answering.context import Context
from knowledge_base.sources.structure.numerals import parse_numeral

_NUMERAL = "零一二三四五六七八九十百千0-9"
_ARTICLE = re.compile(rf"第?\s*([{_NUMERAL}]+)\s*条(?:\s*之\s*([{_NUMERAL}]+))?")
_ENGLISH = re.compile(r"\barticles?\s+(\d+)(?:-(\d+))?", re.IGNORECASE)
_QUOTED = re.compile(rf"《([^《》]{{2,60}})》\s*第?\s*[{_NUMERAL}]+\s*条")
_MAX = 3


def read_references(context: Context) -> None:
    """Set ``named_provisions`` where the question names a law together with an article.

    A law that stands in 《》 and is not held is named all the same: nothing else answers for it.
    """
    titles = context.knowledge.law_titles()
    title = law_in(context.text, titles) or _quoted(context.text, titles)
    if title:
        context.named_provisions = [f"{title}#{article}" for article in articles_in(context.text)][:_MAX]


def law_in(text: str, titles: frozenset[str]) -> str:
    """Return the longest law name that stands in the text, "" where there is none."""
    return max((title for title in titles if title in text), key=len, default="")


def _quoted(text: str, titles: frozenset[str]) -> str:
    """Return the law in 《》 before an article's number, by its full name where one that is held has it."""
    found = _QUOTED.search(text)
    if not found:
        return ""
    name = found[1].removeprefix("中华人民共和国")
    return min((title for title in titles if name in title), key=len, default=name)


def articles_in(text: str) -> list[str]:
    """Return article numbers as ``14`` or ``14-1``, in order, each once."""
    found = [_number(main, sub) for main, sub in (*_ARTICLE.findall(text), *_ENGLISH.findall(text))]
    return list(dict.fromkeys(number for number in found if number != "0"))


def _number(main: str, sub: str) -> str:
    return f"{parse_numeral(main)}-{parse_numeral(sub)}" if sub else str(parse_numeral(main))
