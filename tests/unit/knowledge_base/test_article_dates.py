"""Days that a text states for single articles."""

from datetime import date

import pytest

from knowledge_base.sources.structure.article_dates import PartialRepeal, own_beginnings, partial_repeals
from knowledge_base.sources.structure.facts import repeals


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("《乙规定》第三条同时废止。", [("乙规定", "3", "", "")]),
        (
            "《乙规定》（卫生部令第5号）的第三条、第五条之一即行废止。",
            [("乙规定", "3", "", ""), ("乙规定", "5-1", "", "")],
        ),
        (
            "《乙规定》第三条至第五条自2024年7月1日起停止执行。",
            [("乙规定", n, "", "2024-07-01") for n in "345"],
        ),
        ("自2025年1月1日起，《乙规定》第八条第二款停止执行。", [("乙规定", "8", "第二款", "2025-01-01")]),
        ("《乙规定》第一条和《丙规定》第二条同时废止。", [("乙规定", "1", "", ""), ("丙规定", "2", "", "")]),
        ("依照《乙规定》第三条的规定处罚。", []),
        ("《乙规定》同时废止。", []),
        ("《甲办法》第三条同时废止。", []),
    ],
)
def test_articles_of_other_laws_that_a_text_abrogates(sentence, expected):
    assert list(partial_repeals("甲办法", [sentence])) == [PartialRepeal(*item) for item in expected]


def test_a_law_of_which_one_article_falls_is_not_abrogated_whole():
    assert repeals("甲办法", ["《乙规定》第三条、《丙规定》同时废止。"]) == ("丙规定",)


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("本条例自2021年6月1日起施行，第三十二条自2022年1月1日起施行。", {"32": date(2022, 1, 1)}),
        (
            "本办法自2024年1月1日起施行。其中，第五条至第七条自2025年1月1日起施行。",
            {n: date(2025, 1, 1) for n in "567"},
        ),
        ("本办法自2024年1月1日起施行。", {}),
        ("本办法第五条第二款自2025年1月1日起施行。", {}),
    ],
)
def test_articles_that_begin_on_a_day_of_their_own(ending, expected):
    assert own_beginnings([ending]) == expected
