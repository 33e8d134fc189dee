"""What the README and the pages under docs/ tell people to run can be run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import REPOSITORY

PAGES = [
    path for path in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))) if path.exists()
]
MAKE = re.compile(r"(?:^|[`\s])make ([a-z]+)\b")
OURS = re.compile(r"(?:^|[`\s])(?:\.venv/bin/)?yaozheng ([a-z]+)\b(?: (build|verify|list)\b)?")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
CODE = re.compile(r"```.*?```|`[^`\n]+`|^    .+$", re.DOTALL | re.MULTILINE)


def code() -> str:
    return "\n".join(part for page in PAGES for part in CODE.findall(page.read_text("utf-8")))


def test_every_make_target_that_is_told_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    told = set(MAKE.findall(code()))
    assert "up" in told
    assert told - targets == set()


@pytest.mark.parametrize("words", sorted({tuple(filter(None, found)) for found in OURS.findall(code())}))
def test_every_command_that_is_told_knows_its_help(words: tuple[str, ...]) -> None:
    command = [str(Path(sys.executable).with_name("yaozheng")), *words, "--help"]
    found = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stderr
    assert "Usage" in found.stdout


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert len(PAGES) >= 3
    assert broken == []
