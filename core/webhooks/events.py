"""The events that other systems may hear of: a closed set, each with ids and states, never with what a person
typed or with personal data.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core import clock


class EventType(StrEnum):
    """What happened."""

    SUBMITTED = "filing.submitted"
    STATUS_CHANGED = "filing.status_changed"
    CORRECTION_REQUESTED = "filing.correction_requested"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CASE_CLOSED = "case.closed"
    PING = "webhook.ping"


SUBSCRIBED = tuple(one.value for one in EventType if one is not EventType.PING)


@dataclass(frozen=True)
class Event:
    """One event.

    Attributes:
        type: what happened.
        data: ids, numbers and states.
        enterprise_id: the enterprise that it is about; a system hears of it with that one's authority alone.
        key_id: the key that the event belongs to, such as that which opened the conversation of a case.
        at: when it happened.
    """

    type: EventType
    data: dict[str, str | int] = field(default_factory=dict)
    enterprise_id: str = ""
    key_id: str = ""
    at: datetime = field(default_factory=lambda: clock.now())
