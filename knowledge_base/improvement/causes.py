"""Why something went wrong, and who may follow it up: closed sets."""

from core.errors import InvalidInput, NotAvailable
from core.identity import Actor, Role
from knowledge_base.curation.states import EDITORS

ROOT_CAUSES = (
    "no_source",
    "wrong_source",
    "outdated_source",
    "unclear_wording",
    "misunderstood",
    "too_slow",
    "other",
)
IMPROVERS = EDITORS | {Role.SUPERVISOR}


def checked_cause(root_cause: str) -> str:
    """Return a label of the set.

    Raises:
        InvalidInput: there is no such label.
    """
    if root_cause not in ROOT_CAUSES:
        raise InvalidInput("knowledge_base.improvement.cause_missing")
    return root_cause


def require_improver(actor: Actor) -> None:
    """Refuse whoever follows nothing up, as if there were nothing."""
    if actor.role not in IMPROVERS:
        raise NotAvailable


def require_editor(actor: Actor) -> None:
    """Refuse whoever decides on no candidates, as if there were none."""
    if actor.role not in EDITORS:
        raise NotAvailable
