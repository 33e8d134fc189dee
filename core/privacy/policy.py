"""What is masked where: one table of destinations and kinds.

Source: 个人信息保护法 articles 6 (no more than needed), 28, 29 (sensitive data), 51 (de-identification).
"""

from enum import StrEnum

NUMBERS = frozenset(
    {
        "id_number",
        "passport",
        "travel_permit",
        "bank_card",
        "mobile",
        "landline",
        "plate",
        "wechat",
        "qq",
        "email",
    }
)
IDENTITY = NUMBERS | {"name", "address"}
TIED_HEALTH = frozenset({"health"})
OWN_HEALTH = frozenset({"own_health"})
EVERYTHING = IDENTITY | TIED_HEALTH | OWN_HEALTH


class Destination(StrEnum):
    """Where a text is about to go.

    ``MODEL`` is any model, ours included; ``TRACE`` what answers are rebuilt from; ``QUEUE`` arguments of
    tasks; ``OUTSIDE`` notices to other systems; ``STAFF`` summaries for staff beyond the conversation.
    """

    LOG = "log"
    ANALYTICS = "analytics"
    AUDIT = "audit"
    QUEUE = "queue"
    OUTSIDE = "outside"
    TRACE = "trace"
    MODEL = "model"
    STAFF = "staff"


MASKED: dict[Destination, frozenset[str]] = {
    Destination.LOG: EVERYTHING,
    Destination.ANALYTICS: EVERYTHING,
    Destination.AUDIT: EVERYTHING,
    Destination.QUEUE: EVERYTHING,
    Destination.OUTSIDE: EVERYTHING,
    # Without a name an illness is nobody's; the assistant must see it to send an adverse reaction to staff.
    Destination.TRACE: IDENTITY | TIED_HEALTH,
    Destination.MODEL: IDENTITY | TIED_HEALTH,
    Destination.STAFF: NUMBERS - {"email", "landline", "plate"},
}
REFUSES_SECRETS = frozenset(Destination) - {Destination.STAFF}
