from pathlib import Path

import pytest

from training.embedding.corpus.numerals import article_number, parse_numeral
from training.embedding.corpus.statutes import law_name, newest_versions, read_articles, read_laws

LAW = """# 中华人民共和国示例管理法

2019年8月26日 通过

<!-- INFO END -->

## 第一章  总 则

第一条 为了加强示例管理，制定本法。

第二条 在境内从事示例活动，适用本法。

本法所称示例，是指样本。

## 第二章 示例生产

第二条之一 从事示例生产应当具备下列条件：

（一）有人员；

（二）有场地。
"""


@pytest.fixture
def law(tmp_path: Path) -> Path:
    path = tmp_path / "示例管理法(2019-08-26).md"
    path.write_text(LAW, "utf-8")
    return path


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("三", 3), ("十", 10), ("十四", 14), ("二十", 20), ("一百零五", 105), ("一百二十四", 124)],
)
def test_chinese_numerals_have_their_value(numeral: str, value: int) -> None:
    assert parse_numeral(numeral) == value


def test_an_inserted_article_keeps_both_numbers() -> None:
    assert article_number("第十四条之一") == "14-1"


def test_articles_are_cut_with_number_heading_and_all_paragraphs(law: Path) -> None:
    first, second, inserted = read_articles(law)
    assert (first.number, first.heading, first.text) == ("1", "总则", "为了加强示例管理，制定本法。")
    assert second.text.endswith("\n本法所称示例，是指样本。")
    assert (inserted.law, inserted.number, inserted.heading) == ("示例管理法", "2-1", "示例生产")
    assert "（二）有场地。" in inserted.text


def test_the_preamble_is_no_article(law: Path) -> None:
    assert all("2019年8月26日" not in article.text for article in read_articles(law))


def test_the_law_is_named_without_its_date() -> None:
    assert law_name(Path("药品管理法（2019-08-26）.md")) == "药品管理法"


def test_only_the_newest_version_of_a_law_is_read(law: Path) -> None:
    old = law.with_name("示例管理法(2001-01-01).md")
    old.write_text(LAW.replace("样本", "旧样本"), "utf-8")
    assert newest_versions(law.parent) == [law]
    assert all("旧样本" not in article.text for article in read_laws(law.parent))


def test_case_reports_and_source_notes_are_not_laws(law: Path) -> None:
    (law.parent / "案例").mkdir()
    (law.parent / "案例" / "某案(2020-01-01).md").write_text(LAW, "utf-8")
    (law.parent / "README.md").write_text(LAW, "utf-8")
    assert newest_versions(law.parent) == [law]
