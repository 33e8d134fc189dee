import re
from pathlib import Path

import pytest

from core.settings import REPOSITORY

from .sources import HAN, PACKAGES, files, product_code, read, strings, under

MAX_LINES = 500
TEXT = (
    ".py",
    ".yml",
    ".yaml",
    ".md",
    ".js",
    ".css",
    ".html",
    ".po",
    ".toml",
    ".txt",
    ".sql",
    ".conf",
    ".mako",
    "",
)
DATA = ("model.safetensors", "tokenizer.json", "register.json")
MARKS = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|TBD)\b|raise NotImplementedError|(?i:lorem ipsum|not (yet )?implemented)"
)
PLACES = re.compile(
    r"(?<![\w.])/(root|work|home/\w+)/|/tmp/(?!\.)\w|\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"
    r"|\b[\w-]+\.(?:internal|corp|lan)\b"
)
REGISTRIES = re.compile(
    r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|artifactory|nexus|proxy)[\w.-]*", re.IGNORECASE
)
WRITTEN_WORDS = Path(
    "web/miniprogram/components/yaozheng-chat/messages.js"
)  # from the catalogues, by a script
SCRIPT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def is_text(path: Path) -> bool:
    return path.suffix in TEXT and path.name not in DATA


def named(found: list[object]) -> str:
    return "\n".join(str(one) for one in found)


def test_git_lists_the_product() -> None:
    assert len(product_code()) > 100


def test_no_file_is_longer_than_the_house_allows() -> None:
    looked_at = [
        path
        for path in files()
        if path.suffix in {".py", ".js", ".css", ".html", ".yml"}
        and path.parent.name != "versions"
        and path.parts[:4] != ("bot", "assistant", "data", "nlu")  # examples to learn from, not code
    ]
    long = [(str(path), n) for path in looked_at if (n := read(path).count("\n")) > MAX_LINES]
    assert len(looked_at) > 150
    assert long == []


def test_no_mark_of_unfinished_work_is_left() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path in files()
        if is_text(path) and path.parts[:2] != ("tests", "fences") and path.suffix != ".po"
        for number, line in enumerate(read(path).splitlines(), 1)
        if MARKS.search(line) and "toml" not in path.suffix
    ]
    assert found == [], named(found)


def test_no_place_of_one_machine_is_committed() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path in files()
        if is_text(path) and path.parts[:2] != ("tests", "fences")
        for number, line in enumerate(read(path).splitlines(), 1)
        if PLACES.search(line) or REGISTRIES.search(line)
    ]
    assert found == [], named(found)


def test_modules_are_named_for_what_they_hold() -> None:
    names = {"utils", "util", "helpers", "helper", "misc", "common"}
    vague = [path for path in files() if path.suffix in {".py", ".js"} and path.stem in names]
    assert vague == []


def test_the_image_folder_is_no_package() -> None:
    assert (REPOSITORY / "docker").is_dir()
    assert [path for path in under("docker") if path.suffix == ".py"] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_modules_is_a_package(package: str) -> None:
    folders = {path.parent for path in under(package, suffix=".py") if path.parts[:2] != ("bot", "assistant")}
    folders -= {Path("core/database/migrations/versions")}
    assert folders
    assert [folder for folder in sorted(folders) if not (REPOSITORY / folder / "__init__.py").exists()] == []


def test_python_of_bot_and_web_holds_no_chinese_words() -> None:
    looked_at = [
        path for path in under("bot", "web", suffix=".py") if path.parts[:3] != ("bot", "assistant", "tests")
    ]
    found = [
        f"{path}:{node.lineno}: {node.value!r}"
        for path in looked_at
        for node in strings(path)
        if HAN.search(str(node.value))
    ]
    assert len(looked_at) > 50
    assert found == [], named(found)


def test_scripts_and_templates_of_the_pages_hold_no_chinese_words() -> None:
    kinds = {".js", ".html", ".css", ".wxml", ".wxss", ".json"}
    looked_at = [path for path in under("web") if path.suffix in kinds and path != WRITTEN_WORDS]
    found = [str(path) for path in looked_at if HAN.search(SCRIPT.sub("", read(path)))]
    assert looked_at
    assert found == [], named(found)
