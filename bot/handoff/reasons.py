"""Why a conversation goes to staff: a closed set, and how soon each is looked at."""

from core.errors import InvariantBroken

ASKED_FOR, SENSITIVE, BOT_FAILURE = "asked_for", "sensitive", "bot_failure"
REASONS = frozenset(
    {
        ASKED_FOR,
        "two_failed_turns",
        "low_confidence",
        SENSITIVE,
        "judgement_needed",
        "form_stuck",
        BOT_FAILURE,
    }
)
URGENT, USUAL = 0, 1


def checked(reason: str) -> str:
    """Return a reason of the set.

    Raises:
        InvariantBroken: there is no such reason.
    """
    if reason not in REASONS:
        raise InvariantBroken("handoff.reason_unknown", reason=reason)
    return reason


def priority(reason: str) -> int:
    """Return 0 for what comes before everything else (adverse events, distress, complaints), 1 otherwise."""
    return URGENT if reason == SENSITIVE else USUAL
