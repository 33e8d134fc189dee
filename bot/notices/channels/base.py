"""The one anatomy of a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.notices.inbox import NoticeView


@dataclass(frozen=True)
class Parcel:
    """What goes to one person at once: one notice, or several as a digest.

    ``key`` is the same however often the parcel is sent, so that a receiver can tell a second copy.
    """

    key: str
    account_id: str
    address: str
    locale: str
    notices: Sequence[NoticeView]


class Channel(Protocol):
    """Takes parcels."""

    name: str

    def send(self, parcel: Parcel) -> bool:
        """Send one parcel; return False where the person cannot be reached this way any more.

        Raises:
            DependencyFailed: it was not taken; it is to be tried again.
        """
