"""What other systems hear of filings and certificates: ids, numbers and states (``core.webhooks``)."""

from sqlalchemy.orm import Session

from core.webhooks.service import Event, EventType, publish
from forms.filing.states import State
from forms.models import Filing


def tell_of_filing(session: Session, filing: Filing) -> None:
    """Tell of a filing that was handed in or moved on, in the caller's transaction."""
    if filing.state == State.SUBMITTED:
        types = [EventType.SUBMITTED]
    elif filing.state == State.RETURNED:
        types = [EventType.STATUS_CHANGED, EventType.CORRECTION_REQUESTED]
    else:
        types = [EventType.STATUS_CHANGED]
    data: dict[str, str | int] = {
        "filing_id": filing.id,
        "filing_no": filing.filing_no or "",
        "service_item_code": filing.item_code,
        "enterprise_id": filing.enterprise_id,
        "state": filing.state,
        "version": filing.version,
    }
    for one in types:
        publish(session, Event(one, data, enterprise_id=filing.enterprise_id))


def tell_of_certificate(session: Session, filing: Filing, certificate_id: str, *, is_revoked: bool) -> None:
    """Tell of a certificate that a filing led to, or that it ended, in the caller's transaction."""
    data: dict[str, str | int] = {
        "certificate_id": certificate_id,
        "filing_id": filing.id,
        "service_item_code": filing.item_code,
        "enterprise_id": filing.enterprise_id,
    }
    kind = EventType.CERTIFICATE_REVOKED if is_revoked else EventType.CERTIFICATE_ISSUED
    publish(session, Event(kind, data, enterprise_id=filing.enterprise_id))
