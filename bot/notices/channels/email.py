"""E-mail by SMTP.

Headers are written by the standard library, which refuses line breaks in them; titles come in one line
anyway. A message's id is made from its parcel, so a copy sent after a crash is known as one.
Source: RFC 5321 (reply codes: 5xx is for good), RFC 5322 (Message-ID).
"""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import structlog

from bot.notices.channels.base import Parcel
from bot.notices.telling import EMAIL
from core import clock
from core.errors import DependencyFailed, InvalidInput
from core.settings import PREFIX, Settings, get_settings
from i18n.service import format_moment, translate

TIMEOUT_S = 20.0
FOR_GOOD = range(550, 555)
SECURITIES = ("starttls", "tls", "none")
log = structlog.get_logger(__name__)


def is_set_up() -> bool:
    """Whether this installation can send e-mail."""
    settings = get_settings()
    return bool(settings.smtp_host and settings.smtp_from)


class Email:
    """Sends through the server of the settings."""

    name = EMAIL

    def __init__(self, settings: Settings) -> None:
        """Keep where to send.

        Raises:
            InvalidInput: the kind of encryption is none; a typing error must not send in the clear.
        """
        if settings.smtp_security not in SECURITIES:
            variable = f"{PREFIX}SMTP_SECURITY"
            raise InvalidInput("core.setting_invalid", variable=variable, value=settings.smtp_security)
        self._settings = settings

    def send(self, parcel: Parcel) -> bool:
        """Send one parcel; see ``Channel``."""
        return self.deliver(_message(parcel, self._settings))

    def deliver(self, message: EmailMessage) -> bool:
        """Hand a message to the server; return False where its receiver does not exist.

        Raises:
            DependencyFailed: the server did not take it.
        """
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if codes and all(code in FOR_GOOD for code in codes):
                log.warning("notices.address_refused", codes=codes)
                return False
            raise DependencyFailed("notices.email_refused", dependency=self.name) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DependencyFailed("notices.email_silent", dependency=self.name) from error
        return True

    def _connection(self) -> smtplib.SMTP:
        kept = self._settings
        context = ssl.create_default_context()
        if kept.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                kept.smtp_host, kept.smtp_port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(kept.smtp_host, kept.smtp_port, timeout=TIMEOUT_S)
        try:
            if kept.smtp_security == "starttls":
                server.starttls(context=context)
            if kept.smtp_user:
                server.login(kept.smtp_user, kept.smtp_password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


def written(*, to: str, subject: str, text: str, key: str, settings: Settings) -> EmailMessage:
    """Return a plain message of our own."""
    sender = parseaddr(settings.smtp_from)[1]
    domain = sender.rpartition("@")[2]
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = Address(translate("notices.email.sender", "zh-CN"), addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _message(parcel: Parcel, settings: Settings) -> EmailMessage:
    locale, notices = parcel.locale, parcel.notices
    first = notices[0]
    subject = (
        first.title
        if len(notices) == 1
        else translate("notices.email.digest", locale, n=len(notices), title=first.title)
    )
    parts = []
    for one in notices:
        parts.append(
            translate(
                "notices.email.notice",
                locale,
                title=one.title,
                enterprise=one.enterprise_name,
                text=one.text,
                why=one.why,
                at=format_moment(one.at, locale),
                link=f"{settings.public_url}/notices/{one.id}",
            )
        )
    parts.append(translate("notices.email.foot", locale, link=f"{settings.public_url}/notices/preferences"))
    text = "\n\n".join(parts)
    return written(to=parcel.address, subject=subject, text=text, key=parcel.key, settings=settings)
