import ast
from collections.abc import Iterator
from pathlib import Path

from .sources import tree, under

CLAIMS = ("assert", "expect", "check", "require", "raises", "verify", "must")


def all_tests() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in under("tests", suffix=".py"):
        if path.name.startswith("test_"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    yield path, node


def claims(path: Path, node: ast.AST) -> bool:
    """Whether a test can fail by itself: it asserts, or calls something of its file that does."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return True
        if isinstance(part, ast.Call):
            name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            if any(word in name for word in CLAIMS) or _asserts(path, name):
                return True
    return False


def _asserts(path: Path, name: str) -> bool:
    own = (part for part in ast.walk(tree(path)) if isinstance(part, ast.FunctionDef) and part.name == name)
    return any(isinstance(part, ast.Assert) for node in own for part in ast.walk(node))


def test_every_test_makes_a_claim() -> None:
    found = list(all_tests())
    silent = [f"{path}:{node.lineno} {node.name}" for path, node in found if not claims(path, node)]
    assert len(found) > 200
    assert silent == [], "\n".join(silent)


def test_no_claim_is_always_true() -> None:
    constant = [
        f"{path}:{part.lineno}"
        for path, node in all_tests()
        for part in ast.walk(node)
        if isinstance(part, ast.Assert) and isinstance(part.test, ast.Constant | ast.Tuple)
    ]
    assert constant == []


def test_names_of_tests_are_sentences() -> None:
    short = [f"{path}:{node.lineno} {node.name}" for path, node in all_tests() if node.name.count("_") < 2]
    assert short == [], "\n".join(short)


def test_no_test_is_skipped_for_good() -> None:
    skipped = [
        f"{path}:{node.lineno}"
        for path, node in all_tests()
        for decorator in node.decorator_list
        if "mark.skip(" in ast.unparse(decorator) + "(" or "xfail" in ast.unparse(decorator)
    ]
    assert skipped == []
