"""The bootstrap runs before anything is installed: it is loaded by its path and asked."""

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from core.settings import REPOSITORY
from i18n.service import placeholders

SCRIPT = REPOSITORY / "scripts" / "bootstrap.py"
VERSION = "{}.{}".format(*sys.version_info)


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def shim(folder: Path, name: str) -> Path:
    """A pyenv shim whose version is not installed."""
    return program(folder / name, "#!/bin/sh\necho 'pyenv: version not found' >&2\nexit 127\n")


def link(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return program(folder / name, f'#!/bin/sh\nexec {sys.executable} "$@"\n')


def test_it_imports_the_standard_library_alone() -> None:
    found = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], capture_output=True, text=True, timeout=30, cwd="/"
    )
    assert found.returncode == 2
    assert "bootstrap.py up" in found.stderr


def test_a_shim_that_points_nowhere_does_not_count(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert not bootstrap.works(shim(tmp_path, f"python{VERSION}"), VERSION)
    assert not bootstrap.works(tmp_path / "absent", VERSION)
    assert bootstrap.works(sys.executable, VERSION)
    assert not bootstrap.works(sys.executable, "3.9")


def test_a_working_interpreter_behind_a_broken_shim_is_found(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim(tmp_path / "shims", f"python{VERSION}")
    good = link(tmp_path / "bin", f"python{VERSION}")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}{os.pathsep}{tmp_path / 'bin'}")
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 0))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "no-pyenv"))
    assert bootstrap.find_python((VERSION,)) == str(good)


def test_pyenvs_versions_are_looked_through_last(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = link(tmp_path / "pyenv" / "versions" / f"{VERSION}.99" / "bin", "python")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 0))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert bootstrap.find_python((VERSION,)) == str(good)


def test_no_interpreter_at_all_is_told_in_one_line(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "find_python", lambda versions: None)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert bootstrap.main(["up"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "3.11" in said


def test_pips_index_and_wheels_count_for_uv(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"index-url": "https://mirror.example/simple", "find-links": "/wheels /more"}
    monkeypatch.setattr(bootstrap, "pip_settings", lambda python: settings)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert bootstrap.uv_options("python") == [
        *("--default-index", "https://mirror.example/simple"),
        *("--find-links", "/wheels"),
        *("--find-links", "/more"),
    ]


def test_an_index_chosen_for_uv_itself_stands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        bootstrap, "pip_settings", lambda python: {"index-url": "https://mirror.example/simple"}
    )
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")
    assert bootstrap.uv_options("python") == []


def test_an_environment_is_built_anew_only_when_its_lock_changed(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "run", lambda command, step: ran.append(command))
    lock, folder = tmp_path / "rasa.txt", tmp_path / ".venv"
    lock.write_text("one==1\n")
    link(folder / "bin", "python")
    arguments = (sys.executable, lock, "uv", [], False)
    bootstrap.build(folder, *arguments)
    bootstrap.build(folder, *arguments)
    assert len(ran) == 1
    lock.write_text("one==2\n")
    bootstrap.build(folder, *arguments)
    assert len(ran) == 2


def test_a_failed_build_is_tried_again_next_time(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], step: str) -> None:
        raise bootstrap.CannotGoOn(step)

    lock, folder = tmp_path / "rasa.txt", tmp_path / ".venv"
    lock.write_text("one==1\n")
    link(folder / "bin", "python")
    monkeypatch.setattr(bootstrap, "run", fail)
    for _ in range(2):
        with pytest.raises(bootstrap.CannotGoOn):
            bootstrap.build(folder, sys.executable, lock, "uv", [], False)


def test_a_failing_command_is_named_and_shows_what_it_said(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", "print('no such package'); raise SystemExit(1)"]
    with pytest.raises(bootstrap.CannotGoOn, match="packages"):
        bootstrap.run(command, "packages")
    assert "no such package" in capsys.readouterr().err


def test_its_words_are_there_in_both_languages_with_the_same_placeholders(bootstrap: ModuleType) -> None:
    for words in bootstrap.WORDS.values():
        assert set(words) == {"zh-CN", "en"}
        assert placeholders(words["zh-CN"]) == placeholders(words["en"])


@pytest.mark.parametrize(
    ("language", "word"), [("en_GB.UTF-8", "unchanged"), ("zh_CN.UTF-8", ".venv"), ("C", ".venv")]
)
def test_it_speaks_the_terminals_language(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    said = bootstrap.text("unchanged", name=".venv")
    assert word in said
    assert ("unchanged" in said) == language.startswith("en")


def test_lock_files_name_no_registry_and_no_local_build() -> None:
    for name in ("app.txt", "dev.txt", "rasa.txt"):
        lines = (REPOSITORY / "requirements" / name).read_text().splitlines()
        assert len(lines) > 100
        assert [line for line in lines if line.startswith("-") or "+" in line or "//" in line] == []
