import json
import lzma
from pathlib import Path

from training.embedding.corpus.questions import (
    held_out_questions,
    read_cards,
    read_lecoqa,
    read_medquad,
    read_stard,
    read_tatoeba,
    read_toyhom,
)


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def test_only_the_named_test_questions_are_held_out(tmp_path: Path) -> None:
    path = tmp_path / "b.json.xz"
    with lzma.open(path, "wt", encoding="utf-8") as stream:
        json.dump({"queries": {"1": "甲？ ", "2": "乙？"}, "test_ids": ["1"]}, stream, ensure_ascii=False)
    assert held_out_questions(path) == {"甲？"}


def test_all_questions_are_held_out_when_no_part_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    write_json(path, {"queries": {"1": "one", "2": "two"}})
    assert held_out_questions(path) == {"one", "two"}


def test_stard_gives_every_article_of_a_question_but_no_test_question(tmp_path: Path) -> None:
    rows = [
        {"问题": "甲？", "相关法规": {"中华人民共和国民法典第五条": "子\n", "条例第二条": "丑"}},
        {"问题": "乙？", "相关法规": {"民法典第一条": "寅"}},
    ]
    write_json(tmp_path / "stard" / "queries.json", rows)
    assert list(read_stard(tmp_path, frozenset({"乙？"}))) == [
        ("甲？", "民法典第五条 子"),
        ("甲？", "条例第二条 丑"),
    ]


def test_lecoqa_leaves_out_test_questions_and_missing_answers(tmp_path: Path) -> None:
    rows = [
        {"问题": q, "答案文本": a} for q, a in (("甲？", "答。"), ("乙？", "答。"), ("丙？", float("nan")))
    ]
    write_json(tmp_path / "lecoqa" / "queries.json", rows)
    assert list(read_lecoqa(tmp_path, frozenset({"乙？"}))) == [("甲？", "答。")]


def test_consultations_are_read_in_their_own_encoding(tmp_path: Path) -> None:
    text = "department,title,ask,answer\n内科,高血压,能吃党参吗？,可以。\n"
    (tmp_path / "样例.csv").write_bytes(text.encode("gb18030"))
    assert list(read_toyhom(tmp_path)) == [("高血压", "能吃党参吗？", "可以。")]


def test_medical_answers_are_joined_and_empty_ones_left_out(tmp_path: Path) -> None:
    pairs = "".join(
        f"<QAPair><Question>{q}</Question><Answer>{a}</Answer></QAPair>"
        for q, a in (("Q1", "a\n  b"), ("Q2", " "))
    )
    (tmp_path / "1.xml").write_text(f"<Document><QAPairs>{pairs}</QAPairs></Document>", "utf-8")
    assert list(read_medquad(tmp_path)) == [("Q1", "a b")]


def test_benchmark_sentences_are_left_out_of_the_parallel_set(tmp_path: Path) -> None:
    (tmp_path / "tatoeba_cmn").mkdir()
    (tmp_path / "tatoeba_cmn" / "cmn.txt").write_text("Hi.\t嗨。\nRun.\t跑。\n", "utf-8")
    assert list(read_tatoeba(tmp_path, frozenset({"Run."}))) == [("Hi.", "嗨。")]


def test_article_numbers_of_cards_are_text(tmp_path: Path) -> None:
    card = {"law": "甲法", "article": 3, "digest_zh": "摘", "digest_en": "d", "questions_zh": ["问"]}
    (tmp_path / "甲法.jsonl").write_text(json.dumps(card, ensure_ascii=False) + "\n", "utf-8")
    (found,) = read_cards(tmp_path)
    assert (found.article, found.questions_en) == ("3", [])
