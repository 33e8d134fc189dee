"""A small world of October 2026 whose figures can be counted by hand."""

from datetime import UTC, datetime, timedelta

from bot.conversations.models import Conversation
from bot.handoff.models import HandoffCase, Rating
from core import database
from core.database import Base
from forms.models import DeficiencyNotice, Enterprise, Filing, FilingValue
from knowledge_base.models import AnswerTrace

QUESTION = "Can I sell it?"
ASKED_IN = {
    "c1": {"conversation_id": "world_c1", "channel": "web", "province": "沪"},
    "c2": {"conversation_id": "world_c2", "channel": "web"},
    "c3": {"conversation_id": "world_c3", "channel": "wechat", "province": "粤"},
    "c4": {"conversation_id": "world_c4", "channel": "web", "province": "粤"},
}


def at(day: int, hour: int = 2, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def enterprise(key: str, province: str) -> Enterprise:
    return Enterprise(
        id=f"world_{key}", uscc=f"W{key:0>17}", name=key, province=province, region_code="310115", profile={}
    )


def conversation(
    key: str,
    opened: datetime,
    messages: int,
    channel: str = "web",
    locale: str = "zh-CN",
    owner: str | None = None,
) -> Conversation:
    return Conversation(
        id=f"world_{key}",
        channel=channel,
        locale=locale,
        enterprise_id=f"world_{owner}" if owner else None,
        token_digest="-",
        rasa_session=f"world_{key}",
        last_seq=messages,
        opened_at=opened,
        active_at=opened,
    )


def answer(
    key: str,
    talk: str | None,
    moment: datetime,
    status: str,
    *,
    item: str = "",
    locale: str = "zh-CN",
    text: str = "?",
) -> AnswerTrace:
    return AnswerTrace(
        id=f"world_{key}",
        answered_at=moment,
        question=text,
        question_hmac="-",
        locale=locale,
        language=locale[:2],
        as_of=moment.date(),
        status=status,
        service_item_code=item,
        aspects=[],
        support=0.5,
        passages=[],
        citations=[],
        thresholds={},
        timings_ms={},
        latency_ms=1.0,
        **(ASKED_IN[talk] if talk else {}),
    )


def case(
    key: str,
    opened: datetime,
    reason: str,
    province: str,
    domain: str,
    *,
    first_s: int | None = None,
    closed_s: int | None = None,
    closed_office_s: int = 0,
    filing: str | None = None,
) -> HandoffCase:
    def after(seconds: int | None) -> datetime | None:
        return None if seconds is None else opened + timedelta(seconds=seconds)

    return HandoffCase(
        id=f"world_k{key}",
        case_no=f"W-{key}",
        conversation_id=f"world_c{key}",
        state="closed" if closed_s else "queued",
        reason=reason,
        province=province,
        domain=domain,
        filing_id=filing,
        confirmed_facts=[],
        suggestions={},
        opened_at=opened,
        queued_at=opened,
        respond_by=opened + timedelta(seconds=60 + closed_office_s),
        resolve_by=opened + timedelta(days=1),
        first_response_at=after(first_s),
        closed_at=after(closed_s),
        outcome="resolved" if closed_s else "",
    )


def rating(key: str, talk: str, level: int, case_key: str = "") -> Rating:
    return Rating(
        id=f"world_{key}",
        conversation_id=f"world_{talk}",
        case_id=f"world_{case_key}" if case_key else "",
        level=level,
        at=at(8),
    )


def filing(
    key: str,
    item: str,
    owner: str,
    state: str,
    created: datetime,
    channel: str = "web",
    *,
    submitted: datetime | None = None,
    accepted: datetime | None = None,
    decided: datetime | None = None,
) -> Filing:
    return Filing(
        id=f"world_{key}",
        item_code=item,
        enterprise_id=f"world_{owner}",
        account_id="world",
        channel=channel,
        state=state,
        answers={},
        facts={},
        start_key=key,
        created_at=created,
        updated_at=created,
        submitted_at=submitted,
        accepted_at=accepted,
        decided_at=decided,
    )


def value(filing_key: str, key: str, origin: str, status: str = "confirmed") -> FilingValue:
    return FilingValue(
        filing_id=f"world_{filing_key}",
        key=key,
        value=None if status == "skipped" else "x",
        status=status,
        origin=origin,
        receipt={},
        problems=[],
        alternatives=[],
        updated_at=at(10),
    )


def notice(key: str, filing_key: str, *fields: str) -> DeficiencyNotice:
    return DeficiencyNotice(
        id=f"world_{key}",
        filing_id=f"world_{filing_key}",
        officer_id="world",
        at=at(20),
        due_on=at(30).date(),
        entries=[{"key": one, "message": "-", "fix": ""} for one in fields],
    )


def build() -> None:
    """Write the world; moments are UTC, so 16:00 is China's midnight."""
    roots: list[Base] = [enterprise("sh", "沪"), enterprise("gd", "粤")]
    roots += [conversation(f"s{n}", at(10, month=9), 1) for n in range(5)]
    roots += [
        conversation("c1", at(5, 16, 30), 4, owner="sh"),
        conversation("c2", at(6), 2, locale="en"),
        conversation("c3", at(6, 15, 59), 6, "wechat", owner="gd"),
        conversation("c4", at(31, 15, 59), 3, owner="gd"),
        conversation("c5", at(31, 16), 9, owner="gd"),
        filing(
            "f1",
            "cosmetic_filing",
            "sh",
            "approved",
            at(10),
            submitted=at(12),
            accepted=at(12),
            decided=at(16),
        ),
        filing("f2", "cosmetic_filing", "gd", "draft", at(11), "wechat"),
        filing("f3", "drug_change", "gd", "refused", at(13), submitted=at(13), decided=at(14)),
        filing("f4", "drug_change", "gd", "submitted", at(28, month=9), submitted=at(28, month=9)),
    ]
    leaves: list[Base] = [
        answer("a1", "c1", at(6), "answered", item="cosmetic_filing"),
        answer("a2", "c1", at(6), "answered_partly", item="drug_change"),
        answer("a3", "c2", at(6), "clarification", locale="en"),
        answer("a4", "c2", at(6), "unanswerable_no_source", locale="en", text=QUESTION),
        answer("a5", "c3", at(7), "unanswerable_out_of_scope", text="can i  sell it ？"),
        answer("a6", "c3", at(7), "guarded_misuse"),
        answer("a7", "c4", at(31), "handed_off"),
        answer("a8", "c4", at(31), "error_knowledge"),
        answer("a9", None, at(9), "unanswerable_not_text", text=""),
        answer("a10", "c2", at(6), "unanswerable_no_source", locale="en", text=f"{QUESTION} "),
        case("1", at(6), "asked_for", "沪", "cosmetic", first_s=30, closed_s=600, closed_office_s=36_000),
        case("2", at(6), "sensitive", "", "", first_s=120, closed_s=3600),
        case("3", at(7), "asked_for", "粤", "drug", first_s=300, filing="world_f3"),
        case("4", at(31), "bot_failure", "粤", "device"),
        rating("r1", "c1", 5, "k1"),
        rating("r2", "c2", 4),
        rating("r3", "c3", 1, "k3"),
        *[value("f1", key, origin) for key, origin in (("a", "typed"), ("b", "licence"))],
        value("f1", "c", "registry", "proposed"),
        value("f1", "d", "typed", "skipped"),
        value("f2", "a", "manufacturer"),
        value("f2", "b", "licence", "skipped"),
        value("f3", "x", "filing"),
        notice("n1", "f1", "product_name_cn", "b"),
        notice("n2", "f1", "product_name_cn", ""),
    ]
    with database.transaction() as session:
        session.add_all(roots)
        session.flush()
        session.add_all(leaves)
