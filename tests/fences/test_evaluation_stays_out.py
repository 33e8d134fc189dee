"""No evaluation question stands in what ships, trains or tests the product."""

import json

import pytest

from core.settings import REPOSITORY
from tests.fences.sources import files, read

QUESTIONS = REPOSITORY.parent / "shared" / "eval" / "questions_dev.jsonl"
TEXT = {".py", ".tsv", ".yml", ".yaml", ".md", ".json", ".jsonl", ".js", ".po", ".html", ".csv", ".txt"}
SHORTEST = 7  # shorter ones are words of daily use
LARGEST_BYTES = 3_000_000


@pytest.mark.shared
def test_no_evaluation_question_stands_word_for_word_in_the_repository() -> None:
    rows = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    wanted = {row["text"] for row in rows if len(row["text"]) >= SHORTEST}
    assert len(wanted) > 100
    found = []
    for path in files():
        if path.suffix in TEXT and (REPOSITORY / path).stat().st_size < LARGEST_BYTES:
            text = read(path)
            found += [(str(path), one) for one in wanted if one in text]
    assert found == []
