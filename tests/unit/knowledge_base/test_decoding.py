import pytest

from knowledge_base.sources.base import SourceRefusedError
from knowledge_base.sources.decoding import decode
from knowledge_base.sources.readers.pdf import paragraphs

TEXT = "第一条 为了规范化妆品生产经营活动，制定本办法。\n第二条 适用本办法。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_common_encodings_are_read(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\x89PNG\r\n\x1a\n123", "binary"),
        (b"%PDF-1.7 ...", "binary"),
        (b"abc\x00def", "binary"),
        (bytes(range(1, 32)) * 20, "binary"),
        (b"\xff\xff\xff\xfe" * 5, "encoding"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        decode(content)
    assert refused.value.reason == reason


def test_line_ends_become_newlines() -> None:
    assert decode("甲\r\n乙\r丙".encode()) == "甲\n乙\n丙"


def test_broken_lines_of_a_page_are_joined_and_page_numbers_go() -> None:
    page = [
        "第一条 为了规范化妆品生产经营活动，加强化妆品监督管",
        "理，制定本办法。",
        "第二条 适用本办法。",
        "- 1 -",
    ]
    assert paragraphs([page]) == [
        "第一条 为了规范化妆品生产经营活动，加强化妆品监督管理，制定本办法。",
        "第二条 适用本办法。",
    ]


def test_heads_repeated_on_every_page_go() -> None:
    pages = [
        ["某局公告", f"第{n}条 内容足够长的一句话，写满一行以便判断。", f"第 {i} 页"]
        for i, n in enumerate("一二三四")
    ]
    assert "某局公告" not in paragraphs(pages)
