"""The shipped FAQ entries and the glossary: shape, both languages, sources, figures."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Having

from core.content import read_yaml
from forms.items.catalogue import items

ROOT = Path(__file__).parents[3]
FAQ = sorted((ROOT / "knowledge_base/content/faq").glob("*.yml"))
GLOSSARY = sorted((ROOT / "i18n").glob("glossary*.yml"))
ARTICLES = ROOT.parent / "shared/eval/law_articles.jsonl"

HAN = re.compile(r"[\u3400-\u9fff]")
EXEMPT = re.compile(r"《[^》]*》|“[^”]*”")
NUMERALS = "零一二三四五六七八九"
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMBER_WORDS = {"one": 1, "once": 1, "two": 2, "three": 3, "four": 4, "ten": 10, "tenfold": 10}
NUMBER_WORDS |= dict.fromkeys(["January", "first"], 1) | {"March": 3}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Pair(_Strict):
    zh: Text
    en: Text


class Similar(_Strict):
    zh: Annotated[list[Text], Having(min_length=3, max_length=5)]
    en: Annotated[list[Text], Having(min_length=2, max_length=3)]


class Negative(_Strict):
    zh: Annotated[list[Text], Having(min_length=1, max_length=2)]
    en: Annotated[list[Text], Having(min_length=1, max_length=2)]


class Entry(_Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-\d{3}$")]
    topic: Literal["cosmetic", "device", "drug", "general", "assistant"]
    service_item: str | None = None
    question: Pair
    similar: Similar
    negative: Negative
    answer: Pair
    basis: list[Annotated[str, StringConstraints(pattern=r"^[^#\s]+#\d+(-\d+)?$")]]
    verified: Literal[True]


class Term(_Strict):
    zh: Text
    en: Annotated[list[Text], Having(min_length=1)]
    colloquial: list[Text]
    identifier: list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]+$")]] = []
    never: list[Text] = []


def _entries() -> list[Entry]:
    return [Entry.model_validate(raw) for path in FAQ for raw in read_yaml(path)]


def _glossary() -> list[Term]:
    return [Term.model_validate(raw) for path in GLOSSARY for raw in read_yaml(path)]


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return _entries()


@pytest.fixture(scope="module")
def terms() -> list[Term]:
    return _glossary()


@pytest.fixture(scope="module")
def articles() -> dict[str, str]:
    if not ARTICLES.exists():
        pytest.skip("the law texts are not beside the repository")
    rows = (json.loads(line) for line in ARTICLES.read_text("utf-8").splitlines())
    return {f"{row['law']}#{row['article']}": row["text"] for row in rows}


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _bare(text: str) -> str:
    return re.sub(r"[\s，。？?、,.]", "", text).lower()


def _chinese_in(text: str) -> bool:
    return HAN.search(EXEMPT.sub("", text)) is not None


def _integer(numeral: str) -> int:
    total = section = digit = 0
    for char in numeral:
        if char in NUMERALS:
            digit = NUMERALS.index(char)
        elif char == "两":
            digit = 2
        elif char in UNITS:
            section, digit = section + (digit or 1) * UNITS[char], 0
        else:
            total, section, digit = total + (section + digit) * 10_000, 0, 0
    return total + section + digit


def _figures(text: str) -> set[int]:
    found = re.finditer(r"(\d+)\s*(万)?", text)
    return {int(match[1]) * (10_000 if match[2] else 1) for match in found}


def _figures_of_law(text: str) -> set[int]:
    numerals = re.findall(r"[零一二两三四五六七八九十百千万]+", text)
    return _figures(text) | {_integer(numeral) for numeral in numerals}


def _figures_of_english(text: str) -> set[int]:
    digits = {int(figure.replace(",", "")) for figure in re.findall(r"\d+(?:,\d{3})*", text)}
    return digits | {value for word, value in NUMBER_WORDS.items() if re.search(rf"\b{word}\b", text)}


def test_there_are_entries_for_every_topic(entries: list[Entry]) -> None:
    counts = Counter(entry.topic for entry in entries)
    assert len(entries) >= 120
    assert min(counts[topic] for topic in ("cosmetic", "device", "drug", "general", "assistant")) >= 15


@pytest.mark.parametrize("path", [*FAQ, *GLOSSARY], ids=lambda path: path.stem)
def test_a_file_keeps_to_500_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 500


def test_ids_are_unique(entries: list[Entry]) -> None:
    assert _repeated([entry.id for entry in entries]) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_question_is_asked_by_two_entries(entries: list[Entry], language: str) -> None:
    wordings = [getattr(entry.question, language) for entry in entries]
    wordings += [wording for entry in entries for wording in getattr(entry.similar, language)]
    assert _repeated([_bare(wording) for wording in wordings]) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_entry_refuses_a_question_of_its_own(entries: list[Entry], language: str) -> None:
    for entry in entries:
        own = {getattr(entry.question, language), *getattr(entry.similar, language)}
        refused = set(getattr(entry.negative, language))
        assert {_bare(text) for text in own}.isdisjoint(_bare(text) for text in refused), entry.id


def test_english_holds_no_chinese_but_law_names_and_printed_marks(entries: list[Entry]) -> None:
    for entry in entries:
        texts = [entry.question.en, *entry.similar.en, *entry.negative.en, entry.answer.en]
        assert [text for text in texts if _chinese_in(text)] == [], entry.id


def test_chinese_texts_are_chinese(entries: list[Entry]) -> None:
    for entry in entries:
        texts = [entry.question.zh, *entry.similar.zh, *entry.negative.zh, entry.answer.zh]
        assert [text for text in texts if not HAN.search(text)] == [], entry.id


def test_service_items_exist(entries: list[Entry]) -> None:
    assert {entry.service_item for entry in entries if entry.service_item} <= set(items())


def test_every_service_item_has_entries(entries: list[Entry]) -> None:
    assert set(items()) <= {entry.service_item for entry in entries}


def test_all_but_entries_on_the_assistant_rest_on_a_law(entries: list[Entry]) -> None:
    assert [e.id for e in entries if bool(e.basis) == (e.topic == "assistant")] == []


def test_a_basis_names_the_law_without_the_name_of_the_country(entries: list[Entry]) -> None:
    assert [e.id for e in entries if any(basis.startswith("中华人民共和国") for basis in e.basis)] == []


def test_no_article_is_named_twice_by_an_entry(entries: list[Entry]) -> None:
    assert [entry.id for entry in entries if _repeated(entry.basis)] == []


def test_both_languages_tell_the_same_figures(entries: list[Entry]) -> None:
    for entry in entries:
        chinese, english = _figures(entry.answer.zh), _figures_of_english(entry.answer.en)
        in_words = set(NUMBER_WORDS.values()) | {1, 3}
        assert chinese <= english | in_words, entry.id
        assert english <= chinese | in_words, entry.id


def test_both_languages_count_working_days_alike(entries: list[Entry]) -> None:
    for entry in entries:
        assert ("工作日" in entry.answer.zh) == ("working day" in entry.answer.en), entry.id


@pytest.mark.shared
def test_every_basis_is_an_article_that_exists(entries: list[Entry], articles: dict[str, str]) -> None:
    missing = {(e.id, basis) for e in entries for basis in e.basis if basis not in articles}
    assert missing == set()


@pytest.mark.shared
def test_every_figure_of_an_answer_stands_in_an_article_it_names(
    entries: list[Entry], articles: dict[str, str]
) -> None:
    for entry in entries:
        if entry.basis:
            proven = set().union(*(_figures_of_law(articles[basis]) for basis in entry.basis))
            assert _figures(entry.answer.zh) <= proven, entry.id


@pytest.mark.parametrize(
    ("numeral", "value"), [("十", 10), ("二十", 20), ("一百二十", 120), ("五十万", 500_000), ("两", 2)]
)
def test_chinese_numerals_are_read(numeral: str, value: int) -> None:
    assert _integer(numeral) == value


def test_a_figure_that_no_article_holds_is_found() -> None:
    law = _figures_of_law("自受理之日起二十日内，处一万元")
    assert _figures("处 2 万元，90 个工作日") - law == {20_000, 90}


def test_the_glossary_has_over_500_terms_each_once(terms: list[Term]) -> None:
    assert len(terms) >= 500
    assert _repeated([term.zh for term in terms]) == []


def test_glossary_english_is_english(terms: list[Term]) -> None:
    assert [term.zh for term in terms if any(HAN.search(english) for english in term.en)] == []


def test_a_glossary_term_repeats_none_of_its_own_words(terms: list[Term]) -> None:
    assert [t.zh for t in terms if _repeated([*t.en, *t.colloquial]) or t.zh in t.colloquial] == []


def test_the_words_of_the_code_are_in_the_glossary(terms: list[Term]) -> None:
    named = {name for term in terms for name in term.identifier}
    assert named == {
        *("ServiceItem", "service_item_code", "Filing", "filing_no", "Case", "case_no"),
        *("Handoff", "handoff_reason", "applicant", "proxy", "officer", "Prefill", "HistoricalRecord"),
        *("Passage", "Citation", "Provenance", "effective_from", "repealed_on"),
        *("DeficiencyNotice", "Correction", "Rating"),
    }


def test_no_word_is_both_an_identifier_and_forbidden(terms: list[Term]) -> None:
    identifiers = {name.lower() for term in terms for name in term.identifier}
    assert identifiers.isdisjoint(word.lower() for term in terms for word in term.never)
