"""A law that changes: which open drafts rest on what changed, why, and who is told, once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.notices import impact, inbox
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from forms.filing.affected import affected_drafts, uses_by_item
from forms.models import Filing
from knowledge_base import service as knowledge_base

from .notices_world import WRITER, add_enterprise, add_person

LAW = "化妆品监督管理条例"
TEXT = """# 化妆品监督管理条例

（{day}国务院令第727号公布 自{day}起施行）

第一条 为了规范化妆品生产经营活动，制定本条例。

第十九条 备案人应当提交产品名称、产品配方、产品执行的标准{more}。

第二十条 监督管理部门应当公布备案信息。
"""


@pytest.fixture
def changed(db: Database, tmp_path: Path) -> Path:
    """A law in two versions; the second changed article 19."""
    for number, (day, more) in enumerate((("2021年1月1日", ""), ("2026年9月1日", "和标签样稿"))):
        path = tmp_path / f"law{number}.md"
        path.write_text(TEXT.format(day=day, more=more), "utf-8")
        knowledge_base.ingest([path])
    return tmp_path


def add_filing(number: int, owner: str, **more: Any) -> str:
    moment = datetime.now(UTC)
    columns: dict[str, Any] = {
        "id": f"fil_{number}",
        "item_code": "cosmetic_filing",
        "enterprise_id": owner,
        "account_id": "acct_one",
        "channel": "web",
        "state": "draft",
        "answers": {},
        "facts": {},
        "start_key": str(number),
        "created_at": moment,
        "updated_at": moment,
    }
    with transaction() as session:
        session.add(Filing(**{**columns, **more}))
    return f"fil_{number}"


def document_id() -> str:
    return impact.list_changes(WRITER)[0].law.document_id


def test_a_changed_provision_names_the_drafts_that_rest_on_it(changed: Path) -> None:
    mine = add_enterprise(1)
    open_ones = [add_filing(1, mine), add_filing(2, mine, state="returned_for_correction")]
    add_filing(3, mine, state="submitted")
    add_filing(4, mine, item_code="drug_dist_retail")
    change = impact.get_change(WRITER, document_id())
    assert [one.keys for one in change.provisions] == [(f"{LAW}#19",)]
    assert [one.kind for one in change.provisions] == ["changed"]
    assert sorted(one.filing_id for one in change.drafts) == open_ones
    assert ("guide", "materials") in {(use.kind, use.key) for use in change.drafts[0].uses}
    assert {use.provision for use in change.drafts[0].uses} == {f"{LAW}#19"}


def test_enterprises_are_told_once_a_version(changed: Path) -> None:
    for number in (1, 2):
        add_filing(number, add_enterprise(number))
    add_filing(3, "ent_1")
    person = add_person("one", "ent_1")
    assert impact.tell_affected(WRITER, document_id()) == 2
    assert impact.tell_affected(WRITER, document_id()) == 0
    (notice,) = inbox.list_notices(person, "en")[0]
    assert notice.topic == "drafts"
    assert notice.why == "You are told because you have 2 open drafts of “Filing of general cosmetics”."
    assert "Article 19" in notice.text


def test_who_begins_a_draft_later_is_told_when_it_is_asked_again(changed: Path) -> None:
    add_filing(1, add_enterprise(1))
    assert impact.tell_affected(WRITER, document_id()) == 1
    add_filing(2, add_enterprise(2))
    assert impact.tell_affected(WRITER, document_id()) == 1


def test_a_law_with_one_version_is_no_change(db: Database, tmp_path: Path) -> None:
    (tmp_path / "law.md").write_text(TEXT.format(day="2021年1月1日", more=""), "utf-8")
    knowledge_base.ingest([tmp_path / "law.md"])
    assert impact.list_changes(WRITER) == []
    with pytest.raises(NotAvailable):
        impact.get_change(WRITER, "doc_absent")


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor("a", Role.APPLICANT), Actor("b", Role.OFFICER)])
def test_others_find_no_changes(changed: Path, actor: Actor) -> None:
    wanted = document_id()
    for call in (
        lambda: impact.list_changes(actor),
        lambda: impact.get_change(actor, wanted),
        lambda: impact.tell_affected(actor, wanted),
    ):
        with pytest.raises(NotAvailable):
            call()


def test_every_item_that_can_be_filed_rests_on_provisions(db: Database) -> None:
    found = uses_by_item()
    assert len(found) == 14
    assert all(uses for uses in found.values())
    with reading() as session:
        assert affected_drafts(session, ["no such law#1"]) == []
