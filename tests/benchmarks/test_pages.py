"""Pages as a phone meets them: when one can write, when the first answer stands; Lighthouse's marks.

A mid-range phone: a processor four times slower and what browsers' tools call fast 3G (1.44 Mbit/s down,
0.675 up, 562 ms for each request). The reference is the smallest page of the same server under the same
conditions.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page

from core.settings import REPOSITORY
from tests.e2e.conftest import Installation
from tests.e2e.person import Person
from tests.e2e.test_asking import MATERIALS
from tests.e2e.test_embedding import Agency, frame_of

pytestmark = pytest.mark.benchmark
SLOWER = 4
FAST_3G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1_440_000 / 8,
    "uploadThroughput": 675_000 / 8,
}
PHONE = {"size": (390, 844), "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
REACH_S, RUNS = 3.0, 5
LIGHTHOUSE = REPOSITORY / "tests" / "lighthouse"
FULL_MARKS = 1.0
PUBLIC = (
    "/",
    "/service-items",
    "/service-items/cosmetic_filing",
    "/about",
    "/open-data",
    "/sign-in",
    "/continue",
)
APPLICANT = ("/", "/conversations", "/filings", "/certificates", "/service-items/cosmetic_filing/start")
STAFF = ("/staff", "/staff/dashboard", "/staff/filings", "/staff/knowledge")


def slowed(page: Page) -> None:
    """Make a page as slow as on the phone, with nothing kept."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", FAST_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def until(begin: Callable[[], object], stands: Callable[[], object]) -> float:
    """Return the seconds until something stands."""
    started = time.monotonic()
    begin()
    stands()
    return time.monotonic() - started


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_first_message_on_a_slow_phone(visitor: Callable[..., Person], locale: str) -> None:
    ready, answered, least = [], [], []
    visitor(locale).chat().say(MATERIALS[locale])  # the server has been asked before
    for _ in range(RUNS):
        person = visitor(locale, **PHONE)
        slowed(person.page)
        page = person.page
        least.append(until(lambda: page.goto("/health", wait_until="commit"), lambda: None))  # noqa: B023
        greeted = page.locator("[data-chat][data-ready] .chat__hello")
        ready.append(until(lambda: page.goto("/", wait_until="commit"), greeted.wait_for))  # noqa: B023
        answered.append(until(lambda: None, lambda: person.say(MATERIALS[locale])))  # noqa: B023
        page.context.close()
    print(
        f"\n{locale}: greeting and composer {median(ready):.2f} s (worst {max(ready):.2f}), the answer to the"
    )
    print(f"first question {median(answered):.2f} s later (worst {max(answered):.2f}); the smallest page")
    print(f"{median(least):.2f} s; {median(ready) / median(least):.1f} times that")
    assert max(ready) <= REACH_S


@pytest.fixture
def headers(visitor: Callable[..., Person], tmp_path: Path) -> Callable[[str, bool], Path]:
    """Write what a signed-in browser sends along, by login and by whether text is large."""

    def write(login: str, is_large: bool) -> Path:
        person = visitor("zh-CN", login=login) if login else visitor("zh-CN").open("/about")
        pairs = [f"{one['name']}={one['value']}" for one in person.page.context.cookies()]
        path = tmp_path / f"headers-{login}-{is_large}.json"
        path.write_text(json.dumps({"Cookie": "; ".join([*pairs, *(["yaozheng_text=large"] * is_large)])}))
        return path

    return write


def marks(address: str, headers: Path) -> tuple[float, list[str]]:
    """Return Lighthouse's mark for accessibility and what it finds wrong."""
    command = ["node", "node_modules/lighthouse/cli/index.js", address, "--only-categories=accessibility"]
    command += [f"--extra-headers={headers}", "--output=json", "--quiet"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    environment = {**os.environ, "CHROME_PATH": "/usr/bin/chromium"}
    done = subprocess.run(
        command, cwd=LIGHTHOUSE, env=environment, capture_output=True, timeout=180, check=True
    )
    found = json.loads(done.stdout)
    wrong = [
        one["id"]
        for one in found["audits"].values()
        if one["score"] is not None and one["score"] < FULL_MARKS and one["scoreDisplayMode"] == "binary"
    ]
    return float(found["categories"]["accessibility"]["score"]), wrong


@pytest.fixture(scope="module")
def lighthouse() -> None:
    """Install Lighthouse where it is missing."""
    script = REPOSITORY / "scripts" / "node_packages.py"
    subprocess.run([sys.executable, str(script), str(LIGHTHOUSE)], check=True)


@pytest.mark.usefixtures("lighthouse")
@pytest.mark.parametrize(
    ("login", "paths", "is_large"),
    [
        ("", PUBLIC, False),
        ("", PUBLIC, True),
        ("applicant2", APPLICANT, False),
        ("supervisor1", STAFF, False),
    ],
)
def test_lighthouse_gives_full_marks(
    installation: Installation,
    headers: Callable[[str, bool], Path],
    login: str,
    paths: tuple[str, ...],
    is_large: bool,
) -> None:
    sent = headers(login, is_large)
    for path in paths:
        for locale in ("zh-CN", "en"):
            mark, wrong = marks(f"{installation.base_url}{path}?lang={locale}", sent)
            print(f"{path} {locale}{' large' * is_large} {login}: {mark:.2f} {' '.join(wrong)}")
            assert (mark, wrong) == (FULL_MARKS, [])


def test_the_embedded_chat_is_ready_as_soon(visitor: Callable[..., Person], agency: Agency) -> None:
    ready = []
    for _ in range(RUNS):
        person = visitor("zh-CN", **PHONE)
        slowed(person.page)
        person.page.goto(agency.url)
        opener = person.page.get_by_role("button", name=person.t("web.page.embed.label"))
        opener.wait_for()
        greeted = frame_of(person).locator("[data-chat][data-ready] .chat__hello")
        ready.append(until(opener.click, greeted.wait_for))
        person.page.context.close()
    print(f"\nembedded: {median(ready):.2f} s after the button is pressed (worst {max(ready):.2f})")
    assert max(ready) <= REACH_S
