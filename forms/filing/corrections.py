"""补正: all that an officer found missing, told at once, answered entry by entry.

A field is mended when a person changed or confirmed it after the notice. Source: 行政许可法 第32条.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import InvalidInput
from core.identity import Actor
from core.ids import new_id
from forms.filing.store import CONFIRMED, SKIPPED, Draft
from forms.filing.views import NoticeEntry, NoticeView, WantedCorrection
from forms.items.citations import clause
from forms.models import DeficiencyNotice
from i18n.calendar import add_working_days, working_days_between
from i18n.service import translate

DEFAULT_WORKING_DAYS, MOST_WORKING_DAYS = 20, 250
LONGEST = 1000


def open_notice(session: Session, filing_id: str) -> DeficiencyNotice | None:
    """Return the notice that is not answered yet."""
    query = select(DeficiencyNotice).where(
        DeficiencyNotice.filing_id == filing_id, DeficiencyNotice.answered_at.is_(None)
    )
    return session.scalars(query.order_by(DeficiencyNotice.at.desc())).first()


def give_notice(
    session: Session, draft: Draft, actor: Actor, wanted: list[WantedCorrection], working_days: int
) -> DeficiencyNotice:
    """Write the notice in the caller's transaction.

    Raises:
        InvalidInput: nothing is wanted, a field is unknown, or the time given is none.
    """
    keys = {field.key for field in draft.form.fields}
    wanted = [one for one in wanted if one.message.strip()]
    if not wanted:
        raise InvalidInput("forms.reason_needed")
    if any(one.key and one.key not in keys for one in wanted):
        raise InvalidInput("forms.notice_unknown_field")
    if not 1 <= working_days <= MOST_WORKING_DAYS:
        raise InvalidInput("forms.notice_days", most=MOST_WORKING_DAYS)
    notice = DeficiencyNotice(
        id=new_id("dfn"),
        filing_id=draft.filing.id,
        officer_id=actor.account_id,
        at=clock.now(),
        due_on=add_working_days(clock.today(), working_days),
        answered_at=None,
        entries=[
            {"key": one.key, "message": one.message.strip()[:LONGEST], "fix": one.fix.strip()[:LONGEST]}
            for one in wanted
        ],
    )
    session.add(notice)
    return notice


def notice_view(session: Session, draft: Draft, locale: str) -> NoticeView | None:
    """Return the open notice as a checklist."""
    notice = open_notice(session, draft.filing.id)
    if notice is None:
        return None
    entries = [_entry(draft, notice, raw, locale) for raw in notice.entries]
    left = working_days_between(clock.today(), notice.due_on)
    return NoticeView(notice.id, notice.at, notice.due_on, left, entries)


def _entry(draft: Draft, notice: DeficiencyNotice, raw: dict[str, str], locale: str) -> NoticeEntry:
    field = draft.form.field(raw["key"]) if raw["key"] else None
    return NoticeEntry(
        key=raw["key"],
        label=field.label.get(locale) if field else translate("forms.notice_whole", locale),
        message=raw["message"],
        fix=raw["fix"],
        clause=clause(field.source, locale) if field else "",
        is_mended=is_mended(draft, notice, raw["key"]),
    )


def is_mended(draft: Draft, notice: DeficiencyNotice, key: str) -> bool:
    """Whether a person changed or confirmed the field after the notice."""
    row = draft.rows.get(key)
    return row is not None and row.status in (CONFIRMED, SKIPPED) and row.updated_at > notice.at


def unmended_keys(draft: Draft, notice: DeficiencyNotice) -> dict[str, str]:
    """Return the fields still to be mended, each with the officer's words."""
    return {
        raw["key"]: raw["message"]
        for raw in notice.entries
        if raw["key"] and not is_mended(draft, notice, raw["key"])
    }


def answer_notice(session: Session, filing_id: str) -> None:
    """Close the notice: the filing was handed in again."""
    notice = open_notice(session, filing_id)
    if notice is not None:
        notice.answered_at = clock.now()


def is_overdue(notice: NoticeView, today: date) -> bool:
    """Whether the day by which it was to be mended has passed."""
    return notice.due_on < today
