"""Every citation in shipped content names an article in one form, and one that the law texts have."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from core.database import reading
from core.database.engine import Database
from core.settings import REPOSITORY

FORM = re.compile(r"(?P<law>[^#\s]+)#(?P<article>\d+(?:-\d+)?)")
LAWS = REPOSITORY.parent / "shared" / "laws"
CONTENT = (REPOSITORY / "forms" / "items", REPOSITORY / "knowledge_base" / "content")


def bases(node: Any) -> Iterator[str]:
    """Yield every entry of every ``basis`` in a tree of content."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "basis":
                yield from ([value] if isinstance(value, str) else [str(one) for one in value or ()])
            else:
                yield from bases(value)
    elif isinstance(node, list):
        for value in node:
            yield from bases(value)


def load(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


def cited() -> list[tuple[str, str]]:
    """Return (file, citation) of all shipped content."""
    files = [path for folder in CONTENT for path in sorted(folder.rglob("*.yml"))]
    return [(path.name, basis) for path in files for basis in bases(load(path))]


def test_shipped_content_rests_on_citations() -> None:
    assert len(cited()) > 300


def test_every_citation_names_law_and_article() -> None:
    wrong = [one for one in cited() if not FORM.fullmatch(one[1])]
    assert wrong == []


def test_laws_are_named_without_the_name_of_the_state() -> None:
    state = (REPOSITORY / "forms" / "items" / "data" / "laws.yml").read_text("utf-8")
    assert state
    assert [one for one in cited() if one[1].startswith("\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd")] == []


@pytest.mark.shared
@pytest.mark.timeout(600)
@pytest.mark.skipif(not LAWS.is_dir(), reason="the law texts are not at hand")
def test_every_cited_article_exists_in_the_law_texts(db: Database) -> None:
    from knowledge_base.models import DocumentVersion, Passage, SourceDocument
    from knowledge_base.service import ingest

    ingest([LAWS])
    query = (
        select(SourceDocument.title, Passage.article)
        .join(DocumentVersion, DocumentVersion.document_id == SourceDocument.id)
        .join(Passage, Passage.version_id == DocumentVersion.id)
    )
    with reading() as session:
        held = {f"{title}#{article}" for title, article in session.execute(query)}
    assert len(held) > 3000
    absent = {basis for _, basis in cited()} - held
    assert absent == set()
