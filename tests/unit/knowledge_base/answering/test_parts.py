"""Where one message asks several things."""

import pytest

from knowledge_base.answering.steps.parts import parts_of


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        (
            "普通化妆品备案要交什么资料？没备案就卖怎么处罚？",
            "zh",
            ["普通化妆品备案要交什么资料", "没备案就卖怎么处罚"],
        ),
        (
            "我们在网上卖药，要办什么手续，向谁报告资料",
            "zh",
            ["我们在网上卖药，要办什么手续", "向谁报告资料"],
        ),
        ("我们是做面膜的，刚换了厂", "zh", ["我们是做面膜的，刚换了厂"]),
        ("有效期几年，多久", "zh", ["有效期几年，多久"]),
        (
            "Which cosmetics must be registered, and what is the penalty for selling others?",
            "en",
            ["Which cosmetics must be registered", "what is the penalty for selling others"],
        ),
        ("How are drugs and devices supervised?", "en", ["How are drugs and devices supervised?"]),
    ],
)
def test_a_text_is_cut_where_it_asks_another_thing(text: str, language: str, parts: list[str]) -> None:
    assert [part.rstrip("?") for part in parts_of(text, language)] == [part.rstrip("?") for part in parts]
