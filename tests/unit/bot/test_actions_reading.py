"""Inside a form: is it an answer, a command, a wish to change something, or a question?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions.reading import (
    Change,
    change_of,
    command_of,
    is_digression,
    is_in_distress,
    is_probable_question,
    reads_as_question,
)
from bot.actions.turn import Turn


def turn(text: str, intent: str = "answer_field", confidence: float = 0.9, is_payload: bool = False) -> Turn:
    return Turn("s", text=text, intent=intent, confidence=confidence, is_payload=is_payload)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("跳过", "skip_field"),
        ("先跳过这一项。", "skip_field"),
        ("Skip this question, please", "skip_field"),
        ("是的", "confirm"),
        ("全部确认！", "confirm"),
        ("本人承诺", "confirm"),
        ("Yes, please", "confirm"),
        ("不对", "deny"),
        ("逐项核对", "deny"),
        ("no", "deny"),
        ("保存退出", "save_and_leave"),
        ("先保存退出", "save_and_leave"),
        ("save and exit", "save_and_leave"),
        ("取消办理", "cancel_filing"),
        ("还差什么", "review_filing"),
        ("提交吧", "submit_filing"),
        ("submit my application", "submit_filing"),
        ("继续填写", "resume_filing"),
        ("转人工", "request_handoff"),
        ("请找工作人员帮我看看", "request_handoff"),
        ("put me through to staff", "request_handoff"),
        ("Please connect me with an officer", "request_handoff"),
        ("我要修改", "change_answer"),
    ],
)
def test_a_text_that_is_nothing_but_a_command_is_that_command(text: str, intent: str) -> None:
    assert command_of(text) == intent


@pytest.mark.parametrize(
    "text",
    [
        "Operator Cream",
        "确认霜",
        "人工牛黄",
        "人工智能面霜",
        "找老师傅面霜",
        "talk to me lotion",
        "提交者有限公司",
        "是非曲直面霜",
        "OK Mask",
        "Skip Hydra",
        "保存液",
        "继续教育路8号",
        "No. 8 Zhongshan Road",
        "不老莓精华",
        "13800138000",
    ],
)
def test_a_value_that_holds_the_words_of_a_command_is_no_command(text: str) -> None:
    assert command_of(text) == ""


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("把产品名称改成水润面霜", Change("产品名称", "水润面霜")),
        ("请将我的手机号改为13800138000", Change("手机号", "13800138000")),
        ("住所写错了，应该是上海市学林路1号", Change("住所", "上海市学林路1号")),
        ("经办人填错了", Change("经办人", "")),
        ("我想修改使用方法", Change("使用方法", "")),
        ("the product name is wrong, it should be Hydra", Change("product name", "Hydra")),
        ("Please change the contact to Li Hua", Change("contact", "Li Hua")),
        ("change my address", Change("address", "")),
        ("change the product name (Chinese) to 水润面霜", Change("product name (Chinese)", "水润面霜")),
    ],
)
def test_a_wish_to_change_names_the_field_and_the_value(text: str, change: Change) -> None:
    assert change_of(text) == change


@pytest.mark.parametrize("text", ["水润面霜", "错不了面膜", "2026-05-01", "Change", "改性淀粉 | 5 | 增稠"])
def test_an_answer_wants_nothing_changed(text: str) -> None:
    assert change_of(text) is None


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=60))
def test_reading_never_fails_whatever_is_typed(text: str) -> None:
    assert isinstance(command_of(text), str)
    assert change_of(text) is None or isinstance(change_of(text), Change)
    assert is_digression(turn(text, "answer_field")) is False


def test_a_question_leaves_the_form_only_if_both_words_and_meaning_say_so() -> None:
    assert is_digression(turn("化妆品备案要收费吗？", "ask_policy"))
    assert is_digression(turn("how much does it cost", "ask_policy"))
    assert not is_digression(turn("清润保湿面霜", "ask_policy"))
    assert not is_digression(turn("how do I love you", "answer_field"))


def test_what_could_not_be_placed_leaves_the_form_only_with_a_question_mark() -> None:
    assert is_digression(turn("这一步什么意思？", "nlu_fallback", 0.3))
    assert not is_digression(turn("什么都有日化有限公司", "nlu_fallback", 0.3))


def test_thanks_leave_the_form_only_when_short_and_sure() -> None:
    assert is_digression(turn("谢谢", "thanks"))
    assert not is_digression(turn("谢谢你牌保湿面霜限量珍藏版", "thanks"))
    assert not is_digression(turn("谢谢", "thanks", 0.5))


def test_a_report_of_harm_always_leaves_the_form() -> None:
    assert is_digression(turn("孩子用了以后过敏了", "report_sensitive", 0.4))
    assert not is_digression(turn("舒敏修护精华", "report_sensitive", 0.9))


def test_staff_are_called_by_the_plain_command_alone() -> None:
    assert is_digression(turn("转人工", "request_handoff"))
    assert not is_digression(turn("人工智能护肤有限公司", "request_handoff"))


def test_a_button_is_never_read_as_a_question() -> None:
    assert not reads_as_question(turn("收费吗？", "ask_policy", is_payload=True))
    assert is_digression(turn("", "ask_policy", 1.0, is_payload=True))
    assert not is_digression(turn("", "answer_field", 1.0, is_payload=True))


def test_a_refused_answer_counts_as_a_question_only_where_meaning_is_sure() -> None:
    assert is_probable_question(turn("需要哪些材料", "ask_policy", 0.8))
    assert not is_probable_question(turn("需要哪些材料", "ask_policy", 0.5))
    assert not is_probable_question(turn("需要哪些材料", "nlu_fallback", 0.9))


@pytest.mark.parametrize("text", ["我不想活了怎么办", "活着没意思", "how can I kill myself", "I want to die"])
def test_words_of_distress_are_heard(text: str) -> None:
    assert is_in_distress(text)


@pytest.mark.parametrize("text", ["活性炭面膜", "dietary supplement", "不良反应几天内报告"])
def test_other_words_are_not_taken_for_distress(text: str) -> None:
    assert not is_in_distress(text)
