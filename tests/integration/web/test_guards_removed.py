"""Each guard that decides whose a thing is, taken away: the comparison of bytes must notice.

A guard is an ``if`` that only raises: it is taken away whole, and where its condition joins several by
``or``, each of them alone. A predicate is made to say yes. Nothing is reloaded: the code of the function
itself is exchanged, so that everybody who holds it meets the change.
"""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

import pytest
from flask import Flask

from core.settings import get_settings
from tests.integration.web import rights_world

GUARDS = {
    "bot.conversations.sessions:authorise": "conversation_id",
    "bot.handoff.access:visible_case": "case_id",
    "bot.notices.inbox:_one": "notice_id",
    "forms.filing.store:load": "filing_id",
    "core.webhooks.endpoints:_found": "webhook_id",
    "core.identity.sessions:end_own": "session_id",
    "core.identity.authority:end": "authority_id",
    "core.identity.authority:_represents": "authority_id",
}
PREDICATES = {
    "bot.handoff.access:may_see": "case_id",
    "bot.handoff.competence:is_competent": "case_id",
    "forms.filing.store:_may_see": "filing_id",
    "forms.filing.store:is_competent": "filing_id",
    "core.identity.actor:Actor.may": "filing_id",
    "core.identity.actor:Actor.may_act_for": "filing_id",
}


def function_at(place: str) -> FunctionType:
    module, _, path = place.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert isinstance(found, FunctionType)
    return found


def variants(function: FunctionType) -> Iterator[tuple[str, CodeType]]:
    """Yield the function without each of its guards: what was taken, and the code without it."""
    source = textwrap.dedent(inspect.getsource(function))
    count = len(guards_in(ast.parse(source)))
    assert count, function
    for number in range(count):
        test = guards_in(ast.parse(source))[number].test
        parts = len(test.values) if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else 0
        for part in [None, *range(parts)]:
            tree = ast.parse(source)
            guard = guards_in(tree)[number]
            if part is None:
                guard.test = ast.Constant(False)
            else:
                assert isinstance(guard.test, ast.BoolOp)
                del guard.test.values[part]
                guard.test = guard.test if len(guard.test.values) > 1 else guard.test.values[0]
            yield f"{ast.unparse(test)} [{'all' if part is None else part}]", code_of(tree, function)


def guards_in(tree: ast.AST) -> list[ast.If]:
    """Return the conditions that do nothing but refuse."""
    found = [one for one in ast.walk(tree) if isinstance(one, ast.If)]
    return [one for one in found if len(one.body) == 1 and isinstance(one.body[0], ast.Raise)]


def code_of(tree: ast.Module, function: FunctionType) -> CodeType:
    space = dict(function.__globals__)
    exec(compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec"), space)
    code: CodeType = space[function.__name__].__code__
    return code


@contextmanager
def instead(function: FunctionType, code: CodeType) -> Iterator[None]:
    kept = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = kept


def yes(function: FunctionType) -> CodeType:
    names = ", ".join(inspect.signature(function).parameters)
    return code_of(ast.parse(f"def {function.__name__}({names}): return True"), function)


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> rights_world.World:
    monkeypatch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "0")
    get_settings.cache_clear()
    return rights_world.build(app)


@pytest.mark.parametrize("place", list(GUARDS))
def test_a_guard_that_is_taken_away_is_missed(world: rights_world.World, place: str) -> None:
    function = function_at(place)
    unnoticed = []
    for name, code in variants(function):
        with instead(function, code):
            if not rights_world.notices(world, GUARDS[place]):
                unnoticed.append(name)
    assert unnoticed == []


@pytest.mark.parametrize("place", list(PREDICATES))
def test_a_predicate_that_always_says_yes_is_noticed(world: rights_world.World, place: str) -> None:
    function = function_at(place)
    with instead(function, yes(function)):
        assert rights_world.notices(world, PREDICATES[place])
