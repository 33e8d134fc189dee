"""The mini-program: its words are the catalogues', its package is small, it holds no secret."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from core.settings import REPOSITORY

from .sources import read, under

HOME = Path("web/miniprogram")
WIDGET = HOME / "components" / "yaozheng-chat"
LIMIT_BYTES = 2 * 1024 * 1024
OURS_BYTES = 300 * 1024
ASKED = re.compile(r"""\b(?:t|has)\(\s*["'`]([a-z_.]+)["'`]""")
SHOWN = re.compile(r"\bwords\.([a-z_]+(?:\.[a-z_]+)*)")
REGISTRY = re.compile(r'"(?:resolved|registry)"|npmjs|artifactory|nexus')


def files(*suffixes: str) -> list[Path]:
    found = [path for path in under("web") if path.is_relative_to(HOME) and path.suffix in suffixes]
    assert found
    return found


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = REPOSITORY / "scripts" / "miniprogram_messages.py"
    spec = importlib.util.spec_from_file_location("miniprogram_messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def codes() -> tuple[set[str], set[str]]:
    """Return the codes that scripts ask for, and those that templates show."""
    asked = {code for path in files(".js") for code in ASKED.findall(read(path))}
    shown = {code.removesuffix("._") for path in files(".wxml") for code in SHOWN.findall(read(path))}
    return asked, shown


def test_the_written_words_are_those_of_the_catalogues(script: ModuleType) -> None:
    told = "run .venv/bin/python scripts/miniprogram_messages.py"
    assert script.TARGET.read_text("utf-8") == script.rendered(), told


def test_every_word_that_is_asked_for_is_there(script: ModuleType) -> None:
    known = set(script.words("zh-CN"))
    asked, shown = codes()
    assert len(asked) > 15
    assert len(shown) > 40
    groups = {code.rsplit(".", n)[0] for code in known for n in (1, 2)} | {"chat", "mp"}
    assert (asked | shown) - known - groups == set()


def test_no_word_of_the_mini_program_is_unused(script: ModuleType) -> None:
    own = {code for code in script.known("zh-CN") if code.startswith("mp.")}
    assert len(own) > 20
    assert own - set(script.words("zh-CN")) == set()


def test_the_package_is_far_below_wechats_limit() -> None:
    size = sum((REPOSITORY / path).stat().st_size for path in under("web") if path.is_relative_to(HOME))
    assert size < OURS_BYTES < LIMIT_BYTES


def test_the_protocol_and_the_views_know_nothing_of_wechat() -> None:
    looked_at = [path for path in files(".js") if path.parent.name in ("core", "view")]
    assert len(looked_at) > 8
    assert [str(path) for path in looked_at if re.search(r"\bwx\.", re.sub("//.*", "", read(path)))] == []


def test_the_client_holds_no_secret_and_takes_no_package() -> None:
    text = "\n".join(read(path) for path in files(".js", ".json"))
    assert re.findall(r"(?i)secret|session_key|appsecret|access_token", text) == []
    wanted = re.findall(r"""require\(["']([^"']+)["']\)""", text)
    assert wanted
    assert [name for name in wanted if not name.startswith(".")] == []


def test_no_call_uses_a_method_that_mini_programs_lack() -> None:
    assert [str(path) for path in files(".js") if re.search(r"""["']PATCH["']""", read(path))] == []


def test_no_lock_file_names_a_registry() -> None:
    lock = (REPOSITORY / "tests" / "miniprogram" / "package-lock.json").read_text()
    assert len(json.loads(lock)["packages"]) > 100
    assert REGISTRY.findall(lock) == []
