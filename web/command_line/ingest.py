"""``yaozheng ingest``: bring files and folders into the knowledge base, then index what changed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from web.command_line import preparing
from web.command_line.index import built
from web.command_line.terminal import NOT_DONE, console, json_option, progress, text, told, write_json

OUTCOMES = ("added", "changed", "unchanged", "refused", "held_back")


@click.command(help=text("web.cli.ingest.help"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--kind", help=text("web.cli.ingest.kind"))
@click.option("--no-index", is_flag=True, help=text("web.cli.ingest.no_index"))
@click.option("--dry-run", is_flag=True, help=text("web.cli.ingest.dry_run"))
@click.option("--accept", is_flag=True, help=text("web.cli.ingest.accept"))
@json_option
@click.pass_context
@told
def ingest(
    ctx: click.Context,
    paths: tuple[Path, ...],
    kind: str | None,
    no_index: bool,
    dry_run: bool,
    accept: bool,
    as_json: bool,
) -> None:
    """Bring files in; name those that could not be read."""
    preparing.open_knowledge()
    report = _ingest(paths, kind, as_json=as_json, dry_run=dry_run, accept=accept)
    is_indexed = report.has_changes and not (no_index or dry_run)
    snapshot = built(is_quiet=as_json) if is_indexed else None
    if as_json:
        write_json(_as_json(report, snapshot, dry_run=dry_run))
    else:
        _show(report, snapshot, dry_run=dry_run)
    if report.files and len(report.refused) == len(report.files):
        ctx.exit(NOT_DONE)


def _ingest(paths: tuple[Path, ...], kind: str | None, *, as_json: bool, dry_run: bool, accept: bool) -> Any:
    from knowledge_base import service as knowledge

    with progress(is_quiet=as_json) as bar:
        task = bar.add_task(text("web.cli.ingest.reading"), total=None)

        def show(step: Any) -> None:
            bar.update(task, completed=step.done, total=step.total)

        return knowledge.ingest(list(paths), kind=kind, progress=show, dry_run=dry_run, accept=accept)


def _as_json(report: Any, snapshot: Any, *, dry_run: bool) -> dict[str, Any]:
    return {
        **{outcome: report.count(outcome) for outcome in OUTCOMES},
        "dry_run": dry_run,
        "files": [{**asdict(file), "message": _why(file)} for file in report.files],
        "snapshot": snapshot.snapshot_id if snapshot else None,
    }


def _why(file: Any) -> str:
    return text(file.reason) if file.reason else ""


def _show(report: Any, snapshot: Any, *, dry_run: bool) -> None:
    screen = console()
    if dry_run:
        screen.print(text("web.cli.ingest.dry"))
        for file in report.files:
            screen.print(
                f"{text(f'web.cli.ingest.outcome.{file.outcome}')}  {file.name}  {file.passages or ''}"
            )
    counts = {outcome: report.count(outcome) for outcome in OUTCOMES}
    screen.print(text("web.cli.ingest.done", total=len(report.files), **counts))
    for file in (*report.refused, *report.held_back):
        detail = f" ({file.detail})" if file.detail else ""
        screen.print(f"✗ {file.name}: {_why(file)}{detail}")
    if snapshot is not None:
        passages = snapshot.counts["passages"]
        screen.print(text("web.cli.index.built", id=snapshot.snapshot_id, passages=passages))
