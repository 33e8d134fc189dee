from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvariantBroken
from knowledge_base.index import entries
from knowledge_base.index.terms import stem, terms
from knowledge_base.passages import PassageView

LAW = PassageView(
    id="p1",
    document_id="d1",
    version_id="v1",
    kind="law",
    title="药品管理法",
    level="law",
    status="current",
    sha256="0" * 64,
    text="从事药品零售活动，应当经批准。",
    article="51",
    article_label="第五十一条",
    in_force_from=date(2019, 12, 1),
)
CARD = replace(
    LAW,
    id="p2",
    kind="card",
    basis=("药品管理法#51",),
    text="开药店要先拿许可。",
    search_texts=("怎么开药店", "open a pharmacy"),
)


def test_chinese_is_cut_into_characters_and_bigrams_and_english_is_stemmed() -> None:
    assert terms("药品 GMP 2024 the Licences") == ["药", "品", "药品", "gmp", "2024", "licens"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("licensing", "licence"),
        ("registered", "register"),
        ("filings", "filing"),
        ("cosmetics", "cosmetic"),
        ("companies", "company"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_full_width_letters_are_read_as_plain_ones() -> None:
    assert terms("ＧＭＰ") == ["gmp"]


@given(st.text(max_size=300))
def test_terms_of_any_text_are_found(text: str) -> None:
    assert all(isinstance(term, str) and term for term in terms(text))


@given(st.text(alphabet="甲乙丙丁", max_size=1000))
def test_windows_cover_the_whole_text(text: str) -> None:
    cut = entries.windows(text)
    rebuilt = cut[0]
    for window in cut[1:]:
        rebuilt += window[entries.WINDOW - entries.STEP :]
    assert rebuilt[: len(text)] == text or text.startswith(rebuilt)
    assert len(text) - len(rebuilt) < entries.WINDOW


def test_a_card_of_a_held_article_is_found_through_the_article() -> None:
    (entry,) = entries.make_entries([LAW, CARD])
    assert entry.passage_id == "p1"
    assert "怎么开药店" in entry.windows
    assert "open a pharmacy" in entry.lexical


def test_windows_know_whether_they_are_text_summary_or_question() -> None:
    (entry,) = entries.make_entries([LAW, CARD])
    roles = dict(zip(entry.windows, entry.roles, strict=True))
    assert roles["怎么开药店"] == entries.QUESTION
    assert roles[CARD.text] == entries.DIGEST
    assert {role for window, role in roles.items() if LAW.text[:8] in window} == {entries.TEXT}


def test_a_card_without_its_article_stands_alone() -> None:
    (entry,) = entries.make_entries([CARD])
    assert (entry.passage_id, entry.kind, entry.provisions) == ("p2", "card", ("药品管理法#51",))


def test_a_repealed_text_without_a_day_is_in_force_on_none() -> None:
    (entry,) = entries.make_entries([replace(LAW, status="repealed")])
    assert entry.first_day == entry.last_day


def test_a_passage_without_provenance_cannot_be_made() -> None:
    with pytest.raises(InvariantBroken):
        replace(LAW, sha256="")


def test_a_guide_stands_for_what_it_rests_on_and_a_law_for_itself() -> None:
    assert LAW.provisions == ("药品管理法#51",)
    assert replace(LAW, kind="guide", basis=("行政许可法#30",)).provisions == ("行政许可法#30",)
    assert replace(LAW, article="").provisions == ()
    assert (LAW.article_number, replace(LAW, article="14-1").article_number) == (51, "14-1")
