from pathlib import Path

from training.embedding.corpus.alignment import align, aligned_pairs
from training.embedding.corpus.guidance import blocks_of, clean, read_parallel, sections_of

CHINESE = [
    "医疗器械不良事件应当及时报告。",
    "第12条规定了报告的期限和报告的内容。",
    "制造商应当建立质量管理体系并保持其有效运行。",
]
ENGLISH = [
    "Adverse events of medical devices shall be reported in time.",
    "Article 12 sets out the time limits and the content of the report.",
    "The manufacturer shall establish a quality management system and keep it effective.",
]


def test_front_matter_links_and_addresses_are_removed() -> None:
    text = clean("---\ntitle: x\n---\n# 题目\n\n[链接](./a) 见 https://example.org/页\n")
    assert "title" not in text
    assert "链接" in text
    assert "example.org" not in text


def test_sections_carry_the_document_and_their_heading() -> None:
    body = "本指导原则适用于第二类医疗器械注册申报资料的准备。" * 4
    sections = list(sections_of(f"# 导管指导原则\n\n## 适用范围\n\n{body}\n\n## 短\n\n略。\n"))
    assert [(s.document, s.heading) for s in sections] == [("导管指导原则", "适用范围")]
    assert sections[0].text == body


def test_paragraphs_and_table_rows_become_blocks() -> None:
    assert blocks_of("甲段落\n\n| 一 | 二 |\n| 三 | 四 |") == ["甲段落", "一 二", "三 四"]


def test_equal_texts_align_one_to_one() -> None:
    assert align(CHINESE, ENGLISH) == [(0, 0), (1, 1), (2, 2)]


def test_a_paragraph_missing_in_one_language_stays_alone() -> None:
    assert align(CHINESE, [ENGLISH[0], ENGLISH[2]]) == [(0, 0), (2, 1)]


def test_texts_that_drift_too_far_apart_are_not_aligned() -> None:
    assert align(CHINESE, ENGLISH * 30) == []


def test_an_untranslated_paragraph_makes_no_pair() -> None:
    assert list(aligned_pairs(CHINESE, [ENGLISH[0], CHINESE[1], ENGLISH[2]])) == [
        (ENGLISH[0], CHINESE[0]),
        (ENGLISH[2], CHINESE[2]),
    ]


def test_documents_that_reserve_commercial_use_give_no_pairs(tmp_path: Path) -> None:
    for folder in ("nmpa", "shared/imdrf"):
        for language, blocks in (("zh", CHINESE), ("en", ENGLISH)):
            path = tmp_path / "docs" / language / folder / "a.md"
            path.parent.mkdir(parents=True)
            path.write_text("\n\n".join(f"{folder[:1]} {b}" for b in blocks), "utf-8")
    assert [english[0] for english, _ in read_parallel(tmp_path)] == ["n", "n", "n"]
