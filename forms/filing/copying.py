"""再来一单: a new draft from a filing that was handed in."""

from core.database import reading
from core.errors import InvalidInput
from core.identity import Actor
from forms.filing.drafts import Origin, start_filing
from forms.filing.states import HANDED_IN, State
from forms.filing.store import load
from forms.filing.views import FilingView
from forms.models import HistoricalRecord


def copy_filing(
    actor: Actor, filing_id: str, *, idempotency_key: str, channel: str, locale: str
) -> FilingView:
    """Open a draft with the routing and the values of a filing; what a person must give anew stays empty.

    Raises:
        NotAvailable: absent or not the actor's.
        InvalidInput: the filing was not handed in, so there is nothing on record to start from.
    """
    with reading() as session:
        filing = load(session, actor, filing_id).filing
        record_id = f"rec_{filing.id}"
        is_on_record = session.get(HistoricalRecord, record_id) is not None
        if State(filing.state) not in HANDED_IN or not is_on_record:
            raise InvalidInput("forms.nothing_to_copy")
        enterprise_id, item_code, answers = filing.enterprise_id, filing.item_code, dict(filing.answers)
    return start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code=item_code,
        answers=answers,
        idempotency_key=idempotency_key,
        origin=Origin(channel, based_on=record_id),
        locale=locale,
    )
