"""What a new version of a law changed."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import Database, reading
from core.errors import InvalidInput
from knowledge_base import service as knowledge_base
from knowledge_base.passages.differences import segments

OLD = """# 某某检查办法

（2019年3月1日国家药品监督管理局令第9号公布 自2019年5月1日起施行）

第一条 为了规范药品检查行为，制定本办法。

第二条 药品检查人员应当持有检查员证件，检查时出示证件。

第三条 检查记录保存三年。

第四条 对拒绝检查的单位，记入信用档案并向社会公布。

第五条 本办法自2019年5月1日起施行。
"""
NEW = """# 某某检查办法

（2024年3月1日国家药品监督管理局令第99号公布 自2024年5月1日起施行）

第一条 为了规范药品检查行为，制定本办法。

第二条 检查可以通过远程方式进行，远程检查的结论与现场检查同等对待。

第三条 药品检查人员应当持有检查员证件，检查时主动出示证件。

第四条 检查记录保存五年。

第五条 本办法自2024年5月1日起施行。
"""


@pytest.fixture
def two_versions(db: Database, tmp_path: Path) -> None:
    (tmp_path / "某某检查办法(2019-03-01).md").write_text(OLD, "utf-8")
    (tmp_path / "某某检查办法(2024-03-01).md").write_text(NEW, "utf-8")
    knowledge_base.ingest([tmp_path])


@pytest.mark.usefixtures("two_versions")
def test_each_article_is_told_once_with_what_became_of_it() -> None:
    with reading() as session:
        found = knowledge_base.diff_versions(session, "某某检查办法")
    assert (found.older, found.newer) == (date(2019, 5, 1), date(2024, 5, 1))
    assert [(a.kind, a.older, a.newer) for a in found.articles] == [
        ("unchanged", "第一条", "第一条"),
        ("added", "", "第二条"),
        ("renumbered", "第二条", "第三条"),
        ("renumbered", "第三条", "第四条"),
        ("removed", "第四条", ""),
        ("changed", "第五条", "第五条"),
    ]
    kept = found.articles[3]
    assert kept.segments == (("same", "检查记录保存"), ("out", "三"), ("in", "五"), ("same", "年。"))


@pytest.mark.usefixtures("two_versions")
def test_versions_are_named_by_a_day_on_which_they_applied() -> None:
    with reading() as session:
        found = knowledge_base.diff_versions(session, "某某检查办法", date(2020, 1, 1), date(2025, 1, 1))
        assert found.count("renumbered") == 2
        with pytest.raises(InvalidInput):
            knowledge_base.diff_versions(session, "某某检查办法", date(2024, 6, 1), date(2025, 1, 1))
        with pytest.raises(InvalidInput):
            knowledge_base.diff_versions(session, "某某检查办法", date(2010, 1, 1))
        with pytest.raises(InvalidInput):
            knowledge_base.diff_versions(session, "没有的办法")


WORDS = st.text(alphabet="药品检查记录三五年。", max_size=30)


@given(WORDS, WORDS)
@settings(deadline=None)
def test_segments_hold_both_wordings_whole(old: str, new: str) -> None:
    parts = list(segments(old, new))
    assert "".join(part for kind, part in parts if kind != "in") == old
    assert "".join(part for kind, part in parts if kind != "out") == new
