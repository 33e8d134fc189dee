"""Answers of every kind in every language: their own words alone, and the Chinese clause beside English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from core.settings import REPOSITORY
from knowledge_base.answering.service import answer
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.views import Answer, Question
from tests.crawling import CODE, has_chinese, has_english

pytestmark = pytest.mark.usefixtures("informed")
DATA = REPOSITORY / "training" / "evaluate" / "data"
FAQ = sorted((REPOSITORY / "knowledge_base" / "content" / "faq").glob("*.yml"))
PREVAILS = "The Chinese text prevails; the English is for reference."
NOT_HELD = "The Chinese text of this article is not held here."
SIGNS = re.compile("“[^“”]{1,12}”")  # marks on certificates and packages, which English texts quote


def questions(language: str) -> list[str]:
    """Return the shipped entries' questions, and some of every other outcome."""
    asked = [entry["question"][language] for path in FAQ for entry in yaml.safe_load(path.read_text("utf-8"))]
    rows = yaml.safe_load((DATA / "answering.yml").read_text("utf-8"))
    more = [row["text"] for row in rows if row["text"].isascii() == (language == "en")]
    return [*asked[::3], *more]


def words(block: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a block, those of citations left out."""
    if block["type"] == "citation":
        return
    for value in (value for key, value in block.items() if key not in ("type", "level", "href", "options")):
        for one in value if isinstance(value, list) else [value]:
            parts = one.values() if isinstance(one, dict) else one if isinstance(one, list) else [one]
            yield from (part for part in parts if isinstance(part, str))


@pytest.fixture(scope="module")
def english(informed: object) -> list[tuple[str, Answer]]:
    return [(text, answer(Question(text, "en"))) for text in questions("en")]


def test_english_answers_hold_no_chinese_but_in_the_quotes(english: list[tuple[str, Answer]]) -> None:
    wrong = {
        text: part
        for text, given in english
        for block in given.blocks
        for part in words(block)
        if has_chinese(SIGNS.sub("", part)) or CODE.search(part)
    }
    assert len(english) > 100
    assert wrong == {}


def test_english_answers_show_the_chinese_clause_or_say_that_it_is_not_held(
    english: list[tuple[str, Answer]],
) -> None:
    cited = [citation for _, given in english for citation in given.citations if given.locale == "en"]
    held = [citation for citation in cited if citation.status != "text_not_held"]
    assert len(cited) > 100
    assert len(held) > 5
    assert all(has_chinese(citation.quote) and citation.note == PREVAILS for citation in held)
    assert all(not c.quote and c.note.startswith(NOT_HELD) for c in cited if c not in held)
    assert all(citation.name and not has_chinese(citation.name) for citation in cited)


def test_what_is_shown_beside_the_clause_is_on_the_wire(english: list[tuple[str, Answer]]) -> None:
    shown = [block for _, given in english for block in given.blocks if block["type"] == "citation"]
    assert shown
    assert all(block["note"] and block["name"] for block in shown)


def test_chinese_answers_hold_no_english(informed: object) -> None:
    given = [(text, answer(Question(text, "zh-CN"))) for text in questions("zh")]
    wrong = {
        text: part
        for text, found in given
        for block in found.blocks
        for part in words(block)
        if has_english(part) or CODE.search(part)
    }
    assert len(given) > 100
    assert wrong == {}
    assert all(not citation.note for _, found in given for citation in found.citations)


def test_the_questions_meet_every_way_in_which_an_answer_can_end(english: list[tuple[str, Answer]]) -> None:
    met = {given.status for _, given in english}
    assert {
        AnswerStatus.ANSWERED,
        AnswerStatus.CLARIFICATION,
        AnswerStatus.NO_SOURCE,
        AnswerStatus.OUT_OF_SCOPE,
        AnswerStatus.JUDGEMENT,
        AnswerStatus.HANDED_OFF,
    } <= met


def test_a_question_in_traditional_characters_is_answered_like_the_same_in_simplified_ones() -> None:
    hant = answer(Question("夜間售藥窗口有什麼要求", "zh-Hant"))
    hans = answer(Question("夜间售药窗口有什么要求", "zh-CN"))
    assert hant.status is AnswerStatus.ANSWERED
    assert [c.quote for c in hant.citations] == [c.quote for c in hans.citations]
    assert hant.citations[0].quote.startswith("夜间售药窗口应当配备执业药师")
    assert hant.locale == "zh-Hant"
