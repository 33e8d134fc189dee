"""Build both Python environments, then hand over to the installed command.

    python3 scripts/bootstrap.py up [ARGUMENT…]     builds .venv and .venv-rasa, then runs ``yaozheng up``
    python3 scripts/bootstrap.py install [--dev]    builds them and ends

Standard library only, Python 3.9 or newer; needs no root and no uv. An environment whose lock file is
unchanged is left as it is. pip's own settings (index, find-links) count for uv as well.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = json.loads((ROOT / "scripts" / "bootstrap_words.json").read_text("utf-8"))
STAMP = "yaozheng-lock.sha256"
APP_VERSIONS = ("3.11", "3.12")
RASA_VERSIONS = ("3.10",)
PASSED_ON = ("index-url", "find-links")


class CannotGoOn(Exception):  # noqa: N818 - not a fault of ours
    """One line that says what is missing and what to do."""


def say(code, **params):
    """Write one line in the language of the terminal: English where it asks for English, else Chinese."""
    sys.stdout.write(text(code, **params) + "\n")
    sys.stdout.flush()


def text(code, **params):
    """Return a text in the language of the terminal."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return WORDS[code]["en" if named.lower().startswith("en") else "zh-CN"].format(**params)


def works(python, version):
    """Whether this is an interpreter of that version; a shim that points nowhere is not."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        found = subprocess.run([str(python), "-c", code], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return found.returncode == 0 and found.stdout.strip() == version


def candidates(version):
    """Yield where an interpreter of a version may be: this one, the PATH's, pyenv's."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield sys.executable
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if (Path(folder) / ("python" + version)).exists():
            yield Path(folder) / ("python" + version)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    if pyenv.is_dir():
        yield from sorted(pyenv.glob(version + ".*/bin/python"), reverse=True)


def find_python(versions):
    """Return a working interpreter of one of the versions, or None."""
    for version in versions:
        for python in candidates(version):
            if works(python, version):
                return str(python)
    return None


def install_uv(python):
    """Return uv's path: the one on the PATH, else put under ``build/`` with whatever pip the machine has.

    Raises:
        CannotGoOn: there is neither uv nor pip nor a way to get one.
    """
    found = shutil.which("uv")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return found
    home = ROOT / "build" / "uv"
    uv = home / "bin" / "uv"
    if uv.exists():
        return str(uv)
    if not can(python, "import ensurepip") and not can(python, "import pip"):
        get_ensurepip(python)
    if can(python, "import ensurepip"):
        run([python, "-m", "venv", "--clear", str(home)], "venv")
        run([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"], "uv")
    else:
        run([python, "-m", "pip", "install", "--quiet", "--target", str(home), "uv"], "uv")
    return str(uv)


def can(python, code):
    """Whether an interpreter can run a line."""
    return subprocess.run([python, "-c", code], capture_output=True).returncode == 0


def get_ensurepip(python):
    """Install Debian's package with ensurepip where that is allowed.

    Raises:
        CannotGoOn: it is not; the line says what to run.
    """
    package = f"python{version_of(python)}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotGoOn(text("no_pip", python=python, package=package))
    run(["apt-get", "update", "-q"], "apt-get update")
    run(["apt-get", "install", "-y", "-q", "--no-install-recommends", package], package)


def pip_settings(python):
    """Return pip's own settings (``global.index-url``, ``global.find-links``, …), environment included."""
    if not can(python, "import pip"):
        python = str(ROOT / "build" / "uv" / "bin" / "python")
    if not Path(python).exists():
        return {name: pip_variable(name) for name in PASSED_ON if pip_variable(name)}
    found = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True)
    lines = (line.split("=", 1) for line in found.stdout.splitlines() if "=" in line)
    return {name.split(".")[-1].strip().lower(): value.strip().strip("'\"") for name, value in lines}


def pip_variable(name):
    """Return what the environment says about one of pip's settings."""
    return os.environ.get("PIP_" + name.replace("-", "_").upper(), "")


def uv_options(python):
    """Return uv's options that follow from pip's settings, and those for wheels at hand."""
    settings = pip_settings(python)
    options = []
    if settings.get("index-url") and not os.environ.get("UV_DEFAULT_INDEX"):
        options += ["--default-index", settings["index-url"]]
    if settings.get("cert"):
        os.environ.setdefault("SSL_CERT_FILE", settings["cert"])
    for place in settings.get("find-links", "").replace("\\n", " ").split():
        options += ["--find-links", place]
    return options


def run(command, step):
    """Run one command; what it says is shown only if it fails.

    Raises:
        CannotGoOn: it failed.
    """
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if found.returncode != 0:
        sys.stderr.write(found.stdout[-4000:] + "\n")
        raise CannotGoOn(text("failed", step=step, command=" ".join(command[:4])))


def lock_digest(lock, python):
    """Return the hash of what an environment is built from."""
    parts = [lock.read_bytes(), python.encode()]
    if lock.name != "rasa.txt":
        parts.append((ROOT / "pyproject.toml").read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def build(folder, python, lock, uv, options, is_project):
    """Build one environment from its lock file unless that was done."""
    stamp, current = folder / STAMP, lock_digest(lock, python)
    if stamp.exists() and stamp.read_text() == current:
        say("unchanged", name=folder.name)
        return
    started = time.monotonic()
    say("building", name=folder.name)
    inside = str(folder / "bin" / "python")
    if not works(inside, version_of(python)):
        run([uv, "venv", "--quiet", "--clear", "--python", python, str(folder)], folder.name)
    stamp.unlink() if stamp.exists() else None
    run([uv, "pip", "install", "--quiet", "--python", inside, *options, "-r", str(lock)], folder.name)
    if is_project:
        run(
            [uv, "pip", "install", "--quiet", "--python", inside, "--no-deps", "--editable", str(ROOT)],
            "yaozheng",
        )
    stamp.write_text(current)
    say("built", name=folder.name, seconds=round(time.monotonic() - started, 1))


def version_of(python):
    """Return an interpreter's version, such as 3.11."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def rasa_interpreter(uv):
    """Return a Python 3.10 for Rasa, fetched by uv where the machine has none.

    Raises:
        CannotGoOn: there is none and none can be fetched.
    """
    found = find_python(RASA_VERSIONS)
    if found:
        return found
    say("fetching", version=RASA_VERSIONS[0])
    subprocess.run([uv, "python", "install", "--quiet", RASA_VERSIONS[0]], cwd=ROOT)
    fetched = subprocess.run(
        [uv, "python", "find", RASA_VERSIONS[0]], cwd=ROOT, capture_output=True, text=True
    )
    python = fetched.stdout.strip()
    if fetched.returncode != 0 or not works(python, RASA_VERSIONS[0]):
        raise CannotGoOn(text("no_rasa_python", version=RASA_VERSIONS[0]))
    return python


def install(is_dev):
    """Build both environments.

    Raises:
        CannotGoOn: an interpreter is missing or a package cannot be had.
    """
    python = find_python(APP_VERSIONS)
    if python is None:
        raise CannotGoOn(text("no_python", versions=" / ".join(APP_VERSIONS)))
    uv = install_uv(python)
    options = uv_options(python)
    lock = ROOT / "requirements" / ("dev.txt" if is_dev or has_dev() else "app.txt")
    build(ROOT / ".venv", python, lock, uv, options, True)
    build(ROOT / ".venv-rasa", rasa_interpreter(uv), ROOT / "requirements" / "rasa.txt", uv, options, False)


def has_dev():
    """Whether the environment holds the development packages already: they are never taken away."""
    return (ROOT / ".venv" / "bin" / "pytest").exists()


def main(arguments):
    """Install, then hand over."""
    step, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if step not in ("up", "install"):
        sys.stderr.write(__doc__)
        return 2
    try:
        install("--dev" in rest)
    except CannotGoOn as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    if step == "up":
        command = str(ROOT / ".venv" / "bin" / "yaozheng")
        os.execv(command, [command, "up", *rest])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
