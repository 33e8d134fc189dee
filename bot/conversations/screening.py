"""What a person may send: words, not too many, that a machine may see.

1. Empty, too long or binary: refused with the reason; nothing is stored.
2. Characters that turn what follows them around are left out: nobody types them, and they disguise names. The
   marks of right-to-left writing stay.
3. Marks of state secrets: refused; the text is not stored, its HMAC and the reason are.

Personal data is left in: a form may have asked for it. It stays in the conversation and its Rasa session, and
is masked in traces; logs and audit events hold ids alone.

Source: Law on Guarding State Secrets; Personal Information Protection Law, article 6.
"""

import hmac
import unicodedata

from core.audit.service import record
from core.database import transaction
from core.errors import InvalidInput
from core.privacy.service import classification_mark
from core.secrets import get_secrets

MAX_CHARACTERS = 4000
MAX_CLIENT_ID = 64
_ALLOWED_CONTROLS = frozenset("\t\n\r")
_BROKEN = frozenset({"Cc", "Cs"})
_TURNING = {0x202D: None, 0x202E: None}  # left-to-right and right-to-left override
_INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc"})


def screen(conversation_id: str, text: str, account_id: str = "") -> str:
    """Return the text to store, without blanks around it.

    Raises:
        InvalidInput: it is empty, too long, not text, or bears a mark of secrecy.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput("conversations.message_too_long", most=MAX_CHARACTERS)
    if any(unicodedata.category(c) in _BROKEN and c not in _ALLOWED_CONTROLS for c in text):
        raise InvalidInput("conversations.message_not_text")
    if all(unicodedata.category(c) in _INVISIBLE for c in text):
        raise InvalidInput("conversations.message_empty")
    if classification_mark(text):
        _note_secret(conversation_id, text, account_id)
        raise InvalidInput("conversations.message_classified")
    return text.translate(_TURNING).strip()


def _note_secret(conversation_id: str, text: str, account_id: str) -> None:
    digest = hmac.new(get_secrets().audit_key.encode(), text.encode(), "sha256").hexdigest()
    with transaction() as session:
        record(
            session,
            actor_id=account_id,
            action="conversation.message_refused",
            subject_type="conversation",
            subject_id=conversation_id,
            data={"reason": "classification_mark", "hmac": digest},
        )


def check_client_id(client_message_id: str) -> str:
    """Return a client's message id if it can be one.

    Raises:
        InvalidInput: it is empty, too long or not printable ASCII.
    """
    is_usable = client_message_id.isascii() and client_message_id.isprintable()
    if not is_usable or not 0 < len(client_message_id) <= MAX_CLIENT_ID:
        raise InvalidInput("conversations.client_message_id_invalid", most=MAX_CLIENT_ID)
    return client_message_id
