"""The real law texts that lie beside the repository, against a list of their articles cut by another hand."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from core.settings import REPOSITORY
from knowledge_base.sources.base import ParsedDocument, SourceFile
from knowledge_base.sources.provenance import provenance_of
from knowledge_base.sources.registry import importer_for

SHARED = REPOSITORY.parent / "shared"
ANNEXED = {
    ("医疗器械出口销售证明管理规定", "15"),
    ("医疗器械分类规则", "10"),
}  # annexes are passages of their own
HEADED = {
    ("化妆品注册备案管理办法", "11"),
    ("化妆品注册备案管理办法", "27"),
}  # the list has the next chapter's name, which lost its number, at their end

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def documents() -> dict[str, ParsedDocument]:
    root = SHARED / "laws"
    if not root.is_dir():
        pytest.skip("the law texts do not lie beside the repository")
    read = {}
    for path in sorted(root.rglob("*.md")):
        source = SourceFile(path, root, path.read_bytes(), "0" * 64, None, provenance_of(path, root))
        (read[source.name],) = importer_for(path).read(source)
    return read


def words(text: str) -> str:
    return re.sub(r"[\s*]+", "", text)


def test_every_article_is_cut_as_the_list_has_it(documents: dict[str, ParsedDocument]) -> None:
    rows = [
        json.loads(line) for line in (SHARED / "eval" / "law_articles.jsonl").read_text("utf-8").splitlines()
    ]
    cut = {
        (name, p.article): (d.title, p.text) for name, d in documents.items() for p in d.passages if p.article
    }
    wrong = [
        (row["law"], row["article"])
        for row in rows
        if cut.get((row["file"], row["article"]), ("", ""))[0] != row["law"]
        or words(cut[row["file"], row["article"]][1]) != words(row["text"])
    ]
    assert len(rows) == 3703
    assert set(wrong) == ANNEXED | HEADED


def test_no_article_is_invented(documents: dict[str, ParsedDocument]) -> None:
    rows = [
        json.loads(line) for line in (SHARED / "eval" / "law_articles.jsonl").read_text("utf-8").splitlines()
    ]
    listed = Counter(row["file"] for row in rows)
    cut = {name: sum(bool(p.article) for p in documents[name].passages) for name in listed}
    assert cut == dict(listed)


def test_every_law_has_its_day_of_effect_and_level(documents: dict[str, ParsedDocument]) -> None:
    laws = [d for d in documents.values() if any(p.article for p in d.passages)]
    assert [d.title for d in laws if d.effective_from is None] == []
    assert [d.title for d in laws if d.level == "other"] == []


@pytest.mark.parametrize(
    ("name", "number", "issued", "effective", "level"),
    [
        (
            "药品管理法实施条例(2026-01-16).md",
            "国务院令第828号",
            "2026-01-16",
            "2026-05-15",
            "administrative_regulation",
        ),
        ("药品管理法(2019-08-26).md", "", "2019-08-26", "2019-12-01", "law"),
        (
            "化妆品生产经营监督管理办法(2021-08-02).md",
            "国家市场监督管理总局令第46号",
            "2021-08-02",
            "2022-01-01",
            "rule",
        ),
        (
            "中药品种保护条例(2018-09-18).md",
            "国务院令第106号",
            "2018-09-18",
            "1993-01-01",
            "administrative_regulation",
        ),
        (
            "通告-第一批实施医疗器械唯一标识(2019-72).md",
            "通告2019年第72号",
            "2019-10-12",
            "None",
            "normative",
        ),
    ],
)
def test_facts_read_from_the_texts(
    documents: dict[str, ParsedDocument], name: str, number: str, issued: str, effective: str, level: str
) -> None:
    read = documents[name]
    assert (read.document_number, str(read.issued_on), str(read.effective_from), read.level) == (
        number,
        issued,
        effective,
        level,
    )


def test_local_and_superseded_texts_are_known_as_such(documents: dict[str, ParsedDocument]) -> None:
    local = {Path(name).name: d.province for name, d in documents.items() if name.startswith("local")}
    assert len(local) == 7
    assert all(local.values())
    assert {name for name, d in documents.items() if d.is_repealed} == {
        name for name in documents if name.startswith("superseded")
    }
