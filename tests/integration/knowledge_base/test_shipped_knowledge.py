import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.database import Database, reading
from core.errors import InvalidInput
from forms.service import export_guides
from knowledge_base import service as knowledge_base
from knowledge_base.models import DocumentVersion, Passage, SourceDocument

ENTRY = """
- id: shop
  topic: drugs
  service_item: drug_dist_retail
  question: {zh: 开药店要什么？, en: "What does a pharmacy need?"}
  similar: {zh: [怎么开药店], en: [open a pharmacy]}
  negative: {zh: [药店几点关门], en: [when does it close]}
  answer: {zh: 要药品经营许可证。, en: A drug distribution licence.}
  basis: [药品管理法#51]
  verified: true
"""


def current(kind: str) -> list[tuple[Passage, str]]:
    with reading() as session:
        rows = session.execute(
            select(Passage, DocumentVersion.status)
            .join(DocumentVersion)
            .join(SourceDocument)
            .where(SourceDocument.kind == kind, DocumentVersion.status == "current")
            .order_by(Passage.position)
        )
        return [(passage, status) for passage, status in rows]


def test_guides_of_all_items_go_in_with_layout_and_basis(db: Database) -> None:
    guides = export_guides()
    assert knowledge_base.import_guides(guides) == len(guides)
    passages = [passage for passage, _ in current("guide")]
    aspects = sum(len(guide["aspects"]) for guide in guides)
    assert len(passages) == 2 * aspects
    materials = next(
        p for p in passages if p.aspect == "materials" and p.service_item_code == "cosmetic_filing"
    )
    assert materials.blocks[0]["type"] == "table"
    assert "化妆品监督管理条例#19" in materials.basis


def test_unchanged_guides_are_not_stored_twice(db: Database) -> None:
    knowledge_base.import_guides(export_guides())
    assert knowledge_base.import_guides(export_guides()) == 0


def test_a_guide_that_is_gone_leaves_the_index(db: Database) -> None:
    guides: list[dict[str, Any]] = export_guides()
    knowledge_base.import_guides(guides)
    knowledge_base.import_guides(guides[1:])
    assert guides[0]["service_item_code"] not in {p.service_item_code for p, _ in current("guide")}


def test_a_faq_entry_is_stored_in_both_languages(db: Database, tmp_path: Path) -> None:
    (tmp_path / "drugs.yml").write_text(ENTRY, "utf-8")
    assert knowledge_base.import_faq(tmp_path) == 1
    (chinese, _), (english, _) = current("faq")
    assert (chinese.title, chinese.text, chinese.language) == ("开药店要什么？", "要药品经营许可证。", "zh")
    assert (english.language, english.search_texts) == ("en", ["open a pharmacy"])
    assert chinese.data == {"id": "shop", "topic": "drugs", "negative": ["药店几点关门"], "verified": True}
    assert chinese.basis == ["药品管理法#51"]


def test_a_faulty_entry_is_named(db: Database, tmp_path: Path) -> None:
    (tmp_path / "drugs.yml").write_text(ENTRY + "- id: broken\n", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        knowledge_base.import_faq(tmp_path)
    assert refused.value.params == {"file": "drugs.yml", "entry": 2}
    assert current("faq") == []


def test_a_file_that_is_no_yaml_is_named(db: Database, tmp_path: Path) -> None:
    (tmp_path / "drugs.yml").write_text("- {broken: [", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        knowledge_base.import_faq(tmp_path)
    assert refused.value.params == {"file": "drugs.yml", "line": 2}


def test_the_shipped_entries_go_in(db: Database) -> None:
    assert knowledge_base.import_faq() > 0
    assert len(current("faq")) >= 160


def test_cards_are_brought_in_where_there_are_any(db: Database, tmp_path: Path) -> None:
    card = {
        "law": "药品管理法",
        "article": "51",
        "digest_zh": "开药店要许可。",
        "digest_en": "A licence is needed.",
        "questions_zh": ["怎么开药店"],
        "questions_en": ["open a pharmacy"],
        "terms": ["药店"],
    }
    (tmp_path / "药品管理法.jsonl").write_text(json.dumps(card), "utf-8")
    assert knowledge_base.import_cards(tmp_path) == 1
    assert knowledge_base.import_cards(tmp_path / "absent") == 0
    ((passage, _),) = current("card")
    assert passage.search_texts == ["A licence is needed.", "怎么开药店", "open a pharmacy", "药店"]
    assert passage.data["checked"] is False


def test_the_shipped_cards_go_in_whole(db: Database) -> None:
    assert knowledge_base.import_cards() >= 27
    cards = [passage for passage, _ in current("card")]
    assert len(cards) >= 1_709
    keys = [key for passage in cards for key in passage.basis]
    assert len(keys) == len(set(keys))
