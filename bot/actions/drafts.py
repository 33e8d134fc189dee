"""The person's own drafts, and where a filing can be seen."""

from bot.actions.turn import Turn
from forms import service as forms
from forms.service import FilingSummary

OPEN_STATES = frozenset({"draft", "checked", "returned_for_correction"})


def open_drafts(turn: Turn) -> list[FilingSummary]:
    """Return the drafts that may still be filled, newest first; none for who is not signed in."""
    if not turn.actor.account_id:
        return []
    return [one for one in forms.list_filings(turn.actor, turn.locale) if one.state in OPEN_STATES]


def filing_href(filing_id: str) -> str:
    """Return the address of the web form beside the chat."""
    return f"/filings/{filing_id}"
