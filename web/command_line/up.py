"""``yaozheng up``: set this installation up and run it."""

import json
import os
import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from core.errors import AssistantError
from core.settings import get_settings
from i18n.service import locales, translate
from web.command_line.terminal import terminal_locale
from web.supervisor import machine
from web.supervisor.reporting import Reporter
from web.supervisor.service import Installation, Ready

PIPE_WIDTH = 120


@click.command()
@click.option("--locale", type=click.Choice(locales()), default=None, help="Language of the messages.")
@click.option("--once", "is_once", is_flag=True, help="End once a turn was answered: checks the set-up.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object when ready, nothing else.")
def up(locale: str | None, is_once: bool, as_json: bool) -> None:
    """Prepare this installation, start it, and keep it running until Ctrl-C."""
    chosen = locale or terminal_locale()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    reporter = Reporter(chosen, console, is_quiet=as_json)
    try:
        installation = Installation(get_settings(), reporter)
        show = _show_json if as_json else lambda ready: _show(ready, installation, reporter, is_once=is_once)
        installation.up(show, is_once=is_once)
    except AssistantError as error:
        click.echo(translate(error.code, chosen, **error.params), err=True)
        sys.exit(1)
    if not as_json:
        reporter.say("setup.ended")


def _show_json(ready: Ready) -> None:
    click.echo(json.dumps(asdict(ready), ensure_ascii=False))
    sys.stdout.flush()


def _show(ready: Ready, installation: Installation, reporter: Reporter, *, is_once: bool) -> None:
    reporter.say("setup.ready", address=ready.address, seconds=ready.seconds)
    if ready.accounts:
        reporter.show(_table(ready, reporter))
    laws = machine.laws_hint(installation.settings)
    if laws is not None:
        reporter.say("setup.laws_hint", command=f".venv/bin/yaozheng ingest {os.path.relpath(laws)}")
    if not is_once:
        reporter.say("setup.how_to_end")
    sys.stdout.flush()


def _table(ready: Ready, reporter: Reporter) -> Table:
    table = Table(title=reporter.text("setup.accounts"), title_justify="left")
    for column in ("role", "login", "password", "name"):
        table.add_column(reporter.text(f"setup.column.{column}"), no_wrap=column != "name")
    for account in ready.accounts:
        name = f"{account.display_name}  {account.enterprise}".strip()
        table.add_row(reporter.text(f"setup.role.{account.role}"), account.login, account.password, name)
    return table


if __name__ == "__main__":
    up()
