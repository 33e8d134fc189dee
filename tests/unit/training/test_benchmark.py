"""Public retrieval sets: how texts become articles, and what the figures mean."""

import json
from math import log2
from pathlib import Path

from training.evaluate import report
from training.evaluate.benchmark import articles, gain, read_set, recall, summary


def test_a_text_that_names_its_law_becomes_an_article_of_it() -> None:
    rows = dict(
        articles(
            {"a": "《甲法》第三条 内容", "b": "甲法第四条之一 内容", "c": "没有名字的文本", "d": "甲法总则"}
        )
    )
    assert [(row["law"], row["article"]) for row in rows.values()] == [
        ("甲法", 1), ("甲法", 2), ("文本集0", 1), ("文本集0", 2),
    ]  # fmt: skip


def test_nameless_collections_stay_below_ten_thousand_articles() -> None:
    rows = [row for _, row in articles({str(i): "文本" for i in range(9_001)})]
    assert rows[-1]["law"] != rows[0]["law"]
    assert max(row["article"] for row in rows) == 9_000


def test_recall_and_gain_at_ten() -> None:
    assert recall(frozenset({"a", "b"}), ["x", "a"]) == 0.5
    assert gain(frozenset({"a"}), ["x", "a"]) == 1 / log2(3)
    assert gain(frozenset(), ["x"]) == 0.0
    assert recall(frozenset({"a"}), [*map(str, range(10)), "a"]) == 0.0


def test_only_the_test_part_is_asked(tmp_path: Path) -> None:
    content = {
        "queries": {"1": "问一", "2": "问二"},
        "corpus": {"a": "甲法第一条 文"},
        "qrels": {"1": ["a"], "2": ["a"]},
        "test_ids": ["2"],
    }
    (tmp_path / "set.json").write_text(json.dumps(content), "utf-8")
    asked = read_set(tmp_path / "set.json")
    assert asked.asked == ("2",)
    assert summary(asked, {"2": ["a"]}) == {"recall@10": 1.0, "ndcg@10": 1.0}


def test_the_report_names_both_systems() -> None:
    found = {"recall@10": 0.5, "ndcg@10": 0.4}
    figures = {
        "set": "s", "questions": 1, "texts": 2, "product": found, "bm25": found,
        "seconds": {"ingest": 1.0, "all": 2.0}, "ms": {"p50": 3.0, "p95": 4.0},
    }  # fmt: skip
    lines = list(report.benchmark_lines(figures))
    assert [line.split(":")[0].strip() for line in lines[1:3]] == ["product", "bm25"]
