from datetime import date
from pathlib import Path

import pytest

from core.errors import DependencyFailed
from forms.service import export_guides
from knowledge_base import service as knowledge_base
from knowledge_base.embedding.service import get_encoder
from knowledge_base.search.query import SearchQuery, SearchResult
from knowledge_base.search.service import search
from knowledge_base.search.settings import search_settings

RENEWAL = "药品经营许可证有效期届满怎么延续"


def titles(found: SearchResult) -> set[str]:
    return {hit.passage.title for hit in found.hits}


class FailingEncoder:
    """An encoder whose model cannot be loaded."""

    encoder_id, dim = "broken", 512

    def __init__(self, encoder_id: str) -> None:
        self.encoder_id = encoder_id

    def warm_up(self) -> None:
        raise DependencyFailed("knowledge_base.encoder_failed")

    def encode(self, texts: object) -> object:
        raise DependencyFailed("knowledge_base.encoder_failed")


def test_the_article_that_answers_comes_first_with_its_provenance(indexed: Path) -> None:
    found = search(SearchQuery(RENEWAL))
    best = found.hits[0].passage
    assert (best.title, best.article_number, best.article_label) == ("药品零售管理办法", 3, "第三条")
    assert "二个月" in best.text
    assert (best.document_number, str(best.effective_from)) == ("国家市场监督管理总局令第90号", "2024-06-01")
    assert (found.provisions[0].title, found.provisions[0].article) == ("药品零售管理办法", 3)
    assert not found.degraded


def test_the_text_of_the_day_is_found(indexed: Path) -> None:
    then = search(SearchQuery(RENEWAL, as_of=date(2021, 1, 1)))
    assert "六个月" in then.hits[0].passage.text
    assert then.hits[0].passage.status == "superseded"
    long_ago = search(SearchQuery("药品经营许可证", as_of=date(2005, 1, 1)))
    assert titles(long_ago) == {"药品零售暂行规定"}


def test_superseded_and_repealed_texts_are_not_found_today(indexed: Path) -> None:
    found = search(SearchQuery("药品经营许可证每年换发", limit=50))
    assert all(hit.passage.status == "current" for hit in found.hits)
    assert titles(found) == {"药品零售管理办法"}


def test_repealed_texts_are_found_where_asked_for(indexed: Path) -> None:
    found = search(SearchQuery("旧化妆品卫生条例 生产化妆品 卫生许可证", include_repealed=True))
    assert "旧化妆品卫生条例" in titles(found)


@pytest.mark.parametrize(
    ("province", "text", "is_found"),
    [
        ("上海市", "药店夜间售药窗口", True),
        ("31", "药店夜间售药窗口", True),
        ("广东省", "药店夜间售药窗口", False),
        (None, "药店夜间售药窗口", False),
        (None, "上海药店夜间售药窗口", True),
    ],
)
def test_a_local_rule_is_found_where_it_applies(
    indexed: Path, province: str | None, text: str, is_found: bool
) -> None:
    found = search(SearchQuery(text, province=province))
    assert ("上海市药店服务规定" in titles(found)) is is_found


def test_kinds_service_item_and_language_are_filtered(ingested: Path) -> None:
    knowledge_base.import_guides(export_guides())
    knowledge_base.build_index()
    question = "需要哪些材料"
    guides = search(SearchQuery(question, kinds=["guide"], service_item_code="cosmetic_filing"))
    assert {hit.passage.service_item_code for hit in guides.hits} == {"cosmetic_filing"}
    assert {hit.passage.language for hit in guides.hits} == {"zh"}
    english = search(SearchQuery("What documents does it take?", locale="en", kinds=["guide"]))
    assert {hit.passage.language for hit in english.hits} == {"en"}
    assert all(hit.passage.kind == "law" for hit in search(SearchQuery(question, kinds=["law"])).hits)


def test_a_guide_ranks_the_articles_it_rests_on(ingested: Path) -> None:
    knowledge_base.import_guides(export_guides())
    knowledge_base.build_index()
    found = search(SearchQuery("普通化妆品备案需要哪些材料"))
    assert found.hits[0].passage.aspect == "materials"
    assert ("化妆品监督管理条例", 19) in [(p.title, p.article) for p in found.provisions]
    assert len({p.key for p in found.provisions}) == len(found.provisions) <= 10


def test_keywords_decide_where_the_encoder_fails_and_it_is_told(indexed: Path) -> None:
    found = search(SearchQuery(RENEWAL), encoder=FailingEncoder(get_encoder().encoder_id))  # type: ignore[arg-type]
    assert found.degraded
    assert found.encoder_id == ""
    assert found.hits[0].passage.article == "3"
    assert found.hits[0].semantic is None


def test_vectors_of_another_encoder_are_not_compared(indexed: Path) -> None:
    assert search(SearchQuery(RENEWAL), encoder=FailingEncoder("another:0")).degraded  # type: ignore[arg-type]


def test_keyword_only_hits_are_discarded_where_nothing_is_close_in_meaning(indexed: Path) -> None:
    strict = search_settings().model_copy(update={"semantic_floor": 0.999})
    found = search(SearchQuery(RENEWAL), settings=strict)
    assert (found.hits, found.provisions) == ((), ())
    assert found.best_semantic is not None
    assert found.best_semantic < 0.999


@pytest.mark.parametrize("text", ["", "😀😀", "   ", "\x00\x01", "<script>alert(1)</script>" * 10, "/" * 500])
def test_odd_questions_neither_fail_nor_find_by_chance(indexed: Path, text: str) -> None:
    found = search(SearchQuery(text))
    assert all(0 < hit.score <= 1 for hit in found.hits)
    if not any(c.isalnum() for c in text):
        assert found.hits == ()


def test_scores_fall_and_the_limit_holds(indexed: Path) -> None:
    found = search(SearchQuery("药品", limit=2))
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 2


def test_one_article_is_given_as_it_stood_on_a_day(indexed: Path) -> None:
    today, then = (
        knowledge_base.find_provision("药品零售管理办法", 3),
        knowledge_base.find_provision("药品零售管理办法", "3", date(2021, 1, 1)),
    )
    assert today is not None
    assert then is not None
    assert ("二个月" in today.text, "六个月" in then.text) == (True, True)
    assert knowledge_base.find_provision("旧化妆品卫生条例", 1) is None
    assert knowledge_base.find_provision("药品零售管理办法", 99) is None
