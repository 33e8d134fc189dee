import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.evaluate import metrics, reference
from training.evaluate.__main__ import main
from training.evaluate.batch import score_batch
from training.evaluate.questions import (
    Provision,
    Question,
    Reply,
    article_key,
    read_provisions,
    read_questions,
    read_replies,
)

A, B, C = ("甲法", "1"), ("甲法", "2"), ("乙法", "14-1")


def question(name: str, labels: set[tuple[str, str]], expected: str = "answer", lang: str = "zh") -> Question:
    return Question(name, lang, f"{name}？", expected, frozenset(labels))


def reply(
    name: str, status: str, ranked: list[tuple[str, str]], cited: list[tuple[str, str]], ms: float
) -> Reply:
    return Reply(name, status, tuple(ranked), frozenset(cited), ms)


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def basis(law: str, article: object) -> dict[str, object]:
    return {"law": law, "article": article}


def test_an_article_has_one_spelling() -> None:
    assert article_key("《甲法》", 1) == article_key(" 甲法", "1") == A


def test_any_labelled_article_among_the_first_k_is_a_hit() -> None:
    labels = frozenset({B, C})
    assert not metrics.is_hit(labels, [A, B], 1)
    assert metrics.is_hit(labels, [A, B], 2)


def test_hit_rates_on_a_hand_computed_example() -> None:
    far = [("丙法", str(i)) for i in range(5)]
    cases = [
        (frozenset({A}), [A, B]),  # first
        (frozenset({B}), [A, B]),  # within five
        (frozenset({C}), [*far, C]),  # within ten
        (frozenset({C}), [A]),  # never
        (frozenset[tuple[str, str]](), [A]),  # unlabelled: left out
    ]
    assert metrics.hit_rates(cases) == {"1": 0.25, "5": 0.5, "10": 0.75, "n": 4}


def test_no_labelled_question_gives_zero_and_says_so() -> None:
    assert metrics.hit_rates([]) == {"1": 0.0, "5": 0.0, "10": 0.0, "n": 0}


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (95, 4.0), (1, 1.0)])
def test_percentiles_are_nearest_rank(percent: float, value: float) -> None:
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], percent) == value


@pytest.mark.parametrize(
    ("expected", "status", "fits"),
    [
        ("answer", "answered", True),
        ("answer", "clarification", False),
        ("clarify", "clarification", True),
        ("clarify", "answered", False),
        ("refuse", "guarded_personal_data", True),
        ("refuse", "unanswerable_no_passage", True),
        ("answer_and_handoff", "handed_off", True),
        ("handoff", "error_timeout", False),
        ("prefill", "answered", None),
    ],
)
def test_a_status_is_judged_by_what_was_expected(expected: str, status: str, fits: bool | None) -> None:
    assert metrics.behaves_as_expected(expected, status) is fits


def test_a_batch_is_scored_as_counted_by_hand() -> None:
    questions = [
        question("q1", {A}),
        question("q2", {B}),
        question("q3", set(), "refuse"),
        question("q4", {C}, lang="en"),
        question("q5", {C}, "clarify", lang="en"),
    ]
    replies = {
        "q1": reply("q1", "answered", [A], [A], 10),
        "q2": reply("q2", "answered", [A, B], [A], 20),
        "q3": reply("q3", "answered", [], [], 30),
        "q4": reply("q4", "unanswerable_no_passage", [C], [C], 40),
    }
    figures = score_batch(questions, replies)
    assert figures["missing"] == ["q5"]
    assert figures["hit"]["zh"] == {"1": 0.5, "5": 1.0, "10": 1.0, "n": 2}
    assert figures["hit"]["en"] == {"1": 0.5, "5": 0.5, "10": 0.5, "n": 2}
    assert figures["citation_correct"] == {"zh": {"share": 0.5, "n": 2}, "en": {"share": 0.0, "n": 0}}
    assert figures["behaviour_as_expected"] == {"share": 0.4, "n": 5}
    assert figures["status"]["answer"] == {"answered": 2, "unanswerable_no_passage": 1}
    assert figures["status"]["clarify"] == {"error_missing": 1}
    assert figures["latency_ms"] == {"p50": 20, "p95": 40}


def test_replies_rank_each_article_once_and_spell_numbers_alike(tmp_path: Path) -> None:
    hits = [{"title": "甲法", "article": n, "score": 1.0} for n in (2, "2", 1)]
    row = {"id": "q1", "status": "answered", "text": "", "citations": [], "retrieved": hits, "latency_ms": 7}
    replies = read_replies(write_lines(tmp_path / "out.jsonl", [row]))
    assert replies["q1"].retrieved == (B, A)


def test_a_legal_basis_without_article_is_no_label(tmp_path: Path) -> None:
    row = {"id": "q", "lang": "zh", "text": "？", "expected_behaviour": "answer"}
    row |= {"legal_basis": [basis("甲法", 1), basis("甲法", None)]}  # type: ignore[dict-item]
    (read,) = read_questions(write_lines(tmp_path / "q.jsonl", [row]))
    assert read.labels == {A}


def test_the_batch_command_prints_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {
        "id": "q",
        "lang": "zh",
        "text": "？",
        "expected_behaviour": "answer",
        "legal_basis": [basis("甲法", 1)],
    }
    hit = {"title": "甲法", "article": 1, "score": 0.5}
    answered = {"id": "q", "status": "answered", "citations": [hit], "retrieved": [hit], "latency_ms": 3.5}
    questions = write_lines(tmp_path / "q.jsonl", [asked])
    batch = write_lines(tmp_path / "out.jsonl", [answered])
    assert main(["--batch", str(batch), "--questions", str(questions), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["hit"]["zh"] == {"1": 1.0, "5": 1.0, "10": 1.0, "n": 1}
    assert main(["--batch", str(batch), "--questions", str(questions)]) == 0
    assert "zh hit@1 / 5 / 10: 1.00 / 1.00 / 1.00 (n=1)" in capsys.readouterr().out


def test_keyword_terms_are_characters_and_bigrams() -> None:
    assert reference.keyword_terms("药品 GMP 2024") == ["药", "品", "药品", "gmp", "2024"]


def test_windows_name_the_law_and_cover_the_article() -> None:
    text = "".join(chr(0x4E00 + i) for i in range(400))
    cut = reference.windows(Provision(A, text))
    assert all(window.startswith("甲法 ") for window in cut)
    assert set("".join(window.removeprefix("甲法 ") for window in cut)) == set(text)


def test_an_empty_article_still_has_a_window() -> None:
    assert reference.windows(Provision(A, "")) == ["甲法 "]


def test_scaling_leaves_a_constant_row_at_zero() -> None:
    scaled = reference.min_max(np.array([[1, 3, 2], [5, 5, 5]], dtype=np.float32))
    assert scaled.tolist() == [[0.0, 1.0, 0.5], [0.0, 0.0, 0.0]]


def test_equal_scores_keep_the_order_of_the_articles() -> None:
    assert reference.top(np.array([[0.0, 0.0, 1.0]], dtype=np.float32), [A, B, C]) == [(C, A, B)]


def test_the_best_window_speaks_for_its_article() -> None:
    def encode(texts: list[str]) -> np.ndarray:
        return np.array([[1.0, 0.0] if "药" in t else [0.0, 1.0] for t in texts], dtype=np.float32)

    provisions = [Provision(A, "水" * 200), Provision(B, "水" * 300 + "药")]
    assert reference.semantic_scores(["药？"], provisions, encode).tolist() == [[0.0, 1.0]]


def test_the_reference_run_reports_every_system_for_both_languages(tmp_path: Path) -> None:
    articles = [
        {"law": law, "article": n, "text": text} for (law, n), text in ((A, "销售药品"), (B, "生产器械"))
    ]
    provisions = read_provisions(write_lines(tmp_path / "a.jsonl", articles))

    def encode(texts: list[str]) -> np.ndarray:
        return np.array([[1.0, 0.0] if "药" in t else [0.0, 1.0] for t in texts], dtype=np.float32)

    asked = [
        Question("1", "zh", "哪里销售药品", "answer", frozenset({A})),
        Question("2", "en", "device", "answer", frozenset({B})),
        Question("3", "zh", "天气", "refuse", frozenset()),
    ]
    figures = reference.score_reference(asked, provisions, encode)
    assert figures["systems"]["BM25"]["zh"] == {"1": 1.0, "5": 1.0, "10": 1.0, "n": 1}
    assert figures["systems"]["encoder"]["en"]["1"] == 1.0
    assert set(figures["systems"]) > {"BM25", "encoder", "0.5 BM25 + 0.5 encoder"}
