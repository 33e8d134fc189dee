"""Who signs in, in a sandbox, for the enterprise that files an item; and what they then file."""

from typing import Any

from forms.sandbox.world import SyntheticEnterprise
from tests.integration.forms import every_item
from tests.integration.forms.every_item import KINDS, good_values

# An enterprise's place in the sandbox → its demo account, as vocabulary.yml has it. Cosmetics are filed for
# the second enterprise of a proxy who acts for two and is the first one's.
LOGINS = {2: "applicant2", 13: "applicant6", 16: "applicant7", 18: "applicant8"}
LEGAL_REPRESENTATIVES = frozenset({"applicant8"})


def filing_enterprise(code: str) -> SyntheticEnterprise:
    """The enterprise that files an item and that somebody can sign in for."""
    found = every_item.enterprise_for(code)
    return every_item.world()[2] if found.kind in KINDS.values() else found


def login_for(made: SyntheticEnterprise) -> str:
    """The demo account of someone who acts for an enterprise."""
    return LOGINS[made.index]


def values_to_file(code: str, operation: str) -> dict[str, Any]:
    """The complete, right values of a filing by that person."""
    made = filing_enterprise(code)
    by_proxy = login_for(made) not in LEGAL_REPRESENTATIVES
    _, values = good_values(code, operation, made, by_proxy=by_proxy)
    if login_for(made) == "applicant2":
        person = every_item.world()[1].proxy
        values |= {"contact_name": person.name, "contact_id": person.id_number}
        values["contact_mobile"] = person.mobile
    return values
