"""How laws and provisions are called in either language."""

from pathlib import Path

import pytest

from core.settings import REPOSITORY
from knowledge_base.passages.labels import law_name, provision_name

CARDS = REPOSITORY / "knowledge_base" / "content" / "cards"


@pytest.mark.parametrize("path", sorted(CARDS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_law_with_cards_has_a_name_in_english(path: Path) -> None:
    assert law_name(path.stem, "en").isascii()
    assert law_name(path.stem, "zh-CN") == f"《{path.stem}》"


def test_a_provision_is_named_in_the_readers_language() -> None:
    assert provision_name("药品管理法#14", "zh-CN") == "《药品管理法》第14条"
    assert provision_name("药品管理法#14", "en") == "Drug Administration Law, Article 14"
    assert provision_name("没有的办法#3", "en") == "《没有的办法》, Article 3"
    assert provision_name("retail-001", "en") == "retail-001"
