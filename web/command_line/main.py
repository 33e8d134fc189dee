"""``yaozheng``: all commands in one visible list; a command's module is loaded when it is called."""

import importlib
from typing import Any

import click

from web.command_line.terminal import text

COMMANDS = {
    "up": "web.command_line.up:up",
    "ask": "web.command_line.ask:ask",
    "ingest": "web.command_line.ingest:ingest",
    "index": "web.command_line.index:index",
    "diff": "web.command_line.diff:diff",
    "knowledge": "web.command_line.knowledge:knowledge",
    "policies": "web.command_line.policies:policies",
    "items": "web.command_line.items:items",
    "records": "web.command_line.records:records",
    "prefill": "web.command_line.prefill:prefill",
    "check": "web.command_line.check:check",
    "models": "web.command_line.models:models",
    "keys": "web.command_line.keys:keys",
    "webhooks": "web.command_line.webhooks:webhooks",
    "people": "web.command_line.people:people",
    "accounts": "web.command_line.accounts:accounts",
    "audit": "web.command_line.audit:audit",
    "backup": "web.command_line.backup:backup",
    "restore": "web.command_line.restore:restore",
}


class LazyGroup(click.Group):
    """A group whose commands are named as ``module:attribute``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section(text("web.cli.commands")):
            formatter.write_dl([(name, text(f"web.cli.{name}.short")) for name in COMMANDS])


@click.group(cls=LazyGroup, help=text("web.cli.help"))
def main() -> None:
    """Run a command."""
