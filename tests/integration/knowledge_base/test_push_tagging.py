"""Tags and requirements in the database: suggestions, an editor's word, days, the trail."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import reading
from core.errors import AssistantError, Conflict, InvalidInput, NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from knowledge_base.push import requirements, tagging

EDITOR = Actor("acct_editor", Role.EDITOR)
LAW = "药品零售管理办法"
WORDS = {"zh": "配备执业药师", "en": "Employ a licensed pharmacist"}


def actions() -> list[str]:
    with reading() as session:
        return list(
            session.scalars(
                select(AuditEvent.action).where(AuditEvent.subject_type != "model").order_by(AuditEvent.at)
            )
        )


def test_a_suggestion_becomes_a_tag_by_an_editor_s_word(ingested: Path) -> None:
    before = tagging.get_document(EDITOR, LAW)
    assert "enterprise_type/retailer" in {one.tag for one in before.suggested}
    assert before.confirmed == []
    tagging.decide(
        EDITOR, LAW, confirm=["enterprise_type/retailer", "topic/other"], refuse=["region/national"]
    )
    after = tagging.get_document(EDITOR, LAW)
    assert after.confirmed == ["enterprise_type/retailer", "topic/other"]
    assert after.refused == ["region/national"]
    assert {"enterprise_type/retailer", "region/national"}.isdisjoint({one.tag for one in after.suggested})
    assert actions() == ["document.tagged"]


def test_the_same_word_twice_is_kept_once_and_a_later_one_counts(ingested: Path) -> None:
    for _ in range(2):
        tagging.decide(EDITOR, LAW, confirm=["topic/licensing"])
    assert actions() == ["document.tagged"]
    tagging.decide(EDITOR, LAW, refuse=["topic/licensing"])
    assert tagging.get_document(EDITOR, LAW).refused == ["topic/licensing"]


def test_documents_are_found_by_name_and_by_confirmed_tag(ingested: Path) -> None:
    tagging.decide(EDITOR, LAW, confirm=["topic/licensing"])
    assert [one.title for one in tagging.list_documents(EDITOR, tag="topic/licensing")] == [LAW]
    assert LAW in [one.title for one in tagging.list_documents(EDITOR, text="药品零售")]
    assert tagging.list_documents(EDITOR, text="%") == []


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor("a", Role.APPLICANT), Actor("b", Role.OFFICER)])
def test_others_find_nothing(ingested: Path, actor: Actor) -> None:
    for call in (
        lambda: tagging.list_documents(actor),
        lambda: tagging.get_document(actor, LAW),
        lambda: tagging.decide(actor, LAW, confirm=["topic/other"]),
        lambda: requirements.add(actor, LAW, WORDS, due_on=date(2027, 1, 1)),
        lambda: requirements.list_requirements(actor, LAW),
        lambda: requirements.suggest_requirements(actor, LAW),
    ):
        with pytest.raises(NotAvailable):
            call()


def test_an_unknown_tag_or_document_is_refused(ingested: Path) -> None:
    with pytest.raises(InvalidInput):
        tagging.decide(EDITOR, LAW, confirm=["topic/<script>"])
    with pytest.raises(NotAvailable):
        tagging.decide(EDITOR, "no such law", confirm=["topic/other"])
    assert actions() == []


def test_a_requirement_stands_with_its_days_until_it_is_withdrawn(ingested: Path) -> None:
    tagging.decide(EDITOR, LAW, confirm=["enterprise_type/retailer"])
    later = requirements.add(EDITOR, LAW, WORDS, article="2", due_on=date(2027, 6, 1))
    sooner = requirements.add(EDITOR, LAW, WORDS, applies_from=date(2026, 6, 1), tag_ids=["topic/other"])
    found = requirements.list_requirements(EDITOR, LAW)
    assert [one.id for one in found] == [sooner, later]
    assert found[0].tags == ["topic/other"]
    assert found[1].tags == ["enterprise_type/retailer"]
    assert found[1].words("en") == WORDS["en"]
    requirements.withdraw(EDITOR, later)
    assert [one.id for one in requirements.list_requirements(EDITOR, LAW)] == [sooner]
    with pytest.raises(Conflict):
        requirements.withdraw(EDITOR, later)
    assert actions()[1:] == ["requirement.added", "requirement.added", "requirement.withdrawn"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": {"zh": "只有中文"}}, "push.requirement_words"),
        ({"text": {"zh": "  ", "en": "x"}}, "push.requirement_words"),
        ({"due_on": None}, "push.requirement_day"),
        ({"applies_from": date(2028, 1, 1)}, "push.requirement_days"),
        ({"article": "999"}, "push.requirement_article"),
        ({"tag_ids": ["no/such"]}, "push.tag_unknown"),
    ],
)
def test_a_requirement_that_cannot_be_is_refused(ingested: Path, more: dict[str, Any], code: str) -> None:
    given = {"text": WORDS, "due_on": date(2027, 1, 1), **more}
    with pytest.raises(AssistantError) as refused:
        requirements.add(EDITOR, LAW, given.pop("text"), **given)
    assert refused.value.code == code
    assert requirements.list_requirements(EDITOR, LAW) == []
