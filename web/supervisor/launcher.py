"""Run a program that ends when its supervisor does, even if that was killed.

``python launcher.py PARENT_PID PROGRAM ARGUMENT…``. Standard library only; replaced by the program at once.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask the kernel for SIGTERM at the parent's death, then become the program."""
    parent, program = int(arguments[0]), arguments[1:]
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - the supervisor's own programs, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
