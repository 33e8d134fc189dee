"""A virus scanner for attachments, where the installation has one: a command that gets the file's path.

Exit code 0 means clean, 1 that something was found (as ``clamscan`` does); anything else, or no
answer in time, means that the file cannot be taken at present.
"""

import shlex
import subprocess
import tempfile

import structlog

from core.settings import get_settings

log = structlog.get_logger(__name__)
TIMEOUT_S = 30
CLEAN, FOUND, FAILED = "clean", "found", "failed"


def scan(content: bytes) -> str:
    """Return ``clean``, ``found`` or ``failed``; always ``clean`` where no scanner is set up."""
    command = get_settings().upload_scanner
    if not command:
        return CLEAN
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command, no shell
                [*shlex.split(command), file.name], capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("forms.scanner_failed", error=type(error).__name__)
            return FAILED
    if done.returncode not in (0, 1):
        log.warning("forms.scanner_failed", code=done.returncode)
        return FAILED
    return CLEAN if done.returncode == 0 else FOUND
