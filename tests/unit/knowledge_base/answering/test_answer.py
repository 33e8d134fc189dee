"""Answers, choices and stored questions."""

import pytest

from core.errors import InvariantBroken
from knowledge_base.answering.faq import match_faq
from knowledge_base.answering.rules import FOLDER, shipped_rules
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.clarify import clarify
from knowledge_base.answering.steps.stored_answers import leaves_out_the_figure
from knowledge_base.answering.steps.structured import (
    answer_for_all,
    answer_from_guide,
    answer_nearly_from_guide,
)
from knowledge_base.answering.views import Answer, Choice, Citation, Ranked, article_number


def test_an_answer_without_citation_cannot_be_made():
    with pytest.raises(InvariantBroken):
        Answer(AnswerStatus.ANSWERED, "是的。", [])


def test_an_answer_about_this_service_rests_on_no_law_and_says_so():
    assert Answer(AnswerStatus.ANSWERED, "右上角可以切换语言。", [], rests_on_no_law=True).citations == []


def test_a_refusal_needs_no_citation():
    assert Answer(AnswerStatus.NO_SOURCE, "没有找到。", []).status.is_answered is False


def test_the_message_carries_status_citations_and_choices():
    citation = Citation("药品管理法", "51", "第五十一条", quote="从事药品批发活动")
    choice = Choice("药品生产许可证", "延续要什么", "drug_prod_licence")
    message = Answer(
        AnswerStatus.ANSWERED, "t", [], [citation], choices=[choice], trace_id="ans_1"
    ).to_message()
    assert message["kind"] == "answer"
    assert message["answer"]["status"] == "answered"
    assert message["answer"]["citations"][0]["article"] == 51
    assert message["choices"] == [
        {
            "label": "药品生产许可证",
            "payload": {
                "intent": "ask_policy",
                "entities": {"value": "延续要什么", "service_item": "drug_prod_licence"},
            },
        }
    ]


def test_an_inserted_article_keeps_its_double_number():
    assert (article_number("14"), article_number("14-1")) == (14, "14-1")
    assert Ranked("药品管理法", "14-1", 0.5).to_json()["article"] == "14-1"


def test_a_guide_tells_the_aspects_asked_for_with_their_provisions(read):
    context = read("二类医疗器械注册要多久，收费吗")
    answer_from_guide(context)
    assert {passage.aspect for passage in context.draft.carried_by} == {"time_limit", "fees"}
    assert "医疗器械监督管理条例#104" in context.draft.provisions


def test_a_guide_says_nothing_that_rests_on_no_provision(read):
    context = read("化妆品备案收费吗")
    answer_from_guide(context)
    assert context.draft is None


def test_a_guide_is_silent_on_what_it_does_not_cover(read):
    context = read("化妆品备案后多久要提交儿童牙膏的功效评价报告")
    answer_from_guide(context)
    assert context.draft is None


def test_renewal_is_told_before_what_else_is_asked_and_gaps_are_admitted(read):
    context = read("化妆品生产许可证延续需要什么材料")
    answer_from_guide(context)
    assert context.draft.carried_by[0].aspect == "renewal"
    assert context.draft.status is AnswerStatus.ANSWERED_PARTLY


def test_an_answer_that_is_partly_unverified_says_so(read):
    context = read("医疗器械注册证延续需要什么材料")
    answer_from_guide(context)
    assert context.draft.status is AnswerStatus.ANSWERED_PARTLY


def test_an_open_question_is_cleared_up_with_one_button_a_matter(read):
    context = read("生产许可证要什么条件")
    clarify(context)
    assert context.draft.status is AnswerStatus.CLARIFICATION
    codes = [choice.service_item_code for choice in context.draft.choices]
    assert sorted(codes) == ["cosmetic_prod_licence", "device_prod_licence", "drug_prod_licence"]


def test_nobody_is_asked_which_one_where_the_answers_are_the_same(read):
    context = read("药品经营许可证有效期多长")
    clarify(context)
    assert context.draft is None
    assert context.item_code in {"drug_dist_retail", "drug_dist_wholesale"}


def test_remedies_are_the_same_for_all_and_are_not_asked_back(read):
    context = read("许可证没批，不服怎么复议")
    clarify(context)
    assert context.draft is None


def test_a_chosen_button_is_understood_as_its_item(read):
    context = read("生产许可证要什么条件")
    clarify(context)
    chosen = context.draft.choices[0]
    again = read(chosen.value, service_item_code=chosen.service_item_code)
    assert again.item_code == chosen.service_item_code


def test_the_closest_stored_question_wins_and_its_negative_is_weighed(shelved, passage):
    right = passage(
        "faq", "…", heading="普通化妆品备案要交什么", data={"negative": ["化妆品生产许可要交什么"]}
    )
    wrong = passage("faq", "……", heading="医疗器械召回分几级", data={"negative": []})
    best = match_faq("普通化妆品备案要交什么材料", [wrong, right], shelved)[0]
    assert best.passage is right
    assert best.score > best.against > 0


@pytest.mark.parametrize(
    ("text", "answer", "is_left_out"),
    [
        ("发现问题后几天内上报", "可以向监测机构报告，也可以向销售企业报告。", True),
        ("发现问题后几天内上报", "导致死亡的 7 日内报告。", False),
        ("发现问题后几天内上报", "应当立即报告。", False),
        ("发现问题向谁上报", "可以向监测机构报告。", False),
        ("办理要收费吗", "请到受理窗口办理。", True),
        ("How long does the review take?", "Apply to the provincial authority.", True),
        ("How long does the review take?", "20 working days.", False),
    ],
)
def test_a_stored_answer_without_the_figure_asked_for_is_passed_over(
    read, passage, text, answer, is_left_out
):
    assert leaves_out_the_figure(read(text), passage("faq", answer)) is is_left_out


def test_similar_wordings_count_like_the_standard_one(shelved, passage):
    entry = passage("faq", "…", heading="甲", search_texts=("面霜备案要什么",), data={})
    assert match_faq("面霜备案要什么", [entry], shelved)[0].score == pytest.approx(0.5)


def test_rule_files_are_all_read_and_know_no_other_keys():
    assert {path.stem for path in FOLDER.glob("*.yml")} == set(vars(shipped_rules()))


def test_several_certificates_that_say_the_same_are_answered_together(read):
    context = read("产品注册证管多少年")
    clarify(context)
    assert context.draft.status is AnswerStatus.ANSWERED
    assert {"医疗器械监督管理条例#22", "药品注册管理办法#12", "化妆品监督管理条例#24"} <= set(
        context.draft.provisions
    )
    assert all("5" in line for line in context.draft.blocks[1]["items"])


def test_certificates_whose_figures_differ_are_asked_about(read):
    context = read("生产许可证提前多久延续")
    clarify(context)
    assert context.draft.status is AnswerStatus.CLARIFICATION


def test_what_the_guide_does_not_cover_is_answered_with_the_closest_of_it_and_said_so(read):
    context = read("适用范围想扩大到成人,怎么弄")
    answer_from_guide(context)
    assert context.draft is None
    answer_nearly_from_guide(context)
    assert context.draft.status is AnswerStatus.ANSWERED_PARTLY
    assert context.draft.carried_by[0].service_item_code == "device2_reg_change"


def test_how_to_appeal_is_told_without_asking_which_licence(read):
    context = read("被罚了不服去哪告")
    answer_for_all(context)
    assert "行政复议法#20" in context.draft.provisions
