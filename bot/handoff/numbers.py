"""Case numbers: GD (gongdan, "case"), the day in China, a serial of that day: GD20261125-0001."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff.models import CaseCounter
from core import clock
from core.database import is_duplicate


def next_case_no(session: Session) -> str:
    """Give the day's next number, in the caller's transaction."""
    day = clock.today().strftime("%Y%m%d")
    counter = session.get(CaseCounter, day, with_for_update=True)
    if counter is None:
        try:
            with session.begin_nested():
                session.add(CaseCounter(day=day, last=0))
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
        counter = session.get_one(CaseCounter, day, with_for_update=True, populate_existing=True)
    counter.last += 1
    return f"GD{day}-{counter.last:04d}"
