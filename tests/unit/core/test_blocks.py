"""Every block of the closed set can be read out as plain text."""

import pytest

from core import blocks


def test_every_kind_of_block_has_a_plain_reading() -> None:
    made = [
        blocks.paragraph("一段"),
        blocks.bullet_list(["甲", "乙"]),
        blocks.steps([("先", "做一"), ("后", "")]),
        blocks.table("表", ["列"], [["值"]]),
        {"type": "citation", "n": 1, "title": "办法", "article_label": "第一条", "quote": "原文"},
        blocks.choices("选哪个", [{"label": "甲"}]),
        blocks.card("卡", [("名", "值")], href="/x"),
        {"type": "field", "label": "名称", "value": "某公司"},
        blocks.file("a.pdf", "application/pdf", 3, "/a"),
        blocks.notice("info", "请注意"),
        blocks.entry("人员", "table", "/filings/fil_1", key="staff", options=[], held=None, choice=0),
    ]
    assert {block["type"] for block in made} == blocks.BLOCK_TYPES
    text = blocks.plain_text(made)
    for word in (
        "一段",
        "· 乙",
        "1. 先 做一",
        "2. 后",
        "[1] 办法 第一条: 原文",
        "○ 甲",
        "名: 值",
        "某公司",
        "a.pdf",
        "人员: /filings/fil_1",
    ):
        assert word in text


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="html"):
        blocks.plain_text([{"type": "html"}])


def test_a_notice_has_a_known_level() -> None:
    with pytest.raises(ValueError, match="loud"):
        blocks.notice("loud", "x")
