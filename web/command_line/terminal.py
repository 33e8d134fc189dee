"""The person at the terminal: language, output, errors, exit codes.

Exit codes: 0 done, 1 not done (absent, refused, not whole), 2 wrong usage or input, 3 something we depend on
did not answer, 4 our own fault.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, TypeVar

import click

from core.errors import AssistantError, DependencyFailed, InvalidInput, InvariantBroken
from i18n.service import has_message, negotiate_locale, translate

Command = TypeVar("Command", bound=Callable[..., Any])
VARIABLES = ("YAOZHENG_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG")
NOT_DONE, USAGE, DEPENDENCY, FAULT = 1, 2, 3, 4
PIPE_WIDTH = 120


def terminal_locale() -> str:
    """Return the language that the environment asks for, zh-CN where it asks for none."""
    return negotiate_locale([os.environ.get(name, "").split(".")[0] for name in VARIABLES])


def text(code: str, **params: object) -> str:
    """Return a message in the terminal's language."""
    return translate(code, terminal_locale(), **params)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    option: Callable[[Command], Command] = click.option(
        "--json", "as_json", is_flag=True, help=text("web.cli.option.json")
    )
    return option(command)


def write_json(body: Any) -> None:
    """Write one JSON object on a line."""
    click.echo(json.dumps(body, ensure_ascii=False))


def plain(value: Any) -> Any:
    """Return a view as JSON holds it: dates written, enumerations by value."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def told(command: Command) -> Command:
    """Say errors in the person's language and end with their exit code; the boundary of every command."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except AssistantError as error:
            _say(error, as_json=bool(options.get("as_json")))
            sys.exit(exit_code(error))

    return run  # type: ignore[return-value]


def exit_code(error: AssistantError) -> int:
    """Return the exit code of an error's family."""
    families = ((InvalidInput, USAGE), (DependencyFailed, DEPENDENCY), (InvariantBroken, FAULT))
    return next((code for family, code in families if isinstance(error, family)), NOT_DONE)


def _say(error: AssistantError, *, as_json: bool) -> None:
    params = {"request_id": "-", **error.params}
    code = error.code if has_message(error.code) else "core.internal_error"
    message = text(code, **params)
    if as_json:
        write_json({"error": {"code": error.code, "message": message}})
    else:
        click.echo(message, err=True)


def console(*, stderr: bool = False) -> Any:
    """Return a rich console that takes text as it stands: no markup, no highlighting."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=stderr, markup=False, highlight=False, width=width)


def progress(*, is_quiet: bool) -> Any:
    """Return a progress display on standard error; silent when quiet or piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    shown = console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=shown,
        disable=is_quiet or not shown.is_terminal,
    )
