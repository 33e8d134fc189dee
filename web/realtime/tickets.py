"""One-time tickets: a POST that is properly authorised earns one, a WebSocket spends it."""

from datetime import timedelta

from sqlalchemy import delete, select

from core import clock
from core.database import transaction
from core.ids import new_token, token_digest
from web.models import StreamTicket
from web.security.refusals import Refused

LIFE = timedelta(seconds=30)
STAFF = "staff"


def issue_ticket(subject: str, account_id: str = "", session_id: str = "") -> str:
    """Return a ticket for a subject (``conv:<id>`` or ``staff``); those that ran out are swept away."""
    token, moment = new_token(), clock.now()
    with transaction() as session:
        session.execute(delete(StreamTicket).where(StreamTicket.expires_at <= moment))
        session.add(
            StreamTicket(
                token_digest=token_digest(token),
                subject=subject,
                account_id=account_id,
                session_id=session_id,
                expires_at=moment + LIFE,
            )
        )
    return token


def spend_ticket(token: str, subject: str) -> tuple[str, str]:
    """Use a ticket up; return the account and the session that it was issued to.

    Raises:
        Refused: unknown, spent, run out, or for another stream.
    """
    with transaction() as session:
        query = select(StreamTicket).where(StreamTicket.token_digest == token_digest(token))
        ticket = session.scalars(query.with_for_update()).first()
        is_good = ticket is not None and ticket.subject == subject and ticket.expires_at > clock.now()
        if ticket is not None:
            session.delete(ticket)
    if ticket is None or not is_good:
        raise Refused("web.api.ticket")
    return ticket.account_id, ticket.session_id
