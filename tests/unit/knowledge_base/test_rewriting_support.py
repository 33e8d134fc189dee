"""Which sentences the sources carry, and why others are dropped."""

import pytest

from knowledge_base.embedding.service import SHIPPED
from knowledge_base.embedding.static import StaticEncoder
from knowledge_base.rewriting.support import Sources, check, sentences
from knowledge_base.rewriting.wording import claims, denials, modes

RENEWAL = (
    "《药品生产监督管理办法》第二十条：药品生产许可证有效期届满，需要继续生产药品的，应当在有效期届满前六个月，"
    "向原发证机关申请重新发放药品生产许可证。原发证机关应当自受理之日起三十个工作日内作出决定。"
    "未取得药品生产许可证的，不得生产药品；可以委托符合条件的企业生产。"
)
RENEWAL_EN = (
    "The drug production licence is valid for five years. To go on producing, the holder must apply to the "
    "issuing authority for renewal six months before it expires. Without a licence nobody may produce drugs. "
    "The authority decides within 30 working days (Article 20)."
)
SOURCES = Sources((RENEWAL,), frozenset({"药品生产监督管理办法"}), frozenset({"20"}))
ENGLISH = Sources((RENEWAL_EN,), frozenset({"Provisions for Supervision"}), frozenset({"20"}), "en")


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(SHIPPED, verify=False)


def reasons(encoder: StaticEncoder, text: str, sources: Sources = SOURCES) -> list[str]:
    return [reason for reason, _ in check(text, sources, encoder.encode, 12).dropped]


@pytest.mark.parametrize(
    "text",
    [
        "药品生产许可证有效期届满，需要继续生产药品的，应当在届满前6个月申请重新发证。",
        "要继续生产药品的，必须在有效期届满前六个月向原发证机关申请重新发放许可证。",
        "原发证机关自受理之日起30个工作日内作出决定。",
        "没有取得药品生产许可证的，不得生产药品。",
        "可以委托符合条件的企业生产。[1]",
        "1. 根据《药品生产监督管理办法》第二十条，应当在有效期届满前六个月申请重新发放药品生产许可证。",
    ],
)
def test_what_the_sources_say_in_other_words_is_kept(encoder: StaticEncoder, text: str) -> None:
    assert reasons(encoder, text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("应当在有效期届满前三个月申请重新发放药品生产许可证。", "figure"),
        ("应当在有效期届满前六十日申请重新发放药品生产许可证。", "figure"),
        ("原发证机关应当自受理之日起三十日内作出决定。", "figure"),
        ("原发证机关应当在2026年3月1日前作出决定。", "figure"),
        ("根据第二十一条，应当在有效期届满前六个月申请重新发放药品生产许可证。", "article"),
        ("根据《药品管理法》，应当在有效期届满前六个月申请重新发放药品生产许可证。", "title"),
        ("可以在有效期届满前六个月申请重新发放药品生产许可证。", "mode"),
        ("不需要在有效期届满前六个月申请重新发放药品生产许可证。", "mode"),
        ("未取得药品生产许可证的，可以生产药品。", "mode"),
        ("应当委托符合条件的企业生产。", "mode"),
        ("应当在有效期届满后六个月，向原发证机关申请重新发放药品生产许可证。", "bound"),
        ("申请时应当缴纳保证金并提交厂长的体检报告。", "words"),
        ("<b>未取得药品生产许可证的，不得生产药品。</b>", "markup"),
        ("未取得药品生产许可证的，不得生产药品，详见http://a.example", "markup"),
        ("未取得药品生产许可证的，不得生产药品，请联系13800138000。", "personal"),
        ("未取得药品生产许可证的，不得生产药品。[7]", "marker"),
        ("No one may produce drugs without a licence.", "language"),
        ("未取得药品生产许可证の場合は生産できません。", "language"),
        ("药品生产许可证\u202e不得生产药品。", "markup"),
    ],
)
def test_what_the_sources_do_not_say_is_dropped(encoder: StaticEncoder, text: str, reason: str) -> None:
    assert set(reasons(encoder, text)) == {reason}


@pytest.mark.parametrize(
    "text",
    [
        "The licence is valid for 5 years.",
        "You must apply for renewal to the issuing authority six months before the licence expires.",
        "Without a licence, nobody may produce drugs.",
        "The authority decides within thirty working days (Article 20).",
    ],
)
def test_english_sentences_are_held_to_english_words(encoder: StaticEncoder, text: str) -> None:
    assert reasons(encoder, text, ENGLISH) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The licence is valid for ten years.", "figure"),
        ("You must apply for renewal three months before the licence expires.", "figure"),
        ("The authority decides within 30 days.", "figure"),
        ("You may apply for renewal to the issuing authority six months before it expires.", "mode"),
        ("You need not apply to the issuing authority for renewal.", "mode"),
        ("You must apply for renewal six months after it expires.", "bound"),
        ("Article 99 says that nobody may produce drugs without a licence.", "article"),
        ("Call our hotline for a discount on premium consulting packages.", "words"),
    ],
)
def test_english_sentences_that_are_not_carried_are_dropped(
    encoder: StaticEncoder, text: str, reason: str
) -> None:
    assert reasons(encoder, text, ENGLISH) == [reason]


def test_only_so_many_sentences_are_looked_at(encoder: StaticEncoder) -> None:
    found = check(
        "未取得药品生产许可证的，不得生产药品。\n" * 3 + "甲乙丙丁。" * 5, SOURCES, encoder.encode, 2
    )
    assert found.kept == ["未取得药品生产许可证的，不得生产药品。"]
    assert {reason for reason, _ in found.dropped} == {"too_many"}


def test_nothing_is_kept_where_the_encoder_failed() -> None:
    found = check("未取得药品生产许可证的，不得生产药品。", SOURCES, lambda texts: None, 12)
    assert [reason for reason, _ in found.dropped] == ["meaning"]


def test_claims_are_the_same_in_both_languages() -> None:
    zh, en = (
        claims("自受理之日起二十个工作日内，处5万元以上罚款，百分之三十"),
        claims("within 20 working days, 50,000 yuan, 30 percent"),
    )
    assert {one for one in en.figures if one[1]} == zh.figures
    assert zh.figures == {("20", "工作日"), ("50000", "元"), ("30", "%")}
    assert claims("第十四条之一、《中华人民共和国药品管理法》").articles == {"14-1"}
    assert claims("《中华人民共和国药品管理法》").titles == {"药品管理法"}


def test_words_that_only_look_like_denials_are_none() -> None:
    assert modes("不良反应报告，非处方药，不超过三个，无菌") == frozenset()
    assert denials("未经批准不得生产") == 2
    assert modes("You must not sell it") == {"prohibited", "negated"}


def test_sentences_are_cut_without_their_list_marks() -> None:
    assert sentences("1. 甲乙。\n（2）丙丁；\n- 戊己", "zh") == ["甲乙。", "丙丁；", "戊己"]
    assert sentences("First. Second one! No. 3", "en") == ["First.", "Second one!", "No.", "3"]
