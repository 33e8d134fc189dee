"""The shipped article cards are complete, in both languages, each article once."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge_base.sources.shipped import CONTENT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIELDS = {"law", "article", "digest_zh", "digest_en", "questions_zh", "questions_en", "terms", "checked"}


def _cards() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((CONTENT / "cards").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield path, json.loads(line)


def test_every_card_has_all_its_parts() -> None:
    for path, card in _cards():
        assert set(card) == FIELDS, card
        assert card["law"] == path.stem
        assert re.fullmatch(r"\d+(-\d+)?", card["article"])
        assert all(card[part] for part in FIELDS - {"checked"}), card
        for text in [card["digest_en"], *card["questions_en"]]:  # certificate numbers are told in Chinese
            assert len(CHINESE.findall(text)) <= len(text) // 3, text
        assert all(CHINESE.search(text) for text in [card["digest_zh"], *card["questions_zh"]]), card


def test_a_checked_card_asks_in_four_ways_and_in_english_in_two() -> None:
    for _, card in _cards():
        if card["checked"]:
            assert len(card["questions_zh"]) >= 4, card
            assert len(card["questions_en"]) >= 2, card


def test_no_article_has_two_cards() -> None:
    counts = Counter((card["law"], card["article"]) for _, card in _cards())
    assert len(counts) >= 1_709
    assert [key for key, count in counts.items() if count > 1] == []
