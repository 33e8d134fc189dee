"""``yaozheng check``: all deficiencies of a form in a file, before anybody hands it in."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from core.errors import InvalidInput
from web.command_line import preparing
from web.command_line.prefill import OPERATIONS
from web.command_line.terminal import (
    console,
    json_option,
    terminal_locale,
    text,
    told,
    write_json,
)

KEYS = ("field", "rule", "clause", "message", "fix")


@click.command(help=text("web.cli.check.help"))
@click.argument("service_item_code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--operation", type=click.Choice(OPERATIONS), help=text("web.cli.prefill.operation"))
@json_option
@told
def check(service_item_code: str, file: Path, operation: str | None, as_json: bool) -> None:
    """Check one form (a JSON object) or many (a list, or JSON lines)."""
    from forms import service as forms

    preparing.open_database()
    given, is_batch = _read(file)
    found = [forms.precheck(service_item_code, one, operation, terminal_locale()) for one in given]
    if as_json:
        shown = [_as_json(one) for one in found]
        write_json({"results": shown} if is_batch else shown[0])
    else:
        for number, one in enumerate(found, 1):
            _show(one, number if is_batch else 0)


def _read(file: Path) -> tuple[list[Any], bool]:
    raw = file.read_text(encoding="utf-8-sig", errors="replace")
    try:
        if file.suffix == ".jsonl":
            return list(_lines(raw)), True
        parsed = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("web.cli.check.no_json", file=file.name, why=str(error)) from error
    return (parsed, True) if isinstance(parsed, list) else ([parsed], False)


def _lines(raw: str) -> Iterator[Any]:
    for line in raw.splitlines():
        if line.strip():
            yield json.loads(line)


def _as_json(found: Any) -> dict[str, Any]:
    deficiencies = [
        {key: value for key, value in asdict(one).items() if key in KEYS} for one in found.deficiencies
    ]
    return {
        "operation": found.operation,
        "deficiencies": deficiencies,
        "unknown_keys": found.unknown_keys,
        "records_held": found.records_held,
    }


def _show(found: Any, number: int) -> None:
    screen = console()
    if number:
        screen.print(text("web.cli.check.number", n=number), style="bold")
    if not found.deficiencies:
        screen.print(text("web.cli.check.good"))
        return
    table = Table(*(text(f"web.cli.check.{name}") for name in ("field", "message", "fix", "clause")))
    for one in found.deficiencies:
        table.add_row(one.label, one.message, one.fix, one.clause)
    screen.print(table)
    if not found.records_held:
        screen.print(text("web.cli.check.no_records"))
