"""Processes that tell askers of a released answer, made to be killed.

    python -m tests.faults.telling

For every line that it reads it starts a process of its own, as the installation's worker does. That one says
its id and begins; when it has ended, however that came, a line says its status.
"""

import os
import sys
import traceback

from bot.handoff import service
from core.database.model_modules import load_models
from core.logs import configure_logs


def say(number: int) -> None:
    """Write one line at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Start one process after the other; all that takes long is loaded before the first."""
    configure_logs("ERROR")
    load_models()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                say(os.getpid())
                service.tell_askers()
                status = 0
            except BaseException:  # noqa: BLE001 - the process ends here, never in the launcher's loop
                traceback.print_exc()
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        say(os.waitstatus_to_exitcode(ended))


if __name__ == "__main__":
    main()
