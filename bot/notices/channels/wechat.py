"""A message of the mini-program, by the adapter that tells of filings.

WeChat takes one message for each permission that a person gave, and has one template: its number is the
notice's topic, its item the title, its state that something is to be read. A digest is one message.
"""

from bot.notices.channels.base import Parcel
from bot.notices.telling import WECHAT
from bot.notices.topics import topic_name
from core.settings import get_settings
from forms.alerts.base import Alert, AlertChannel, Unwanted
from forms.alerts.service import alert_template
from forms.alerts.wechat import SubscriptionMessages
from i18n.service import translate

LOCALE = "zh-CN"  # templates of subscription messages are Chinese


def is_set_up() -> bool:
    """Whether this installation has a template to send."""
    return bool(alert_template())


class WeChat:
    """Sends through the mini-program."""

    name = WECHAT

    def __init__(self, adapter: AlertChannel | None = None) -> None:
        """Keep the adapter; by default that of the settings."""
        self._adapter = adapter or SubscriptionMessages(get_settings())

    def send(self, parcel: Parcel) -> bool:
        """Send one parcel; see ``Channel``."""
        first, count = parcel.notices[0], len(parcel.notices)
        alert = Alert(
            filing_no=topic_name(first.topic, LOCALE),
            item_name=first.title
            if count == 1
            else translate("notices.email.digest", LOCALE, n=count, title=first.title),
            state_label=translate("notices.wechat.state", LOCALE),
            at=first.at,
        )
        try:
            self._adapter.send(parcel.address, alert)
        except Unwanted:
            return False
        return True
