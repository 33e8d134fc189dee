"""``yaozheng records``: what other offices hold, brought in."""

import sys
from pathlib import Path
from typing import Any

import click

from web.command_line import preparing
from web.command_line.terminal import (
    NOT_DONE,
    console,
    json_option,
    progress,
    text,
    told,
    write_json,
)

SHOWN = 50


@click.group(help=text("web.cli.records.help"))
def records() -> None:
    """Commands about historical records."""


@records.command("import", help=text("web.cli.records.import.help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@told
def import_file(file: Path, as_json: bool) -> None:
    """Take a file of JSON lines; exit code 1 where a line was refused."""
    from forms import service as forms

    preparing.open_database()
    report = forms.ImportReport()
    with file.open(encoding="utf-8-sig", errors="replace") as lines, progress(is_quiet=as_json) as bar:
        task = bar.add_task(text("web.cli.records.reading"), total=None)
        for _ in forms.import_records(lines, report):
            bar.update(task, completed=sum(report.counts.values()))
    if as_json:
        write_json(_as_json(report))
    else:
        _show(report)
    if report.refusals:
        sys.exit(NOT_DONE)


@records.command("similar", help=text("web.cli.records.similar.help"))
@json_option
@told
def similar(as_json: bool) -> None:
    """Count anew what most enterprises answer alike; the worker does so every night."""
    from forms import service as forms

    preparing.open_database()
    kept = forms.rebuild_similar_answers()
    if as_json:
        write_json({"answers": kept})
    else:
        console().print(text("web.cli.records.similar.done", n=kept))


def _as_json(report: Any) -> dict[str, Any]:
    counts = {name: report.counts[name] for name in ("new", "changed", "unchanged", "refused")}
    refused = [{"line": one.line, "code": one.code, "message": _why(one)} for one in report.refusals]
    return {**counts, "enterprises": report.enterprises, "refusals": refused}


def _why(refusal: Any) -> str:
    return text(refusal.code, **refusal.params)


def _show(report: Any) -> None:
    screen = console()
    for refusal in report.refusals[:SHOWN]:
        screen.print(text("web.cli.records.refused", line=refusal.line, why=_why(refusal)))
    if len(report.refusals) > SHOWN:
        screen.print(text("web.cli.records.more", n=len(report.refusals) - SHOWN))
    counts = {name: report.counts[name] for name in ("new", "changed", "unchanged", "refused")}
    screen.print(text("web.cli.records.done", **counts, enterprises=report.enterprises))
