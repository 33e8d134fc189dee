"""What the README and the pages under docs/ tell people to run can be run."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.identity.keys import Scope
from core.settings import REPOSITORY
from core.webhooks.events import SUBSCRIBED
from core.webhooks.service import PAUSES_S
from core.webhooks.signing import headers_for

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


def test_the_page_for_other_systems_tells_what_the_code_does() -> None:
    page = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
    for one in (*Scope, *SUBSCRIBED):
        assert f"`{one}`" in page
    assert " | ".join(f"{pause:,}" for pause in (0, *PAUSES_S)) in page


def test_the_receiver_of_the_page_for_other_systems_takes_what_we_sign_and_nothing_else() -> None:
    page = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
    told: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1), told)  # type: ignore[union-attr]
    secret, body, now = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"type":"webhook.ping"}', clock.now()
    headers = headers_for("msg_1", body, [secret], now)
    assert told["take"](secret, headers, body.encode()) == {"type": "webhook.ping"}
    replayed = headers_for("msg_1", body, [secret], now - timedelta(seconds=400))
    for wrong, content in (
        (headers, b"{}"),
        (replayed, body.encode()),
        ({**headers, "webhook-id": "msg_2"}, body.encode()),
    ):
        with pytest.raises(ValueError, match=r"."):
            told["take"](secret, wrong, content)
