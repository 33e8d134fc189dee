import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.search.fusion import fuse, scale
from knowledge_base.search.glossary import Glossary
from knowledge_base.search.ranking import nearby, rank_provisions
from knowledge_base.search.settings import SearchSettings, search_settings

SETTINGS = search_settings().model_copy(update={"basis_share": 0.9, "spread": 0.1, "agreement": 0.5})


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=40))
def test_scaled_scores_lie_between_zero_and_one(scores: list[float]) -> None:
    array = np.asarray(scores, dtype=np.float32)
    scaled = scale(array, float(array.min()))
    assert scaled.min() >= 0
    assert scaled.max() <= 1


def test_scores_are_scaled_from_the_lowest_of_the_collection() -> None:
    scores = np.asarray([1, 2, 3], dtype=np.float32)
    assert scale(scores, 1.0).tolist() == [0, 0.5, 1]
    assert scale(scores, -1.0).tolist() == [0.5, 0.75, 1]
    assert scale(scores, 3.0).tolist() == [0, 0, 0]


def test_keywords_decide_alone_where_the_encoder_failed() -> None:
    lexical = np.asarray([0, 1, 3], dtype=np.float32)
    assert fuse(lexical, None, (0.0, 0.0), 0.5).tolist() == scale(lexical, 0.0).tolist()


def test_the_sum_is_weighted() -> None:
    lexical, semantic = np.asarray([0, 1, 0], dtype=np.float32), np.asarray([1, 0, 0], dtype=np.float32)
    assert fuse(lexical, semantic, (0.0, 0.0), 0.3).tolist() == pytest.approx([0.7, 0.3, 0.0])


def test_each_article_is_ranked_once() -> None:
    ranked = rank_provisions(
        [("law", ["甲#1"], 0.8), ("law", ["甲#1"], 0.6), ("law", ["乙#2"], 0.7)], SETTINGS
    )
    assert [(p.title, p.article, p.score) for p in ranked] == [("甲", 1, 0.8), ("乙", 2, 0.7)]


def test_an_article_gains_by_a_good_neighbour_in_its_own_law_alone() -> None:
    found = [
        ("law", ["甲#10"]),
        ("law", ["甲#12"]),
        ("law", ["甲#15"]),
        ("law", ["乙#11"]),
        ("law", ["甲#3-1"]),
        ("faq", ["甲#11"]),
        ("faq", []),
    ]
    scores = np.asarray([1.0, 0.5, 0.2, 0.4, 0.4, 0.3, 0.0], dtype=np.float32)
    lent = nearby(found, scores)
    assert lent.tolist() == pytest.approx([0.5, 1.0, 0.5, 0, 0, 1.0, 0])


def test_nothing_found_has_no_neighbours() -> None:
    assert nearby([], np.zeros(0, dtype=np.float32)).tolist() == []
    assert nearby([("law", ["甲#1"])], np.ones(1, dtype=np.float32)).tolist() == [0]


def test_a_guide_counts_through_the_articles_it_rests_on_in_their_order() -> None:
    ranked = rank_provisions([("guide", ["甲#1", "甲#2-1"], 1.0)], SETTINGS)
    assert [(p.article, p.score) for p in ranked] == [(1, 0.9), ("2-1", 0.8)]


def test_an_article_that_two_sources_agree_on_gains() -> None:
    ranked = rank_provisions(
        [("faq", ["甲#1"], 1.0), ("law", ["甲#1"], 0.6), ("law", ["乙#2"], 1.0)], SETTINGS
    )
    assert [p.key for p in ranked] == ["甲#1", "乙#2"]
    assert ranked[0].score == pytest.approx(0.9 + 0.5 * 0.6)


def test_at_most_ten_are_named() -> None:
    assert len(rank_provisions([("law", [f"甲#{n}"], 1.0) for n in range(30)], SETTINGS)) == 10


def test_weights_out_of_bounds_are_refused() -> None:
    with pytest.raises(ValidationError):
        SearchSettings.model_validate({**search_settings().model_dump(), "agreement": 2})


GLOSSARY = Glossary(
    [
        {"zh": "医疗器械注册证", "en": ["device registration certificate"], "colloquial": ["器械证"]},
        {"zh": "变更法定代表人", "colloquial": ["法人换了"]},
        {"zh": "药品", "en": ["drug"]},
    ]
)


def test_english_wordings_bring_the_chinese_term() -> None:
    assert GLOSSARY.expand("Is the Device-Registration certificate for drugs valid?", 9) == [
        "医疗器械注册证",
        "药品",
    ]


def test_colloquial_wordings_bring_the_legal_term() -> None:
    assert GLOSSARY.expand("法人换了器械证要改吗", 9) == ["变更法定代表人", "医疗器械注册证"]


def test_a_term_that_stands_in_the_question_is_not_added() -> None:
    assert GLOSSARY.expand("药品 drug", 9) == []
    assert GLOSSARY.expand("法人换了器械证要改吗", 1) == ["变更法定代表人"]
