"""What only the system's package manager can give: a font that draws Chinese, Pango that lays it out."""

import ctypes.util
import os
import shutil
from pathlib import Path

from core.settings import Settings
from forms.documents.fonts import chinese_font
from web.supervisor.children import Children

PACKAGES = {"font": "fonts-noto-cjk", "pango": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"}
Note = tuple[str, dict[str, object]]


def missing_packages() -> list[str]:
    """Return the Debian packages that documents need and this machine lacks."""
    found = {
        "font": chinese_font() is not None,
        "pango": all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0")),
    }
    return [package for name, there in found.items() if not there for package in PACKAGES[name].split()]


def complete(settings: Settings, children: Children) -> Note:
    """Install what is missing where that is allowed, else tell the one line to run."""
    missing = missing_packages()
    if not missing:
        return "setup.note.unchanged", {}
    if os.geteuid() == 0 and shutil.which("apt-get") and _install(missing, settings, children):
        return "setup.note.installed", {"packages": " ".join(missing)}
    return "setup.note.documents_need", {"line": "sudo apt-get install -y " + " ".join(missing)}


def _install(packages: list[str], settings: Settings, children: Children) -> bool:
    apt = str(shutil.which("apt-get"))
    log = settings.folder("logs") / "apt.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if children.run([apt, "update", "-q"], env, log) != 0:
        return False
    status = children.run([apt, "install", "-y", "-q", "--no-install-recommends", *packages], env, log)
    return status == 0 and not missing_packages()


def laws_hint(settings: Settings) -> Path | None:
    """Return the folder of law texts that lies beside the repository, if there is one."""
    folder = Path(settings.laws)
    return folder if folder.is_dir() and any(folder.glob("*.md")) else None
