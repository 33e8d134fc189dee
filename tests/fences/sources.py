"""The files that fences look at: what is committed or about to be."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core.settings import REPOSITORY

PACKAGES = ("core", "i18n", "knowledge_base", "forms", "bot", "web", "training")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@cache
def files() -> tuple[Path, ...]:
    """Return every file that git tracks or would track, relative to the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout.decode()
    return tuple(Path(name) for name in listed.split("\0") if name and (REPOSITORY / name).is_file())


def under(*folders: str, suffix: str = "") -> list[Path]:
    """Return the files under some folders."""
    return [path for path in files() if path.parts[0] in folders and path.name.endswith(suffix)]


def read(path: Path) -> str:
    """Return a file's text."""
    return (REPOSITORY / path).read_text("utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return a Python file's syntax tree."""
    return ast.parse(read(path), str(path))


def product_code() -> list[Path]:
    """Return the Python files of the product."""
    return under(*PACKAGES, suffix=".py")


def docstrings(module: ast.Module) -> set[int]:
    """Return the identities of the nodes that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(module):
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr):
            found.add(id(node.body[0].value))
    return found


def strings(path: Path) -> Iterator[ast.Constant]:
    """Yield the string literals of a Python file, docstrings left out."""
    module = tree(path)
    left_out = docstrings(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node
