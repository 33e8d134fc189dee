"""Check and test everything; what ``make test``, ``make lint``, ``make bench`` and ``make screenshots`` run.

    run_tests.py [--lint-only | --bench | --screenshots] [PYTEST ARGUMENT…]

1. System packages that tests drive (Chromium, fonts, PDF tools, PostgreSQL, Redis) are installed where that
   is allowed, else named.
2. ruff, the formatter, mypy and import-linter; then every level of the suite against private PostgreSQL and
   Redis servers, in two lanes, and the mini-program's own tests beside them. What needs the law texts beside
   the repository is counted apart.
3. One line a part with its seconds; the exit status is 1 if any failed.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from servers import ServerMissing, find_program, postgres, redis

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SHARED = ROOT.parent / "shared"
REPORTS = ROOT / "test-output"
LINTS = (
    ("ruff check", [str(BIN / "ruff"), "check", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("mypy", [str(BIN / "mypy")]),
    ("import-linter", [str(BIN / "lint-imports")]),
)
# Two lanes of about the same length run side by side, each with servers of its own.
MAIN = (
    ("unit", ("unit",)),
    ("contract", ("contract",)),
    ("fences", ("fences",)),
    ("integration", tuple(f"integration/{part}" for part in ("forms", "knowledge_base", "core", "setup"))),
    ("e2e", ("e2e",)),
)
BESIDE = (
    ("assistant", ("integration/assistant",)),
    ("web", ("integration/web",)),
    ("desk", ("integration/bot",)),
    ("faults", ("faults",)),
)
NODE = ROOT / "tests" / "miniprogram"
# The mini-program beside them: its packages, its types against WeChat's, its own tests.
MINIPROGRAM = (
    ("node packages", [sys.executable, str(ROOT / "scripts" / "node_packages.py")], ROOT),
    ("mini-program types", ["node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], NODE),
    ("mini-program", ["node", "node_modules/jest/bin/jest.js"], NODE),
)
AFTER_THE_SUM = ("Snapshots:", "Time:", "Ran all")  # what jest says after how many passed
PACKAGES = {
    "chromium": "chromium",
    "fc-list": "fontconfig",
    "pdftotext": "poppler-utils",
    "redis-server": "redis-server",
    "initdb": "postgresql",
    "node": "nodejs",
    "npm": "npm",
}
FONT = ("fonts-noto-cjk", "NotoSansCJK-Regular.ttc")


def has_program(name):
    """Whether a program is installed."""
    try:
        find_program(name)
    except ServerMissing:
        return False
    return True


def missing_packages():
    """Return the Debian packages that the machine lacks for the tests."""
    missing = [package for program, package in PACKAGES.items() if not has_program(program)]
    has_font = any(Path("/usr/share/fonts").rglob(FONT[1])) or any((Path.home() / ".fonts").glob("*CJK*"))
    return missing if has_font else [*missing, FONT[0]]


def prepare_machine():
    """Install what is missing as root, else say what to run; return whether all is there."""
    missing = missing_packages()
    if not missing:
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing " + " ".join(missing), flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=env, stdout=subprocess.DEVNULL)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
        subprocess.run(install, env=env, stdout=subprocess.DEVNULL)
        missing = missing_packages()
    if missing:
        print("The tests need: sudo apt-get install -y " + " ".join(missing), file=sys.stderr)
    return not missing


class Results:
    """What was run: name, whether it passed, seconds, and pytest's last line."""

    def __init__(self):
        self.rows = []

    def run(self, name, command, env=None, *, is_held_back=False, folder=ROOT):
        """Run one part and note how it went; what is held back is printed at its end, in one piece."""
        head = f"\n── {name}\n"
        if not is_held_back:
            print(head, end="", flush=True)
        started = time.monotonic()
        streams = {"cwd": folder, "env": env, "stdout": subprocess.PIPE}
        if folder == NODE:  # what is run by node tells its results there
            streams["stderr"] = subprocess.STDOUT
        with subprocess.Popen(command, **streams, text=True) as process:
            last, kept = "", [head]
            for line in process.stdout:
                kept.append(line)
                if not is_held_back:
                    print(line, end="", flush=True)
                last = last if line.startswith(AFTER_THE_SUM) else line.strip() or last
        if is_held_back:
            print("".join(kept), end="", flush=True)
        self.rows.append(
            (name, process.returncode, time.monotonic() - started, re.sub(r"^=+ | =+$", "", last))
        )

    def note(self, name, text):
        """Note a part that was not run."""
        self.rows.append((name, None, 0.0, text))

    def show(self):
        """Print the table; return the exit status."""
        print()
        for name, status, seconds, last in self.rows:
            mark = "–" if status is None else ("ok" if status == 0 else "FAILED")
            print(f"{name:<18} {mark:<7} {seconds:7.1f} s  {last[:110]}")
        return int(any(status for _, status, _, _ in self.rows))


def pytest(results, name, arguments, env, *, is_held_back=False):
    """Run pytest; no test found counts as a failure, unless arguments of the caller chose some."""
    REPORTS.mkdir(exist_ok=True)
    report = REPORTS / f"junit-{name.replace(' ', '-')}.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    results.run(name, command, env, is_held_back=is_held_back)


def run_lane(results, parts, env, *, is_held_back=False):
    """Run some parts of the suite one after the other."""
    for name, folders in parts:
        paths = [str(ROOT / "tests" / folder) for folder in folders]
        chosen = [*paths, "-m", "not shared and not benchmark"]
        pytest(results, name, chosen, env, is_held_back=is_held_back)


def run_miniprogram(results):
    """Install what the mini-program's tests take and run them; the first failure ends it."""
    for name, command, folder in MINIPROGRAM:
        results.run(name, command, is_held_back=True, folder=folder)
        if any(row[0] == name and row[1] for row in results.rows):
            return


@contextlib.contextmanager
def own_servers():
    """Private servers of one lane, as the environment that names them."""
    with postgres() as database, redis() as broker:
        yield {**os.environ, "YAOZHENG_TEST_POSTGRES_URL": database, "YAOZHENG_TEST_REDIS_URL": broker}


def run_levels(results, env, chosen):
    """Run all levels, or what the caller chose."""
    if chosen:
        pytest(results, "chosen tests", chosen, env)
        return
    miniprogram = threading.Thread(target=run_miniprogram, args=(results,))
    miniprogram.start()
    beside = threading.Thread(target=run_beside, args=(results,))
    beside.start()
    run_lane(results, MAIN, env)
    miniprogram.join()
    beside.join()


def run_beside(results):
    """Run the second lane, then what needs the law texts, where they are."""
    with own_servers() as env:
        run_lane(results, BESIDE, env, is_held_back=True)
        if (SHARED / "laws").is_dir():
            chosen = [str(ROOT / "tests"), "-m", "shared and not benchmark"]
            pytest(results, "with law texts", chosen, env, is_held_back=True)
        else:
            results.note("with law texts", "not run: ../shared is not there")


def main(arguments):
    """Run what was asked for."""
    results = Results()
    mode = arguments.pop(0) if arguments[:1] and arguments[0] in MODES else ""
    if mode != "--bench" and mode != "--screenshots" and not arguments:
        for name, command in LINTS:
            results.run(name, command)
    if mode == "--lint-only":
        return results.show()
    if not prepare_machine():
        return 1
    with own_servers() as env:
        MODES[mode](results, env, arguments)
    return results.show()


def run_benchmarks(results, env, chosen):
    """Measure; figures are printed as they come."""
    pytest(results, "benchmarks", ["tests/benchmarks", "-m", "benchmark", "-s", *chosen], env)


def run_screenshots(results, env, chosen):
    """Take the pictures of the main screens for docs/screens.md."""
    pytest(results, "screenshots", ["tests/e2e/test_main_screens.py", *chosen], env)


MODES = {
    "": run_levels,
    "--lint-only": run_levels,
    "--bench": run_benchmarks,
    "--screenshots": run_screenshots,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
