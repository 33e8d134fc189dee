"""The knowledge base on PostgreSQL, as on SQLite."""

import os
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core import database
from core.database.engine import Database, _driver_url
from core.database.model_modules import load_models
from core.errors import Conflict
from core.settings import get_settings
from forms.service import export_guides
from knowledge_base import service as knowledge_base
from knowledge_base.curation import service as curation
from knowledge_base.search.query import SearchQuery
from tests.integration.knowledge_base.test_curation import (
    SECOND,
    TODAY,
    WRITER,
    approved,
    first_entry,
    lock,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    url = os.environ.get("YAOZHENG_TEST_POSTGRES_URL", "")
    if not url:
        pytest.skip("no PostgreSQL server was started for the tests")
    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(_driver_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    joint = "&" if "?" in url else "?"
    monkeypatch.setenv("YAOZHENG_DATABASE_URL", f"{url}{joint}options=-csearch_path%3D{schema}")
    get_settings.cache_clear()
    load_models()
    opened = database.current()
    database.Base.metadata.create_all(opened.engine)
    yield opened
    database.reset()
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def test_texts_and_guides_go_in_and_are_found_as_of_a_day(server: Database, laws: Path) -> None:
    knowledge_base.register_encoder()
    report = knowledge_base.ingest([laws])
    assert (report.count("added"), report.refused) == (4, ())
    assert knowledge_base.ingest([laws]).count("unchanged") == 5
    assert knowledge_base.import_guides(export_guides()) > 0
    assert knowledge_base.import_faq() > 0
    made = knowledge_base.build_index()
    assert made.counts["law"] == 14
    then = knowledge_base.search(SearchQuery("药品经营许可证有效期届满怎么延续", as_of=date(2021, 1, 1)))
    assert "六个月" in then.hits[0].passage.text


def test_an_entry_is_curated_from_a_draft_to_an_answer_and_out(server: Database, laws: Path) -> None:
    knowledge_base.register_encoder()
    knowledge_base.ingest([laws])
    knowledge_base.import_faq()
    knowledge_base.build_index()
    entry_id = approved(key="night")
    is_released = curation.release_now(SECOND, entry_id, lock=lock(entry_id), effective_from=TODAY)
    assert is_released, curation.get_entry(SECOND, entry_id).run
    knowledge_base.build_index()
    assert first_entry("晚上药店关门了怎么买药") == "night"
    with pytest.raises(Conflict):
        curation.retire(SECOND, entry_id, lock=lock(entry_id) - 1, on=TODAY, reason="旧页面")
    curation.retire(SECOND, entry_id, lock=lock(entry_id), on=TODAY, reason="规定已变")
    knowledge_base.build_index()
    assert first_entry("晚上药店关门了怎么买药") != "night"
    assert [line.key for line in curation.list_entries(WRITER, text="夜里")] == ["night"]


def test_words_that_postgres_cannot_keep_do_not_stop_the_ingestion(server: Database, tmp_path: Path) -> None:
    line = '{"question": "开药店\\u0000要什么？", "answer": "许可证。", "similar": ["\\ud800药店"]}'
    (tmp_path / "questions.jsonl").write_text(line, "utf-8")
    (tmp_path / "long.md").write_text(f"# {'长' * 900}\n\n第一条 为了测试长标题，制定本办法。\n", "utf-8")
    report = knowledge_base.ingest([tmp_path])
    assert (report.count("added"), report.refused) == (2, ())
