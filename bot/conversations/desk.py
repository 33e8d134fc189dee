"""The staff desk as the conversation sees it.

``bot.handoff`` stands above this package and takes the desk when it is imported; a process that has no desk
serves no turn, since a failing assistant could not call anyone.
"""

from typing import Protocol

from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from core.errors import InvariantBroken


class StaffDesk(Protocol):
    """What staff are told, in the conversation's own transaction, its row being held."""

    def bot_failed(
        self, session: Session, conversation: Conversation, *, turn_id: str, unanswered: str
    ) -> None:
        """Open a case, or take up the open one, and tell the person."""

    def applicant_wrote(self, session: Session, conversation: Conversation) -> None:
        """Note that the person wrote while staff own the conversation."""


_desk: StaffDesk | None = None


def take_desk(desk: StaffDesk) -> None:
    """Make ``desk`` this process's staff desk."""
    global _desk
    _desk = desk


def staff_desk() -> StaffDesk:
    """Return this process's staff desk.

    Raises:
        InvariantBroken: nobody took it.
    """
    if _desk is None:
        raise InvariantBroken("conversations.no_staff_desk")
    return _desk
