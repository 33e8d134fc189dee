"""Which provisions come first."""

from datetime import date

import pytest

from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.filter import filter_found, rerank
from knowledge_base.answering.steps.matters import understand
from knowledge_base.answering.steps.normalise import normalise
from knowledge_base.answering.views import Question
from knowledge_base.search.query import RankedProvision, SearchResult
from tests.unit.knowledge_base.answering.conftest import ShelvedKnowledge, a_passage, guide_passages

RULE, PENALTY = "未取得许可不得经营医疗器械。", "未经许可经营医疗器械的，处五万元以上罚款。"


def law(title: str, article: str, text: str):
    return a_passage("law", text, title=title, article=article, in_force_from=date(2020, 1, 1))


@pytest.fixture(scope="module")
def knowledge() -> ShelvedKnowledge:
    laws = [
        law("医疗器械监督管理条例", "40", RULE),
        law("医疗器械监督管理条例", "81", PENALTY),
        law("药品管理法", "51", "从事药品经营应当取得许可证。"),
        law("行政许可法", "38", "不予许可的，应当说明理由。"),
    ]
    return ShelvedKnowledge([*guide_passages(), *laws])


def ranked(knowledge: ShelvedKnowledge, text: str, scores: dict[str, float]) -> Context:
    context = Context(Question(text), knowledge, shipped_rules())
    normalise(context)
    understand(context)
    found = tuple(RankedProvision(key, score) for key, score in scores.items())
    context.result = SearchResult((), found, "s", "e", False, 0.5)
    filter_found(context)
    return context


def keys(context: Context) -> list[str]:
    return [found.key for found in context.result.provisions]


def test_a_law_on_drugs_comes_after_laws_on_devices_where_devices_are_asked_about(knowledge):
    context = ranked(
        knowledge, "医疗器械经营要许可吗", {"药品管理法#51": 1.0, "医疗器械监督管理条例#40": 0.7}
    )
    assert keys(context)[0] == "医疗器械监督管理条例#40"


def test_a_law_on_all_products_keeps_its_place(knowledge):
    context = ranked(
        knowledge, "医疗器械许可不批要说理由吗", {"行政许可法#38": 0.8, "医疗器械监督管理条例#40": 0.7}
    )
    assert keys(context)[0] == "行政许可法#38"


def test_nothing_is_moved_for_its_product_where_the_question_names_none(knowledge):
    scores = {"药品管理法#51": 0.8, "行政许可法#38": 0.75}
    assert keys(ranked(knowledge, "没批下来的理由", scores)) == list(scores)


def test_the_penalty_comes_before_the_rule_where_it_is_asked_for_and_after_it_else(knowledge):
    scores = {"医疗器械监督管理条例#40": 0.8, "医疗器械监督管理条例#81": 0.79}
    assert keys(ranked(knowledge, "无证经营医疗器械怎么处罚", scores))[0] == "医疗器械监督管理条例#81"
    scores = {"医疗器械监督管理条例#81": 0.8, "医疗器械监督管理条例#40": 0.79}
    assert keys(ranked(knowledge, "经营医疗器械要不要许可", scores))[0] == "医疗器械监督管理条例#40"


def test_what_a_guide_rests_on_is_lifted_and_added_where_it_was_not_found(knowledge):
    context = ranked(knowledge, "医疗器械经营许可", {"医疗器械监督管理条例#40": 0.5, "行政许可法#38": 0.55})
    context.draft = Draft(
        AnswerStatus.ANSWERED, [], ["医疗器械监督管理条例#40", "药品管理法#51"], source="guide"
    )
    rerank(context)
    assert keys(context)[0] == "医疗器械监督管理条例#40"
    assert "药品管理法#51" in keys(context)


def test_the_ranking_of_what_the_law_says_itself_is_left_as_found(knowledge):
    context = ranked(knowledge, "医疗器械经营许可", {"行政许可法#38": 0.55})
    context.draft = Draft(AnswerStatus.ANSWERED, [], ["医疗器械监督管理条例#40"], source="text")
    rerank(context)
    assert keys(context) == ["行政许可法#38"]
