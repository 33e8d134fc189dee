"""Terms of certificates: when the renewal window opens, a month and a week before it closes, once it has.

Where no window is laid down the end of the term counts, with a stage ninety days before. A stage is told
once (its content is named by record and stage); on a day only the latest stage reached is told, so an
installation that was off for a while does not catch up on what is past.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from bot.notices.telling import CERTIFICATE, Content, Words, content_row, tell
from bot.notices.topics import CERTIFICATES
from core import clock
from core.database import transaction
from forms.filing.holding import CertificateTerm, expiring_certificates
from i18n.service import CONTENT_LOCALES, format_date, translate

OPENS, QUARTER, MONTH, WEEK, LATE = "opens", "quarter", "month", "week", "late"
LONGEST_AHEAD = 400
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reminder:
    """A certificate at a stage of its term; ``until`` is the last day to act."""

    term: CertificateTerm
    stage: str
    until: date


def stage_of(term: CertificateTerm, today: date) -> Reminder | None:
    """Return the latest stage that a certificate has reached, None before the first and after the end."""
    until = term.renew_until or term.expires_on
    if until < today:
        return Reminder(term, LATE, term.expires_on) if today <= term.expires_on else None
    begins = term.renew_from or (until - timedelta(days=90))
    stages = (
        (WEEK, until - timedelta(days=7)),
        (MONTH, until - timedelta(days=30)),
        (OPENS if term.renew_from else QUARTER, begins),
    )
    found = next((stage for stage, starts in stages if today >= starts), None)
    return Reminder(term, found, until) if found else None


def remind() -> int:
    """Tell every enterprise whose certificate reached a stage; return how many notices are new."""
    today, told = clock.today(), 0
    for batch in expiring_certificates(today, today + timedelta(days=LONGEST_AHEAD)):
        with transaction() as session:
            for one in _reminders(batch, today):
                row = content_row(session, _content(one))
                told += tell(session, row, {one.term.enterprise_id: _why(one)})
    log.info("notices.reminded", told=told)
    return told


def _reminders(batch: list[CertificateTerm], today: date) -> Iterator[Reminder]:
    for term in batch:
        found = stage_of(term, today)
        if found is not None:
            yield found


def _content(one: Reminder) -> Content:
    term = one.term
    link, is_late = "", one.stage == LATE
    if term.renewal_item and not is_late:
        link = (
            f"/service-items/{term.renewal_item}/start?enterprise_id={term.enterprise_id}&a.operation=renewal"
        )
    return Content(
        kind=CERTIFICATE,
        source_id=f"{term.record_id}:{one.stage}",
        topic=CERTIFICATES,
        title=_words(f"notices.certificate.title.{one.stage}", one),
        text=_words(f"notices.certificate.{_text(one)}", one),
        link=link or "/certificates",
        is_urgent=one.stage in (WEEK, LATE),
    )


def _text(one: Reminder) -> str:
    if one.stage == LATE:
        return "text_late"
    return "text" if one.term.renewal_item else "text_staff"


def _why(one: Reminder) -> Words:
    return _words("notices.certificate.why", one)


def _words(code: str, one: Reminder) -> Words:
    zh, en = (
        translate(
            code,
            locale,
            name=one.term.name[locale],
            number=one.term.number,
            until=format_date(one.until, locale),
            expires=format_date(one.term.expires_on, locale),
        )
        for locale in CONTENT_LOCALES.values()
    )
    return Words(zh, en)
