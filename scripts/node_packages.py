"""Install the packages of node that tests take, unless that was done.

    python scripts/node_packages.py [FOLDER]

FOLDER is that of the mini-program's tests unless another is named.

The lock file names versions and hashes and no registry: npm's own settings say where they come from.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "miniprogram"
OLDEST = 18


def missing():
    """Return what stands against it, in words, or ""."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "These tests need node 18 or newer and npm."
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    major = version.lstrip("v").split(".")[0]
    is_old = not major.isdecimal() or int(major) < OLDEST
    return f"These tests need node 18 or newer; this is {version}." if is_old else ""


def main(folder=FOLDER):
    """Install; return the exit status."""
    stamp = folder / "node_modules" / ".yaozheng-lock.sha256"
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return 0
    problem = missing()
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    started = time.monotonic()
    found = subprocess.run(["npm", "ci"], cwd=folder, capture_output=True, text=True)
    if found.returncode != 0:
        sys.stderr.write(found.stdout[-2000:] + found.stderr[-2000:])
        return 1
    stamp.write_text(digest)
    sys.stdout.write(f"packages of node installed in {time.monotonic() - started:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(one).resolve() for one in sys.argv[1:2])))
