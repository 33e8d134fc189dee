"""Plain text, language, dates, named articles."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from knowledge_base.answering.context import Context
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.dates import date_in
from knowledge_base.answering.steps.normalise import language_of, normalise, plain
from knowledge_base.answering.steps.references import articles_in, law_in
from knowledge_base.answering.views import Question


def _status(shelved, text) -> AnswerStatus | None:
    context = Context(Question(text), shelved, shipped_rules())
    normalise(context)
    return context.draft.status if context.draft else None


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "？！。。", "123456", "\u200b\u200b", "----"])
def test_what_holds_no_words_is_no_text(shelved, text):
    assert _status(shelved, text) is AnswerStatus.NOT_TEXT


@pytest.mark.parametrize("text", ["药\x00品", "\x01\x02\x03备案", "\ufffd\ufffd\ufffd材料", "药" * 100_000])
def test_binary_and_endless_text_is_no_text(shelved, text):
    assert _status(shelved, text) is AnswerStatus.NOT_TEXT


@pytest.mark.parametrize("text", ["【机密】某药品审评意见", "绝密★ 内部通报", "内部资料，注意保存"])
def test_a_classification_mark_ends_the_question_and_clears_its_text(shelved, text):
    context = Context(Question(text), shelved, shipped_rules())
    normalise(context)
    assert context.draft.status is AnswerStatus.SECRET
    assert context.text == ""


def test_a_question_that_is_no_string_is_refused(shelved):
    context = Context(Question(None), shelved, shipped_rules())
    with pytest.raises(InvalidInput):
        normalise(context)


def test_traditional_characters_are_read_as_simplified_ones():
    assert plain("藥品經營許可證過期了怎麼辦") == "药品经营许可证过期了怎么办"


def test_markup_and_invisible_characters_are_taken_out():
    assert plain("<script>alert(1)</script>化妆\u200b品<b>备案</b>　材料") == "化妆品 备案 材料"


def test_full_width_letters_and_roman_numerals_become_plain():
    assert plain("ＣＬＡＳＳ　Ⅱ") == "CLASS II"


@given(st.text(max_size=300))
def test_making_plain_twice_changes_nothing_more_than_once(text):
    once = plain(text)
    assert plain(once).split() == plain(plain(once)).split()


@pytest.mark.parametrize(
    ("text", "screen", "language"),
    [
        ("化妆品备案", "en", "zh"),
        ("How do I file?", "zh", "en"),
        ("UDI", "zh", "zh"),
        ("GMP证书 怎么办理", "zh", "zh"),
        ("What does 备案 mean in the cosmetics rules?", "zh", "en"),
    ],
)
def test_the_question_decides_the_language_where_it_is_clear(text, screen, language):
    assert language_of(text, screen) == language


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019年的时候药品GSP证书还要办吗", date(2019, 7, 1)),
        ("按照2020年3月的规定怎么办", date(2020, 3, 1)),
        ("截至2026年5月14日有效的规定", date(2026, 5, 14)),
        ("在2021-03-01当天有效的条文", date(2021, 3, 1)),
        ("What was required as of 1 May 2026?", date(2026, 5, 1)),
        ("What were the rules in March 2020?", date(2020, 3, 1)),
        ("Was a GSP certificate needed in 2018?", date(2018, 7, 1)),
        ("in force on 2024-12-31: as of 2024-12-31", date(2024, 12, 31)),
    ],
)
def test_the_date_whose_law_is_meant_is_read(text, day):
    assert date_in(text, shipped_rules().dates) == day


@pytest.mark.parametrize(
    "text",
    [
        "2021年第121号公告要求什么",
        "我的备案凭证是2021年发的，还有效吗",
        "京械注准20192070123是什么",
        "药品管理法2019年修订了什么",
        "2026年13月的时候",
        "article 14 of the 2020 edition",
    ],
)
def test_years_that_are_no_date_of_the_law_are_left_alone(text):
    assert date_in(text, shipped_rules().dates) is None


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("药品管理法第五十一条", ["51"]),
        ("第一百二十四条和第14条", ["124", "14"]),
        ("第十四条之一", ["14-1"]),
        ("Article 51 of the law", ["51"]),
        ("第二类器械", []),
    ],
)
def test_named_articles_are_read(text, articles):
    assert articles_in(text) == articles


def test_the_longest_law_name_is_meant():
    titles = frozenset({"药品管理法", "药品管理法实施条例"})
    assert law_in("药品管理法实施条例第三条", titles) == "药品管理法实施条例"
