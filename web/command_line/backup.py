"""``yaozheng backup``: everything that must not be lost, in one file."""

from contextlib import nullcontext
from pathlib import Path

import click

from core import clock
from core.settings import get_settings
from web.command_line import preparing
from web.command_line.terminal import console, json_option, text, told, write_json


@click.command(help=text("web.cli.backup.help"))
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@told
def backup(file: Path | None, as_json: bool) -> None:
    """Write a backup while the installation may be running."""
    from web.command_line import archive

    preparing.open_existing()
    settings = get_settings()
    stamp = clock.now().astimezone(clock.CHINA).strftime("%Y%m%d-%H%M%S")
    target = (file or settings.home / "backups" / f"yaozheng-{stamp}.tar.gz").absolute()
    screen = console(stderr=True)
    with nullcontext() if as_json else screen.status(text("web.cli.backup.running")):
        manifest = archive.write(settings, target)
    size_mb = round(target.stat().st_size / 1_000_000, 1)
    if as_json:
        write_json({"file": str(target), "files": len(manifest.files), "size_bytes": target.stat().st_size})
    else:
        done = text("web.cli.backup.done", file=target, files=len(manifest.files), size_mb=size_mb)
        console().print(done)
        console().print(text("web.cli.backup.keep_safe"))
