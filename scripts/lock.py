"""Compile the lock files from pyproject.toml; run after a dependency was added.

    make lock

Local build tags (``torch==2.13.0+cpu``) and the libraries of graphics cards are left out: the plain version
is had everywhere, a local build in pip's find-links is taken all the same, and only the plain one needs them.
"""

import re
import subprocess
import sys
from pathlib import Path

from bootstrap import find_python, install_uv, uv_options

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ("--", "nvidia-", "cuda-", "triton==")
LOCKS = (("app.txt", []), ("dev.txt", ["--extra", "dev"]))


def main():
    """Compile both lock files of the application; Rasa's changes with its version alone."""
    python = find_python(("3.11",))
    compile_command = [install_uv(python), "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    compile_command += ["--python-version", "3.11", *uv_options(python)]
    for name, extras in LOCKS:
        lock = ROOT / "requirements" / name
        subprocess.run([*compile_command, *extras, "pyproject.toml", "-o", str(lock)], cwd=ROOT, check=True)
        lines = [line for line in lock.read_text().splitlines() if not line.startswith(LEFT_OUT)]
        lock.write_text("\n".join(re.sub(r"(==[^+\s]+)\+\S+", r"\1", line) for line in lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
