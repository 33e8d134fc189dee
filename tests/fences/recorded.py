"""The actions that the code records in the audit trail, read from its syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .sources import product_code, tree

Function = ast.FunctionDef


@dataclass(frozen=True)
class Spot:
    """An expression in a function of a file."""

    path: Path
    function: Function
    value: ast.expr


@cache
def functions() -> tuple[tuple[Path, Function], ...]:
    """Return every function of the product with its file."""
    return tuple(
        (path, node)
        for path in product_code()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
    )


def calls(function: Function, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a name within a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = node.func
            if (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")) == name:
                yield node


def recordings() -> Iterator[Spot]:
    """Yield the action of every call of ``core.audit.service.record``."""
    for path, function in functions():
        for call in calls(function, "record"):
            for keyword in call.keywords:
                if keyword.arg == "action":
                    yield Spot(path, function, keyword.value)


def values(spot: Spot) -> set[str]:
    """Return all texts that an expression can be; ``?FILE EXPRESSION`` where the code does not say."""
    value = spot.value
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return {value.value}
    if isinstance(value, ast.IfExp):
        return _at(spot, value.body) | _at(spot, value.orelse)
    if isinstance(value, ast.JoinedStr):
        made = {""}
        for part in value.values:
            more = _at(spot, part.value if isinstance(part, ast.FormattedValue) else part)
            made = {before + after for before in made for after in more}
        return made
    found = _named(spot, value.id) if isinstance(value, ast.Name) else set()
    return found or {f"?{spot.path} {ast.unparse(value)}"}


def _at(spot: Spot, value: ast.expr) -> set[str]:
    return values(Spot(spot.path, spot.function, value))


def _named(spot: Spot, name: str) -> set[str]:
    arguments = [one.arg for one in (*spot.function.args.posonlyargs, *spot.function.args.args)]
    if name in arguments or name in [one.arg for one in spot.function.args.kwonlyargs]:
        place = arguments.index(name) if name in arguments else -1
        passed = (_passed(caller, call, name, place) for caller, call in _callers(spot))
        return {one for part in passed for one in part}
    local = [
        node.value
        for node in ast.walk(spot.function)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]
    constant = _constant(spot.path, name)
    return {one for value in local for one in _at(spot, value)} or ({constant} if constant else set())


def _callers(spot: Spot) -> Iterator[tuple[tuple[Path, Function], ast.Call]]:
    """Yield the calls of a function; a private one is called in its own file alone."""
    is_private = spot.function.name.startswith("_")
    for path, function in functions():
        if path == spot.path if is_private else path.parts[0] == spot.path.parts[0]:
            for call in calls(function, spot.function.name):
                yield (path, function), call


def _passed(caller: tuple[Path, Function], call: ast.Call, name: str, place: int) -> set[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    if not named and 0 <= place < len(call.args):
        named = [call.args[place]]
    return values(Spot(caller[0], caller[1], named[0])) if named else set()


def _constant(path: Path, name: str, depth: int = 0) -> str:
    for node in tree(path).body:
        found = _assigned(node, name) if isinstance(node, ast.Assign) else ""
        if found:
            return found
        if isinstance(node, ast.ImportFrom) and depth < 3:
            there = Path(*(node.module or "").split(".")).with_suffix(".py")
            for alias in node.names:
                if (alias.asname or alias.name) == name and there in product_code():
                    return _constant(there, alias.name, depth + 1)
    return ""


def _assigned(node: ast.Assign, name: str) -> str:
    target, value = node.targets[0], node.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(target.elts, value.elts, strict=True))
    return next(
        (
            str(given.value)
            for one, given in pairs
            if isinstance(one, ast.Name) and one.id == name and isinstance(given, ast.Constant)
        ),
        "",
    )
