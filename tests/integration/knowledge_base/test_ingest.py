from pathlib import Path

import pytest
from sqlalchemy import select

from core.database import Database, reading
from core.errors import InvalidInput
from knowledge_base import service as knowledge_base
from knowledge_base.models import DocumentVersion, Passage, SourceDocument
from knowledge_base.sources.service import IngestStep


def versions(title: str) -> list[DocumentVersion]:
    with reading() as session:
        query = (
            select(DocumentVersion)
            .join(SourceDocument)
            .where(SourceDocument.title == title)
            .order_by(DocumentVersion.number)
        )
        return list(session.scalars(query))


def test_every_file_goes_in_and_progress_is_told(db: Database, laws: Path) -> None:
    steps: list[IngestStep] = []
    report = knowledge_base.ingest([laws], progress=steps.append)
    assert (report.count("added"), report.count("changed"), report.refused) == (4, 1, ())
    assert [(s.done, s.total) for s in steps] == [(n, 5) for n in range(1, 6)]


def test_a_second_run_skips_what_has_not_changed(ingested: Path) -> None:
    report = knowledge_base.ingest([ingested])
    assert report.count("unchanged") == 5
    assert not report.has_changes


def test_the_later_version_supersedes_the_earlier_on_its_day(ingested: Path) -> None:
    old, new = versions("药品零售管理办法")
    assert (old.status, str(old.repealed_on), old.document_number) == (
        "superseded",
        "2024-06-01",
        "国家市场监督管理总局令第27号",
    )
    assert (new.status, new.repealed_on, str(new.in_force_from)) == ("current", None, "2024-06-01")


def test_the_order_of_ingestion_does_not_matter(db: Database, laws: Path) -> None:
    for name in sorted((p for p in laws.glob("*.md")), reverse=True):
        knowledge_base.ingest([name])
    new, old = versions("药品零售管理办法")
    assert (new.status, old.status) == ("current", "superseded")


def test_a_law_that_a_current_one_abrogates_is_repealed(ingested: Path) -> None:
    (version,) = versions("药品零售暂行规定")
    assert (version.status, str(version.repealed_on), version.replaced_by) == (
        "repealed",
        "2020-07-01",
        "药品零售管理办法",
    )


def test_what_lies_among_the_superseded_is_repealed(ingested: Path) -> None:
    (version,) = versions("旧化妆品卫生条例")
    assert (version.status, version.repealed_on) == ("repealed", None)


def test_a_corrected_file_replaces_its_faulty_copy(ingested: Path) -> None:
    path = ingested / "药品零售管理办法(2024-03-01).md"
    path.write_text(path.read_text("utf-8").replace("二个月", "2个月"), "utf-8")
    report = knowledge_base.ingest([ingested])
    assert report.count("changed") == 1
    assert [v.status for v in versions("药品零售管理办法")] == ["superseded", "replaced", "current"]


def test_a_local_rule_knows_its_province(ingested: Path) -> None:
    with reading() as session:
        found = session.scalars(select(SourceDocument).where(SourceDocument.province == "上海市")).one()
    assert (found.title, found.level) == ("上海市药店服务规定", "local")


def test_broken_files_are_named_and_the_others_go_in(db: Database, laws: Path) -> None:
    (laws / "empty.md").write_bytes(b"")
    (laws / "photo.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (laws / "word.docx").write_bytes(b"not a word file at all")
    (laws / "scan.pdf").write_bytes(b"%PDF-1.4 broken")
    (laws / "data.bin").write_bytes(b"\x00\x01")
    report = knowledge_base.ingest([laws])
    assert {(f.name, f.reason.rpartition(".")[2]) for f in report.refused} == {
        ("empty.md", "empty"),
        ("photo.md", "binary"),
        ("word.docx", "broken"),
        ("scan.pdf", "broken"),
        ("data.bin", "unsupported"),
    }
    assert report.count("added") == 4


def test_provenance_beside_the_files_is_kept(db: Database, laws: Path) -> None:
    line = "药品零售暂行规定(2004-05-01).md | a/laws | 0123abc | 规章/药品零售暂行规定.md | transcribed\n"
    (laws / "SOURCE.txt").write_text("# remarks\n" + line, "utf-8")
    knowledge_base.ingest([laws])
    (version,) = versions("药品零售暂行规定")
    assert version.origin["repository"] == "a/laws"
    assert version.origin["commit"] == "0123abc"
    assert len(version.sha256) == 64


def test_stored_passages_are_the_exact_words_of_the_stored_text(ingested: Path) -> None:
    with reading() as session:
        rows = session.execute(select(Passage, DocumentVersion.text).join(DocumentVersion)).all()
    assert len(rows) == 14
    assert all(text[p.start : p.end] == p.text for p, text in rows)


def test_a_path_that_is_not_there_is_the_persons_to_mend(db: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        knowledge_base.ingest([tmp_path / "absent"])
    assert refused.value.code == "knowledge_base.path_missing"


def test_an_unknown_kind_is_refused(db: Database, laws: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        knowledge_base.ingest([laws], kind="rumour")
    assert refused.value.code == "knowledge_base.kind_unknown"


def test_a_folder_named_by_itself_still_tells_what_is_superseded(db: Database, laws: Path) -> None:
    knowledge_base.ingest([laws / "superseded"])
    assert versions("旧化妆品卫生条例")[0].status == "repealed"


def test_a_title_gone_wrong_is_cut_and_the_text_goes_in(db: Database, tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text(f"# {'长' * 900}\n\n第一条 为了测试长标题，制定本办法。\n", "utf-8")
    report = knowledge_base.ingest([tmp_path])
    assert report.count("added") == 1
    assert len(versions("长" * 200)) == 1


def test_a_file_that_breaks_its_reader_does_not_stop_the_others(
    db: Database, laws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: object) -> None:
        raise ZeroDivisionError

    (laws / "a.txt").write_text("第一条 甲。", "utf-8")
    monkeypatch.setattr(
        "knowledge_base.sources.readers.plain.PlainTextImporter.read", lambda self, s: broken(s)
    )
    report = knowledge_base.ingest([laws])
    assert [(f.name, f.detail) for f in report.refused] == [("a.txt", "ZeroDivisionError")]
    assert report.count("added") == 4


def test_a_dry_run_tells_each_outcome_and_keeps_nothing(db: Database, laws: Path) -> None:
    (laws / "empty.md").write_bytes(b"")
    report = knowledge_base.ingest([laws], dry_run=True)
    assert (report.count("added"), len(report.refused)) == (5, 1)
    assert all(file.passages for file in report.files if file.outcome == "added")
    with reading() as session:
        assert list(session.scalars(select(SourceDocument))) == []
    assert knowledge_base.ingest([laws]).count("added") == 4


def test_a_dry_run_over_what_is_held_finds_what_changed(ingested: Path) -> None:
    path = ingested / "药品零售暂行规定(2004-05-01).md"
    path.write_text(path.read_text("utf-8").replace("每年", "每两年"), "utf-8")
    report = knowledge_base.ingest([ingested], dry_run=True)
    assert {f.name: f.outcome for f in report.files if f.outcome != "unchanged"} == {path.name: "changed"}
    assert len(versions("药品零售暂行规定")) == 1
