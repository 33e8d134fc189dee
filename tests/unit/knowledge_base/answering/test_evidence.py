"""How likely what was found answers a question."""

import pytest

from knowledge_base.answering.context import Context
from knowledge_base.answering.evidence import figures, probability
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.rules.schema import Fitted, SupportModel
from knowledge_base.answering.steps.matters import understand
from knowledge_base.answering.steps.normalise import normalise
from knowledge_base.answering.views import Question
from knowledge_base.search.query import Hit, RankedProvision, SearchResult
from tests.unit.knowledge_base.answering.conftest import ShelvedKnowledge, a_passage

TEXT = "从事药品零售活动，应当经批准取得药品经营许可证。"


def found(text: str, *, semantic: float | None) -> Context:
    passage = a_passage("law", TEXT, title="药品管理法", article="51")
    context = Context(Question(text), ShelvedKnowledge([passage]), shipped_rules())
    normalise(context)
    understand(context)
    hit = Hit(passage, 0.9, 3.0, semantic)
    ranked = (RankedProvision("药品管理法#51", 1.2),)
    context.result = SearchResult((hit,), ranked, "s", "e", semantic is None, semantic)
    return context


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_weight_belongs_to_a_figure(language):
    known = figures(found("开药店要许可吗", semantic=0.7)).keys()
    model = shipped_rules().support.of(language)
    assert model.meaning.weights.keys() == known
    assert model.words.weights.keys() < known
    assert not {"nearest", "nearness"} & model.words.weights.keys()


def test_what_is_close_and_shares_words_is_likelier():
    model = shipped_rules().support.zh
    near = figures(found("药品零售要取得许可证吗", semantic=0.8))
    far = figures(found("明天会下雨吗", semantic=0.1))
    assert probability(model, near, has_meaning=True) > 0.9 > 0.1 > probability(model, far, has_meaning=True)
    assert probability(model, near, has_meaning=False) > probability(model, far, has_meaning=False)


def test_without_anything_found_all_figures_are_there():
    context = found("开药店要许可吗", semantic=0.7)
    context.result = SearchResult((), (), "s", "e", True, None)
    assert figures(context)["nearest"] == figures(context)["share"] == 0.0


def test_the_probability_is_the_logistic_of_the_weighed_sum():
    even = Fitted(bias=-1.0, weights={"nearest": 2.0})
    model = SupportModel(meaning=even, words=Fitted(bias=0.0, weights={}))
    assert probability(model, {"nearest": 0.5}, has_meaning=True) == 0.5
    assert probability(model, {"nearest": 0.5}, has_meaning=False) == 0.5
