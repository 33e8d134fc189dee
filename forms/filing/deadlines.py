"""How long the authority still has: working days left of the step that runs.

Source: 行政许可法 第32、42、44、45、82条 (periods count working days; inspection, testing and review do not
count).
"""

from datetime import datetime

from core import clock
from forms.checks.dates import after
from forms.filing.conditions import holds
from forms.filing.states import State
from forms.filing.store import Draft
from forms.filing.views import Deadline
from forms.items.citations import clause
from forms.items.form import TimeLimit
from i18n.calendar import working_days_between

SPANS = {"working_day": "working_days", "day": "days", "month": "months"}


def deadline_of(draft: Draft, locale: str) -> Deadline | None:
    """Return the time limit that runs for the authority now; None where none does."""
    filing = draft.filing
    running: dict[str, tuple[str, datetime | None]] = {
        State.SUBMITTED: ("acceptance", filing.submitted_at),
        State.ACCEPTED: ("decision", filing.accepted_at),
        State.IN_REVIEW: ("decision", filing.accepted_at),
        State.APPROVED: ("delivery", filing.decided_at),
    }
    step, since = running.get(filing.state, ("", None))
    limit = _limit(draft, step)
    if limit is None or since is None:
        return None
    due = after(since.astimezone(clock.CHINA).date(), {SPANS[limit.unit]: limit.days})
    return Deadline(step, due, working_days_between(clock.today(), due), clause(limit.source, locale))


def _limit(draft: Draft, step: str) -> TimeLimit | None:
    fitting = (one for one in draft.form.time_limits if one.step == step and holds(one.when, draft.known))
    return next(fitting, None)
