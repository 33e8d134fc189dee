"""Processes that hand filings in, made to be killed: each works through a list and tells its every step.

    python -m tests.faults.submitting

Every line that it reads is a list in JSON, ``[{filing_id, enterprise_id, account_id, key}]``, for which it
starts a process of its own, as the installation's worker does. That one says ``{"pid"}``, then for each
filing ``{"begun": key}`` and, when it knows that it was handed in, ``{"key", "filing_no", "receipt_code",
"is_repeat"}``; when it has ended, however that came, a line says ``{"ended": status}``. Given what is left,
the next one tries again under the same keys.
"""

import json
import os
import sys
import traceback
from typing import Any

from core.audit.service import seal
from core.database.model_modules import load_models
from core.identity import Actor, Role
from core.logs import configure_logs
from core.queue.app import app
from forms import service as forms
from forms.items.catalogue import items
from forms.items.regions import region_name

SEALED_EVERY = 7
ANY_REGION = "310000"


def hand_in(entry: dict[str, str]) -> dict[str, Any]:
    """Check, declare and hand in; what was handed in before is only asked for its number."""
    actor = Actor(entry["account_id"], Role.APPLICANT, enterprise_ids=frozenset({entry["enterprise_id"]}))
    filing_id = entry["filing_id"]
    version = None
    view = forms.get_filing(actor, filing_id, "zh-CN")
    if view.is_editable:
        left = forms.check_filing(actor, filing_id, "zh-CN")
        if left:
            forms.confirm_declaration(actor, filing_id, True)
        version = forms.get_filing(actor, filing_id, "zh-CN").version
    done = forms.submit_filing(actor, filing_id, expected_version=version, idempotency_key=entry["key"])
    told = {"filing_no": done.filing_no, "receipt_code": done.receipt_code, "is_repeat": done.is_repeat}
    return {"key": entry["key"], **told}


def say(line: dict[str, Any]) -> None:
    """Write one line at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def work(entries: list[dict[str, str]]) -> None:
    """Hand in what is on the list; seal the audit trail now and then, as the installation's worker does."""
    say({"pid": os.getpid()})
    for number, entry in enumerate(entries, 1):
        say({"begun": entry["key"]})
        say(hand_in(entry))
        if number % SEALED_EVERY == 0:
            seal()


def main() -> None:
    """Start a process for each list, one after the other; all that takes long is loaded before the first."""
    configure_logs("ERROR")
    load_models()
    items()
    region_name(ANY_REGION)
    assert app.backend
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(json.loads(line))
                status = 0
            except BaseException:  # noqa: BLE001 - the process ends here, never in the launcher's loop
                traceback.print_exc()
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        say({"ended": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main()
