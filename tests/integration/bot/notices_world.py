"""Enterprises, the people who act for them, and pushes that go through two pairs of hands."""

from datetime import date, timedelta
from typing import Any

from bot.notices import audience
from bot.notices.profiles import schema
from core import clock
from core.database import transaction
from core.identity import Actor, Role
from core.identity.models import Account
from core.identity.service import actor_of, grant_authority
from forms.models import Enterprise, HistoricalRecord
from forms.records.service import LICENCE, add_records, new_record
from knowledge_base.push import service as pushes

WRITER, REVIEWER = Actor("acct_writer", Role.EDITOR), Actor("acct_reviewer", Role.EDITOR)
DRUGSTORE = 'licences.exists(l, l.item == "drug_dist_retail" && l.in_force)'
FIELDS: dict[str, Any] = {
    "title_zh": "药品零售新规",
    "title_en": "New rules for drug retail",
    "text_zh": "请在期限前自查。",
    "text_en": "Please check yourself in time.",
    "topic": "topic/licensing",
    "condition": DRUGSTORE,
    "link": "/service-items/drug_dist_retail",
}


def add_enterprise(number: int, *, province: str = "沪", kind: str = "drug_distributor") -> str:
    with transaction() as session:
        session.add(
            Enterprise(
                id=f"ent_{number}",
                uscc=f"9131{number:014d}",
                name=f"企业{number}",
                province=province,
                region_code="310115",
                profile={"kind": kind, "registered_on": "2015-01-01"},
            )
        )
    return f"ent_{number}"


def add_licence(enterprise_id: str, *, item: str = "drug_dist_retail", **more: Any) -> str:
    today = clock.today()
    record: HistoricalRecord = new_record(
        **{
            "enterprise_id": enterprise_id,
            "kind": LICENCE,
            "service_item_code": item,
            "number": f"沪{enterprise_id}",
            "issued_on": today - timedelta(days=100),
            "expires_on": today + timedelta(days=1000),
            "as_of": today,
            "data": {},
            **more,
        }
    )
    with transaction() as session:
        add_records(session, [record])
        return record.id


def add_person(login: str, *enterprise_ids: str, valid_to: date | None = None) -> Actor:
    with transaction() as session:
        session.add(
            Account(
                id=f"acct_{login}",
                login=login,
                display_name=login,
                password_hash="-",
                role=Role.APPLICANT.value,
                competences=[],
                created_at=clock.now(),
            )
        )
        session.flush()
        for enterprise_id in enterprise_ids:
            grant_authority(
                session,
                account_id=f"acct_{login}",
                enterprise_id=enterprise_id,
                scope="proxy",
                valid_to=valid_to,
            )
    return actor_of(f"acct_{login}")


def lock(push_id: str) -> int:
    return pushes.get_push(WRITER, push_id).lock


def scheduled(send_on: date | None = None, **more: Any) -> str:
    """Write a push, have it reviewed, and let it be sent on a day."""
    push_id = pushes.create(WRITER, {**FIELDS, **more})
    audience.dry_run(WRITER, pushes.get_push(WRITER, push_id).content.condition, "zh-CN", push_id=push_id)
    pushes.submit(WRITER, push_id, schema(), lock=lock(push_id))
    pushes.approve(REVIEWER, push_id, schema(), lock=lock(push_id))
    pushes.schedule(WRITER, push_id, lock=lock(push_id), send_on=send_on or clock.today())
    return push_id
