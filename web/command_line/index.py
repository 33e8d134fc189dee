"""``yaozheng index``: build, verify, list and roll back index snapshots."""

from dataclasses import asdict
from typing import Any

import click

from web.command_line import preparing
from web.command_line.terminal import console, json_option, progress, text, told, write_json


@click.group(help=text("web.cli.index.help"))
def index() -> None:
    """Work on index snapshots."""


def built(*, is_quiet: bool) -> Any:
    """Build a snapshot with visible progress and switch to it."""
    from knowledge_base import service as knowledge

    with progress(is_quiet=is_quiet) as bar:
        task = bar.add_task(text("web.cli.index.building"), total=None)

        def show(step: Any) -> None:
            stage = text(f"web.cli.index.stage.{step.stage}")
            bar.update(task, description=stage, completed=step.done, total=step.total)

        return knowledge.build_index(progress=show)


def _as_json(info: Any) -> dict[str, Any]:
    return {**asdict(info), "counts": dict(info.counts)}


@index.command(help=text("web.cli.index.build"))
@json_option
@told
def build(as_json: bool) -> None:
    """Build and switch."""
    preparing.open_knowledge()
    info = built(is_quiet=as_json)
    if as_json:
        write_json(_as_json(info))
    else:
        console().print(text("web.cli.index.built", id=info.snapshot_id, passages=info.counts["passages"]))


@index.command(help=text("web.cli.index.verify"))
@json_option
@told
def verify(as_json: bool) -> None:
    """Check the snapshot that serves."""
    from knowledge_base import service as knowledge

    preparing.open_existing()
    info = knowledge.verify_index()
    if as_json:
        write_json(_as_json(info))
    else:
        console().print(text("web.cli.index.whole", id=info.snapshot_id, passages=info.counts["passages"]))


@index.command(help=text("web.cli.index.rollback"))
@click.argument("snapshot_id", default="")
@json_option
@told
def rollback(snapshot_id: str, as_json: bool) -> None:
    """Serve an earlier snapshot again."""
    from knowledge_base import service as knowledge

    preparing.open_existing()
    info = knowledge.rollback_index(snapshot_id)
    if as_json:
        write_json(_as_json(info))
    else:
        passages = info.counts["passages"]
        console().print(text("web.cli.index.rolled_back", id=info.snapshot_id, passages=passages))


@index.command("list", help=text("web.cli.index.list"))
@json_option
@told
def list_all(as_json: bool) -> None:
    """List the snapshots, the newest first."""
    from knowledge_base import service as knowledge

    preparing.open_existing()
    found = knowledge.list_indexes()
    if as_json:
        write_json({"snapshots": [_as_json(info) for info in found]})
        return
    screen = console()
    for info in found:
        mark = "*" if info.is_current else " "
        screen.print(f"{mark} {info.snapshot_id}  {info.created_at}  {info.counts['passages']}")
    if not found:
        screen.print(text("web.cli.index.none"))
