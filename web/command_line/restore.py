"""``yaozheng restore``: put a backup in place of an installation that does not run."""

import tempfile
from pathlib import Path

import click

from core.settings import get_settings
from web.command_line import preparing
from web.command_line.terminal import console, json_option, text, told, write_json


@click.command(help=text("web.cli.restore.help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", "may_replace", is_flag=True, help=text("web.cli.restore.replace"))
@json_option
@told
def restore(file: Path, may_replace: bool, as_json: bool) -> None:
    """Check a backup and put it in place; then bring its database up to date and check the audit trail."""
    from core import database
    from core.audit.service import verify
    from core.database.migrations import upgrade
    from web.command_line import archive
    from web.supervisor.preparation import STATE
    from web.supervisor.service import only_one

    preparing.quiet()
    settings = get_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    with only_one(settings), tempfile.TemporaryDirectory(dir=settings.folder("run")) as folder:
        manifest = archive.unpack(file, Path(folder))
        kept = archive.put_back(settings, Path(folder), manifest, may_replace=may_replace)
        (settings.folder("run") / STATE).unlink(missing_ok=True)
        database.reset()
        upgrade()
        found = verify()
    trail = (
        text("core.audit_whole", events=found.events, checkpoints=found.checkpoints)
        if found.is_whole
        else text(found.problem, sequence=found.sequence)
    )
    if as_json:
        write_json(
            {
                "created_at": manifest.created_at,
                "files": len(manifest.files),
                "replaced": str(kept) if kept else None,
                "audit": {"is_whole": found.is_whole, "message": trail},
            }
        )
        return
    screen = console()
    screen.print(text("web.cli.restore.done", at=manifest.created_at, files=len(manifest.files)))
    if kept is not None:
        screen.print(text("web.cli.restore.kept", folder=kept))
    screen.print(trail)
