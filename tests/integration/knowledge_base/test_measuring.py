import json
from pathlib import Path

import pytest

from training.evaluate import searching

QUESTIONS = [
    ("a", "zh", "药品经营许可证有效期届满怎么延续", 3),
    ("b", "zh", "开办药品零售企业向哪个部门申请", 2),
    ("c", "en", "renewal of a drug distribution licence", 3),
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [
        {
            "id": name,
            "lang": lang,
            "text": text,
            "expected_behaviour": "answer",
            "legal_basis": [{"law": "药品零售管理办法", "article": article}],
        }
        for name, lang, text, article in QUESTIONS
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_every_run_is_measured_in_both_languages(
    indexed: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert searching.main(["--questions", str(questions), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(figures) == 6
    assert figures["all: both"]["zh"] == {"1": 1.0, "5": 1.0, "10": 1.0, "n": 2}
    assert figures["laws: keywords alone"]["en"]["n"] == 1
    assert figures["all: both"]["ms"]["p95"] > 0
