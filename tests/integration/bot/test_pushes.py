"""Pushes from a draft to inboxes: two pairs of hands, dry run, exactly once, the right ones alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.notices import audience, inbox, sending
from bot.notices.effect import effects
from bot.notices.models import Notice
from bot.notices.profiles import kinds, profiles, schema
from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import AssistantError, Conflict, InvalidInput, NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from core.model_register import shelf
from core.queue.models import OutboxJob
from forms.profiles.service import profiles as all_profiles
from forms.sandbox.seed import seed_sandbox
from knowledge_base.push import service as pushes
from knowledge_base.push.expressions import compile_condition
from knowledge_base.push.models import PolicyPush
from knowledge_base.push.tree import holds
from tests.stores import KINDS, opened

from .notices_world import (
    DRUGSTORE,
    FIELDS,
    REVIEWER,
    WRITER,
    add_enterprise,
    add_licence,
    add_person,
    lock,
    scheduled,
)


@pytest.fixture(params=KINDS)
def shops_anywhere(
    request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """The same on databases of either kind."""
    with opened(request.param, monkeypatch):
        yield open_shops()


@pytest.fixture
def shops(db: Database) -> list[str]:
    """Two drugstores, one whose licence has ended, one without any, one maker elsewhere."""
    return open_shops()


def open_shops() -> list[str]:
    ids = [add_enterprise(n) for n in range(4)] + [add_enterprise(4, province="粤", kind="drug_maker")]
    add_licence(ids[0])
    add_licence(ids[1])
    add_licence(ids[2], expires_on=clock.today() - timedelta(days=1))
    return ids


def told() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(Notice.enterprise_id)))


def test_a_condition_changed_past_its_approval_tells_nobody(shops_anywhere: list[str]) -> None:
    push_id = scheduled()
    entry = next(one for one in shelf.all_entries() if one.model_id == push_id)
    assert (entry.kind, entry.state, entry.is_serving) == ("push", "released", True)
    assert entry.card["condition"] == pushes.get_push(WRITER, push_id).content.condition
    with transaction() as session:
        session.get_one(PolicyPush, push_id).condition = "true"
    assert (sending.send_push(push_id), told()) == (0, [])
    assert sending.send_due() == 0


def test_the_condition_of_a_push_that_was_sent_is_retired(shops: list[str]) -> None:
    push_id = scheduled()
    sending.send_push(push_id)
    entry = next(one for one in shelf.all_entries() if one.model_id == push_id)
    assert entry.state == "retired"
    assert [line.step for line in shelf.history(entry.id)] == ["released", "retired"]


def test_a_push_reaches_whom_it_names_and_says_why(shops_anywhere: list[str]) -> None:
    push_id = scheduled()
    assert sending.send_push(push_id) == 2
    assert told() == shops_anywhere[:2]
    person = add_person("one", shops_anywhere[0])
    found, more = inbox.list_notices(person, "zh-CN")
    assert not more
    assert found[0].title == "药品零售新规"
    assert found[0].why == "因为贵单位有证照（药品经营许可证（零售）、在有效期内）。"
    assert inbox.list_notices(person, "en")[0][0].why.startswith("You are told because you have a licence (")
    assert pushes.get_push(WRITER, push_id).line.state == "sent"


def test_a_push_sent_twice_or_taken_up_anew_tells_nobody_twice(shops_anywhere: list[str]) -> None:
    push_id = scheduled()
    assert sending.send_push(push_id) == 2
    assert sending.send_push(push_id) == 0
    assert told() == shops_anywhere[:2]


def test_a_process_that_died_half_way_leaves_the_rest_to_the_next(
    shops: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forms.profiles.service.BATCH", 1)
    push_id, real, calls = scheduled(), sending._tell_batch, []

    def dies(*arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return real(*arguments)

    monkeypatch.setattr(sending, "_tell_batch", dies)
    with pytest.raises(RuntimeError):
        sending.send_push(push_id)
    assert told() == shops[:1]
    assert sending.send_push(push_id) == 1
    assert told() == shops[:2]


def test_what_is_due_is_left_to_the_outbox_once(shops: list[str]) -> None:
    scheduled()
    scheduled(send_on=clock.today() + timedelta(days=1))
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    with reading() as session:
        jobs = session.scalars(select(OutboxJob).where(OutboxJob.task == sending.TASK)).all()
    assert len(jobs) == 1


def test_a_push_before_its_day_or_without_review_is_not_sent(shops: list[str]) -> None:
    assert sending.send_push(scheduled(send_on=clock.today() + timedelta(days=1))) == 0
    assert sending.send_push(pushes.create(WRITER, FIELDS)) == 0
    assert sending.send_push("push_absent") == 0
    assert told() == []


def test_nobody_reviews_what_they_wrote_and_nothing_uncounted_is_approved(shops: list[str]) -> None:
    push_id = pushes.create(WRITER, FIELDS)
    pushes.submit(WRITER, push_id, schema(), lock=lock(push_id))
    with pytest.raises(Conflict) as refused:
        pushes.approve(WRITER, push_id, schema(), lock=lock(push_id))
    assert refused.value.code == "push.second_person"
    with pytest.raises(Conflict) as refused:
        pushes.approve(REVIEWER, push_id, schema(), lock=lock(push_id))
    assert refused.value.code == "push.not_counted"
    audience.dry_run(REVIEWER, DRUGSTORE, "en", push_id=push_id)
    pushes.approve(REVIEWER, push_id, schema(), lock=lock(push_id))
    assert pushes.get_push(WRITER, push_id).line.state == "approved"


def test_an_edit_of_the_condition_forgets_the_count(shops: list[str]) -> None:
    push_id = pushes.create(WRITER, FIELDS)
    audience.dry_run(WRITER, DRUGSTORE, "en", push_id=push_id)
    assert pushes.get_push(WRITER, push_id).line.audience == 2
    pushes.edit(WRITER, push_id, {**FIELDS, "condition": "true"}, lock=lock(push_id))
    assert pushes.get_push(WRITER, push_id).line.audience is None
    audience.dry_run(WRITER, DRUGSTORE, "en", push_id=push_id)
    assert pushes.get_push(WRITER, push_id).line.audience is None


def test_what_was_changed_meanwhile_is_not_overwritten(shops: list[str]) -> None:
    push_id = pushes.create(WRITER, FIELDS)
    read = lock(push_id)
    pushes.edit(REVIEWER, push_id, {**FIELDS, "title_zh": "另一标题"}, lock=read)
    with pytest.raises(Conflict):
        pushes.edit(WRITER, push_id, FIELDS, lock=read)
    assert pushes.get_push(WRITER, push_id).content.title["zh"] == "另一标题"


def test_sent_back_with_a_reason_and_cancelled_before_its_day(shops: list[str]) -> None:
    push_id = scheduled(send_on=clock.today() + timedelta(days=3))
    with pytest.raises(InvalidInput):
        pushes.cancel(WRITER, push_id, lock=lock(push_id), reason=" ")
    pushes.cancel(WRITER, push_id, lock=lock(push_id), reason="文件撤回")
    view = pushes.get_push(WRITER, push_id)
    assert view.is_ended
    assert view.steps == ()
    assert [one.step for one in view.events] == ["edit", "submit", "approve", "schedule", "cancel"]
    with reading() as session:
        audited = session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("push."))
        ).all()
    assert sorted(audited) == sorted(f"push.{one.step}" for one in view.events)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title_en": ""}, "push.words_missing"),
        ({"topic": "region/national"}, "push.topic_missing"),
        ({"why_zh": "只有中文"}, "push.why_both"),
        ({"link": "javascript:alert(1)"}, "push.link_wrong"),
        ({"link": "//evil.example"}, "push.link_wrong"),
        ({"link": "https://a@evil.example/"}, "push.link_wrong"),
        ({"link": "/\\evil.example"}, "push.link_wrong"),
        ({"document_id": "doc_absent"}, "push.document_absent"),
        ({"condition": "province = 1"}, "push.condition.syntax"),
        ({"condition": "years_registered < 0"}, "push.condition.never"),
        ({"condition": 'licences.exists(l, l.item == "no_such_item")'}, "push.condition.unknown_value"),
        ({"condition": "x" * 5000}, "push.condition.too_long"),
    ],
)
def test_a_draft_with_errors_is_not_handed_in(db: Database, more: dict[str, Any], code: str) -> None:
    push_id = pushes.create(WRITER, {**FIELDS, **more})
    with pytest.raises(AssistantError) as refused:
        pushes.submit(WRITER, push_id, schema(), lock=lock(push_id))
    assert refused.value.code == code


def test_a_title_is_one_line_whatever_is_typed(db: Database) -> None:
    push_id = pushes.create(WRITER, {**FIELDS, "title_zh": "标题\r\nBcc: x@y.example\u202e末"})
    assert pushes.get_push(WRITER, push_id).content.title["zh"] == "标题 Bcc: x@y.example末"


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor("a", Role.APPLICANT), Actor("b", Role.OFFICER)])
def test_others_find_no_pushes(db: Database, actor: Actor) -> None:
    push_id = pushes.create(WRITER, FIELDS)
    for call in (
        lambda: pushes.list_pushes(actor),
        lambda: pushes.get_push(actor, push_id),
        lambda: pushes.create(actor, FIELDS),
        lambda: pushes.submit(actor, push_id, schema(), lock=1),
        lambda: pushes.doubtful(actor, schema()),
        lambda: audience.dry_run(actor, "true", "en"),
    ):
        with pytest.raises(NotAvailable):
            call()


def test_a_dry_run_counts_and_samples_and_tells_nobody(shops: list[str]) -> None:
    found = audience.dry_run(WRITER, DRUGSTORE, "en")
    assert (found.audience, found.population) == (2, 5)
    assert not found.is_large
    assert {one.enterprise_id for one in found.sample} == set(shops[:2])
    assert all(one.why for one in found.sample)
    assert audience.dry_run(WRITER, "true", "zh-CN").is_large
    assert told() == []


def test_open_pushes_with_doubtful_conditions_are_listed(shops: list[str]) -> None:
    never = pushes.create(WRITER, {**FIELDS, "condition": "years_registered < 0"})
    always = pushes.create(WRITER, {**FIELDS, "condition": "years_registered >= 0"})
    nobody = pushes.create(WRITER, {**FIELDS, "condition": 'province == "藏"'})
    audience.dry_run(WRITER, 'province == "藏"', "en", push_id=nobody)
    pushes.create(WRITER, FIELDS)
    found = {line.push_id: problem.code for line, problem in pushes.doubtful(WRITER, schema())}
    assert found == {
        never: "push.condition.never",
        always: "push.condition.always",
        nobody: "push.condition.met_nobody",
    }


def test_what_a_push_led_to_is_counted_by_enterprise(shops_anywhere: list[str]) -> None:
    push_id = scheduled()
    sending.send_push(push_id)
    one, two = add_person("one", shops_anywhere[0]), add_person("two", shops_anywhere[0])
    notice = inbox.list_notices(one, "en")[0][0]
    assert inbox.act_on(one, notice.id) == FIELDS["link"]
    inbox.open_notice(two, notice.id, "en")
    effect = effects([push_id])[push_id]
    assert (effect.delivered, effect.read, effect.acted) == (2, 1, 1)
    assert effect.share(effect.read) == 0.5


CONDITIONS = [
    "licences.exists(l, l.in_force && l.days_left < 365)",
    'enterprise_type == "cosmetic_maker" && !licences.exists(l, !l.in_force)',
    'licences.filter(l, l.domain == "drug").size() >= 2 || province in ["沪", "粤"]',
    'licences.exists(l, l.item == "cosmetic_prod_licence" && l.in_force)',
    'licences.all(l, l.domain != "drug" || l.in_force) && size(licences) > 0',
    '!licences.exists(l, l.domain == "device" && (l.item == "device_prod_licence" || l.days_left < 9))',
    'licences.filter(l, l.item in ["drug_prod_licence", "drug_dist_retail"]).size() == 0',
    "years_registered > 6",
]


def test_every_profile_of_the_sandbox_is_as_declared_and_all_readings_agree(home: Path, db: Database) -> None:
    seed_sandbox(enterprises=40)
    checked = [compile_condition(one, schema()) for one in CONDITIONS]
    with reading() as session:
        whole = [one for batch in all_profiles(session, clock.today(), kinds()) for one in batch]
        narrow = [[one for batch in profiles(session, one) for one in batch] for one in checked]
    assert len(whole) == 40
    assert [one.name for one in whole if schema().misfit(one.profile)] == []
    assert sum(len(one.profile["licences"]) for one in whole) > 20
    for condition, found in zip(checked, narrow, strict=True):
        verdicts = [condition.holds_for(one.profile) for one in whole]
        assert verdicts == [holds(condition.tree, one.profile) for one in whole]
        assert verdicts == [condition.holds_for(one.profile) for one in found]
        assert [one.name for one in found if schema().misfit(one.profile)] == []
        assert any(verdicts)
