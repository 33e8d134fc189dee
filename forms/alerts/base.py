"""The one anatomy of a channel by which an applicant hears of a filing outside the product."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import AssistantError


class Unwanted(AssistantError):  # noqa: N818 - an outcome, named like the families of core.errors
    """The person does not take messages any more; trying again is of no use."""


@dataclass(frozen=True)
class Alert:
    """What is told: the number, the service item, where the filing stands, since when."""

    filing_no: str
    item_name: str
    state_label: str
    at: datetime


class AlertChannel(Protocol):
    """Sends alerts to one person."""

    def send(self, recipient: str, alert: Alert) -> None:
        """Send one alert.

        Raises:
            Unwanted: the person has withdrawn the permission.
            DependencyFailed: it was not taken; it is to be tried again.
        """
