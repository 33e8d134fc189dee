"""Days that a text states for single articles: abrogated ones, and ones that begin later.

Source: 立法程序技术规范 (commencement and abrogation clauses are the last articles of a text).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.sources.structure.numerals import NUMERAL, dates_in, parse_numeral
from knowledge_base.sources.structure.titles import law_title

_ONE = rf"第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?(?:第[{NUMERAL}]+款)?(?:第?[（(]?[{NUMERAL}]+[）)]?项)?"
_REFERENCES = rf"{_ONE}(?:(?:[、，和及]|以及|至){_ONE})*"
_ARTICLE = re.compile(
    rf"(?P<range>至)?第(?P<main>[{NUMERAL}]+)条(?:之(?P<inserted>[{NUMERAL}]+))?(?P<part>第[^、，和及至]+)?"
)
_NAMED = rf"《[^《》]+》\s*(?:[（(][^（）()]*[）)])?\s*(?:的)?{_REFERENCES}(?:的?(?:有关|相关)?规定)?"
_DAY = r"自\s*(?:[^，。；自]{6,24}?日)\s*起"
_ENDED = re.compile(
    rf"(?P<named>{_NAMED}(?:[、，和及]{{1,2}}{_NAMED})*)\s*[，,]?(?P<day>{_DAY})?[，,]?"
    r"\s*(?:同时|即行|予以|一并|相应)?(?:废止|停止执行|停止施行|不再执行|不再施行)"
)
_OF_ONE_LAW = re.compile(
    rf"《(?P<law>[^《》]+)》\s*(?:[（(][^（）()]*[）)])?\s*的?(?P<articles>{_REFERENCES})"
)
_SENTENCE = re.compile(r"[^。\n]+")
_BEGINS = re.compile(
    rf"(?:^|[，。；,;]|其中|但是?|本[^，。；第《》]{{1,12}})(?P<articles>{_REFERENCES})(?:的?规定)?[，,]?"
    r"自\s*(?P<day>[^，。；自]{6,24}?日)\s*起(?:正式)?(?:施行|实施|执行|生效)"
)
_MOST_IN_A_RANGE = 200


@dataclass(frozen=True)
class PartialRepeal:
    """One article of another law that a text abrogates.

    Attributes:
        article: ``14`` or ``14-1``.
        part: 第二款 where only a part of it falls; empty for the whole article.
        on: ISO day from which; empty where it is the abrogating text's own day of effect.
    """

    law: str
    article: str
    part: str = ""
    on: str = ""


def partial_repeals(title: str, paragraphs: Iterable[str]) -> tuple[PartialRepeal, ...]:
    """Return the articles of other laws that a text abrogates, each once.

    >>> partial_repeals("甲办法", ["《乙规定》第三条同时废止。"])
    (PartialRepeal(law='乙规定', article='3', part='', on=''),)
    """
    found = []
    for sentence in (m[0] for text in paragraphs for m in _SENTENCE.finditer(text)):
        for ended in _ENDED.finditer(sentence):
            day = _day(ended["day"] or sentence[: ended.start()])
            for named in _OF_ONE_LAW.finditer(ended["named"]):
                law = law_title(named["law"])
                found += [PartialRepeal(law, number, part, day) for number, part in _cited(named["articles"])]
    return tuple(dict.fromkeys(item for item in found if item.law != title))


def _day(text: str) -> str:
    """Return the day from which something holds, where the text names one."""
    found = re.search(_DAY, text)
    days = dates_in(found[0]) if found else []
    return days[0].isoformat() if days else ""


def _cited(references: str) -> Iterator[tuple[str, str]]:
    last = 0
    for found in _ARTICLE.finditer(references):
        number = parse_numeral(found["main"])
        if found["range"] and last and last < number <= last + _MOST_IN_A_RANGE:
            yield from ((str(between), "") for between in range(last + 1, number))
        inserted = f"-{parse_numeral(found['inserted'])}" if found["inserted"] else ""
        yield f"{number}{inserted}", found["part"] or ""
        last = number


def own_beginnings(endings: Sequence[str]) -> dict[str, date]:
    """Return the text's own articles that begin on a day of their own.

    >>> own_beginnings(["本条例自2021年6月1日起施行，第三十二条自2022年1月1日起施行。"])
    {'32': datetime.date(2022, 1, 1)}
    """
    begins: dict[str, date] = {}
    for found in (m for text in endings for m in _BEGINS.finditer(text)):
        days = dates_in(found["day"])
        if days:
            begins |= {number: days[0] for number, part in _cited(found["articles"]) if not part}
    return begins
