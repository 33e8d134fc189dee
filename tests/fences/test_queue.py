import ast
import importlib
from pathlib import Path

import pytest

from core.queue.app import PERIODIC, TASK_MODULES, app

from .sources import product_code, tree


def enqueued() -> dict[str, Path]:
    """Return the task names that code enqueues, with the file that does."""
    found = {}
    for path in product_code():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and _name(node.func) == "enqueue" and len(node.args) >= 2:
                for name in _texts(node.args[1], path):
                    found[name] = path
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _texts(node: ast.expr, path: Path) -> list[str]:
    """Return what a task's name may be: a literal, or a constant of the module."""
    if isinstance(node, ast.Constant):
        return [node.value]
    constants = {
        target.id: statement.value.value
        for statement in tree(path).body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    assert isinstance(node, ast.Name), f"{path}: the name of a task is neither a literal nor a constant"
    return [constants[node.id]]


@pytest.fixture(scope="module")
def registered() -> set[str]:
    for module in TASK_MODULES:
        importlib.import_module(module)
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_enqueued_job_has_a_worker_that_takes_it(registered: set[str]) -> None:
    jobs = enqueued()
    assert "forms.render_document" in jobs
    assert {name: path for name, path in jobs.items() if name not in registered} == {}


def test_every_periodic_task_exists(registered: set[str]) -> None:
    assert {entry["task"] for entry in PERIODIC.values()} <= registered


def test_every_module_of_tasks_is_named_to_the_worker() -> None:
    modules = {".".join(path.with_suffix("").parts) for path in product_code() if path.name == "tasks.py"}
    assert modules == set(TASK_MODULES)


def test_every_task_is_enqueued_periodic_or_sent_as_a_wake_up(registered: set[str]) -> None:
    used = set(enqueued()) | {entry["task"] for entry in PERIODIC.values()} | {"core.queue.drain"}
    assert registered - used == set()
