"""Personal data is found however it is disguised, and ordinary numbers of the field are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.normalise import normalise
from core.privacy.service import classification_mark, find_personal_data, mask_text, mask_value

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
DISGUISED = [
    ID_NUMBER,
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105 19491231 002X",
    "110105-1949-1231-002x",
    "1101\u200b0519491231002X",
    "一一零一零五一九四九一二三一零零二X",
    "110105·19491231·002X",
]


@pytest.mark.parametrize("number", DISGUISED)
def test_an_identity_number_is_found_however_it_is_written(number: str) -> None:
    text = f"我的身份证号是{number}，请核对"
    assert mask_text(text) == "我的身份证号是[id_number]，请核对"


def test_a_number_with_a_wrong_check_digit_is_not_taken_for_an_identity_number() -> None:
    assert find_personal_data("编号110105194912310021") == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话138 0013 8000", "电话[mobile]"),
        ("call +86 13800138000 now", "call [mobile] now"),
        ("卡号4111 1111 1111 1111", "卡号[bank_card]"),
        ("写信到 wang@example.com", "写信到 [email]"),
    ],
)
def test_mobile_numbers_cards_and_mail_addresses_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "沪G妆网备字2024001234",
        "粤妆20160012",
        "京械注准20232070123",
        "国药准字H20203456",
        "2024年第12345678901号",
    ],
)
def test_numbers_of_licences_and_filings_are_left_alone(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(max_size=80))
def test_offsets_point_into_the_text_as_typed(text: str) -> None:
    plain = normalise(text)
    assert len(plain.text) == len(plain.offsets)
    assert list(plain.offsets) == sorted(plain.offsets)
    assert all(0 <= offset < len(text) for offset in plain.offsets)


@given(st.text(max_size=60), st.text(max_size=60))
def test_masking_keeps_what_stands_around(before: str, after: str) -> None:
    masked = mask_text(f"{before}\n甲{ID_NUMBER}乙\n{after}")
    assert "[id_number]" in masked
    assert ID_NUMBER not in masked


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", ID_NUMBER, "110***********002X"),
        ("mobile", "13800138000", "138****8000"),
        ("name", "欧阳静", "欧**"),
        ("address", "上海市浦东新区某路1号", "上海市浦东新*****"),
        ("other", "ab", "**"),
    ],
)
def test_values_are_shown_partly(kind: str, value: str, shown: str) -> None:
    assert mask_value(kind, value) == shown


@pytest.mark.parametrize("text", ["机密★5年", "【秘密】关于…", "内部资料 注意保存"])
def test_classification_marks_are_found(text: str) -> None:
    assert classification_mark(text)


@pytest.mark.parametrize("text", ["这是商业秘密吗?", "配方属于机密信息怎么保护", "内部资料要交吗"])
def test_speaking_of_secrets_is_not_a_mark(text: str) -> None:
    assert classification_mark(text) is None
