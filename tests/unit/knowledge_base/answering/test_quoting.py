"""Quotes are exact pieces of the law."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering.quoting import clauses, laid_out, quote
from knowledge_base.answering.units import coverage, likeness, stem, units

ARTICLE = "\n".join(
    [
        "从事医疗器械经营活动，应当有与经营规模和经营范围相适应的经营场所和贮存条件，以及质量管理制度。" * 3,
        "申请第三类医疗器械经营许可，应当提交下列资料：",
        "（一）营业执照复印件；",
        "（二）质量负责人的学历证明；",
        "（三）经营场所、库房的地理位置图。",
        "受理申请的部门应当自受理之日起20个工作日内作出决定。" * 4,
    ]
)


@given(st.text(alphabet="药品监督。；\n（一）、材料", max_size=900), st.text(max_size=40))
def test_a_quote_is_an_unbroken_piece_of_the_article(text, focus):
    assert quote(text, focus, 200) in text


def test_a_short_article_is_quoted_whole():
    assert quote("医疗器械注册证有效期为5年。", "收费", 100) == "医疗器械注册证有效期为5年。"


def test_the_paragraph_that_bears_on_the_question_is_quoted_with_its_items():
    quoted = quote(ARTICLE, "第三类医疗器械经营许可要提交什么资料", 420)
    assert quoted.startswith("申请第三类医疗器械经营许可")
    assert quoted.endswith("地理位置图。")


def test_another_question_brings_another_paragraph_of_the_same_article():
    assert "20个工作日" in quote(ARTICLE, "受理之日起多少工作日作出决定", 420)


def test_items_belong_to_the_sentence_that_introduces_them():
    assert len(clauses(ARTICLE)) == 3


def test_a_list_is_laid_out_as_lead_and_items():
    lead, items = laid_out("应当提交：\n（一）甲；\n（二）乙。")
    assert (lead, items) == ("应当提交：", ["（一）甲；", "（二）乙。"])


def test_a_long_paragraph_is_cut_between_sentences():
    text = "第一句讲条件。" * 60 + "这一句讲费用由财政部门规定。" + "最后讲程序。" * 60
    quoted = quote(text, "费用", 60)
    assert quoted.startswith("这一句讲费用")
    assert quoted.endswith("。")
    assert len(quoted) <= 60


def test_units_are_pairs_of_characters_and_stems_of_words():
    assert units("药品 licences of the") == {"药品", "licenc"}
    assert stem("fees") == "fees"


def test_coverage_is_whole_where_nothing_is_wanted():
    assert coverage("", "任何内容") == 1.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetric_and_between_nothing_and_one(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0
