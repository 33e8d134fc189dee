"""Which option a person means: exactly, by its place, or loosely; never when it is denied or in doubt."""

import pytest

from forms.filing.choosing import match_loosely, match_option
from forms.items.basics import Option, Text


def option(value: str, zh: str, en: str, *synonyms: str) -> Option:
    return Option(value=value, label=Text(zh=zh, en=en), synonyms=list(synonyms))


PRODUCTION = [
    option("self", "自己生产", "Made by ourselves", "自产", "自己", "ourselves"),
    option("contract", "委托生产", "Contract manufacturing", "委托", "代工"),
]
CLAIMS = [
    option("no", "没有", "No", "否", "none"),
    option("yes", "有", "Yes", "是"),
    option("unsure", "不确定", "Not sure"),
]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("自己生产", "self"),
        ("自己生产。", "self"),
        ("MADE BY OURSELVES", "self"),
        ("ｃｏｎｔｒａｃｔ", "contract"),
        ("2", "contract"),
        ("第二个", "contract"),
        ("我选第一个吧", "self"),
        ("二", "contract"),
        ("the second one", "contract"),
        ("option 3", None),
        ("第三个", None),
        ("", None),
    ],
)
def test_an_option_is_meant_by_value_label_synonym_or_place(raw: str, value: str | None) -> None:
    assert match_option(PRODUCTION, raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("我们是自己生产的", "self"),
        ("找工厂代工", "contract"),
        ("we make it ourselves", "self"),
        ("by ourselves", "self"),
    ],
)
def test_an_option_is_meant_by_words_around_its_name(raw: str, value: str) -> None:
    assert match_option(PRODUCTION, raw) is None
    assert match_loosely(PRODUCTION, raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        "不是自己生产",
        "自己生产还是委托生产",
        "自己生产吗？",
        "生产",
        "我们既不自己生产也不委托",
        "not made by ourselves",
        "selfish",
        "自己生产" + "的时候我们有很多别的事情要考虑一下再说",
    ],
)
def test_nothing_is_chosen_where_it_is_denied_doubtful_or_one_of_two(raw: str) -> None:
    assert match_loosely(PRODUCTION, raw) is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("没有", "no"),
        ("没有这些宣称", "no"),
        ("有", "yes"),
        ("不确定", "unsure"),
        ("i'm not sure", "unsure"),
        ("确定", None),
        ("sure", None),
    ],
)
def test_a_no_in_a_name_is_no_denial_and_part_of_a_denial_no_consent(raw: str, value: str | None) -> None:
    assert match_loosely(CLAIMS, raw) == value
