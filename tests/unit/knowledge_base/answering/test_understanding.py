"""Items, aspects and what remains of a question."""

import pytest

from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.steps.matters import facets_in


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("普通化妆品备案要交哪些资料", "cosmetic_filing"),
        ("化妆品生产许可证有效期几年", "cosmetic_prod_licence"),
        ("一类器械产品备案找谁", "device1_filing"),
        ("二类医疗器械注册要多久", "device2_reg_initial"),
        ("医疗器械注册证快到期了怎么办", "device2_reg_renewal"),
        ("器械注册证变更要什么材料", "device2_reg_change"),
        ("医疗器械生产许可证的办理条件", "device_prod_licence"),
        ("经营第二类医疗器械要备案吗", "device_dist_class2_filing"),
        ("医疗器械经营许可证怎么办", "device_dist_class3_licence"),
        ("药品补充申请审评时限", "drug_change"),
        ("开一家药店需要什么条件", "drug_dist_retail"),
        ("药品批发企业许可证多久批下来", "drug_dist_wholesale"),
        ("网上卖药要先报告吗", "drug_online_report"),
        ("药品生产许可证到期前几个月申请", "drug_prod_licence"),
        ("What documents does a cosmetics filing take?", "cosmetic_filing"),
        ("How do I open a pharmacy?", "drug_dist_retail"),
        ("Renewal of a Class II device registration", "device2_reg_renewal"),
        ("conditions for a drug wholesale licence", "drug_dist_wholesale"),
    ],
)
def test_the_item_is_made_out_from_its_words(read, text, item):
    assert read(text).item_code == item


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("生产许可证要什么条件", {"cosmetic_prod_licence", "device_prod_licence", "drug_prod_licence"}),
        ("药品经营许可证怎么办", {"drug_dist_retail", "drug_dist_wholesale"}),
        ("备案需要哪些材料", {"cosmetic_filing", "device1_filing"}),
        ("注册证有效期多久", {"device2_reg_initial", "drug_registration", "special_cosmetic_registration"}),
        (
            "What documents do I need for a production licence?",
            {"cosmetic_prod_licence", "device_prod_licence", "drug_prod_licence"},
        ),
    ],
)
def test_all_matters_that_fit_are_candidates_where_the_words_leave_it_open(read, text, codes):
    context = read(text)
    assert context.matter is None
    assert {matter.code for matter in context.candidates} == codes


def test_a_class_three_device_is_not_told_by_the_guide_of_class_two(read):
    context = read("第三类医疗器械注册需要什么材料")
    assert context.matter is not None
    assert context.item_code == ""


def test_first_issue_is_meant_where_neither_renewal_nor_change_is_spoken_of(read):
    assert read("二类医疗器械注册收费吗").item_code == "device2_reg_initial"


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("化妆品备案需要什么材料", ["materials"]),
        ("化妆品备案需要什么条件", ["conditions"]),
        ("化妆品备案多久能办好，收费吗", ["time_limit", "fees"]),
        ("药品生产许可证提前多久申请延续", ["renewal"]),
        ("药品生产许可证到期前几个月申请", ["renewal"]),
        ("化妆品生产许可证有效期多久", ["validity"]),
        ("不予许可怎么申请行政复议", ["rejection", "remedies", "procedure"]),
        ("How long does a cosmetics filing take and what does it cost?", ["time_limit", "fees"]),
        ("Which authority handles Class I filing?", ["authority"]),
    ],
)
def test_aspects_are_read_from_how_people_ask(read, text, aspects):
    assert sorted(read(text).aspects) == sorted(aspects)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("请问化妆品备案需要哪些材料？", ""),
        ("医疗器械不良事件几天内报告", "不良事件"),
        ("What is the penalty for counterfeit drugs?", "penalty"),
        ("How do I renew my licence?", ""),
    ],
)
def test_the_residual_is_what_no_known_word_covers(read, text, left):
    residual = read(text).residual
    assert (left in residual) if left else residual == ""


def test_a_follow_up_takes_its_item_from_the_question_before(read):
    context = read("那费用呢？", history=("药品批发企业许可证多久批下来",))
    assert (context.item_code, context.is_inherited, context.aspects) == (
        "drug_dist_wholesale",
        True,
        ["fees"],
    )


def test_a_question_that_names_its_own_item_ignores_what_was_said_before(read):
    assert read("化妆品备案收费吗", history=("药品批发许可证多久",)).item_code == "cosmetic_filing"


def test_the_item_of_the_conversation_settles_an_open_question(read):
    assert (
        read("许可证延续要什么材料", service_item_code="drug_prod_licence").item_code == "drug_prod_licence"
    )


def test_the_item_of_the_conversation_gives_way_to_the_item_named(read):
    assert read("化妆品备案要什么材料", service_item_code="drug_prod_licence").item_code == "cosmetic_filing"


def test_an_unknown_item_of_the_conversation_is_ignored(read):
    assert read("要什么材料", service_item_code="no_such_item").matter is None


def test_a_pharmacy_means_drugs_though_it_does_not_say_so():
    facets = facets_in("连锁门店怎么管", shipped_rules().matters)
    assert facets["domain"] == frozenset({"drug"})


def test_every_item_of_the_matters_has_a_guide(shelved):
    named = {matter.item for matter in shipped_rules().matters.matters if matter.item}
    assert named == set(shelved.guided_items())
