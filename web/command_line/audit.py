"""``yaozheng audit``: check the audit trail."""

from dataclasses import asdict

import click

from web.command_line import preparing
from web.command_line.terminal import NOT_DONE, console, json_option, text, told, write_json


@click.group(help=text("web.cli.audit.help"))
def audit() -> None:
    """Work on the audit trail."""


@audit.command(help=text("web.cli.audit.verify"))
@json_option
@click.pass_context
@told
def verify(ctx: click.Context, as_json: bool) -> None:
    """Recompute the chain and hold it against the checkpoints; exit code 1 if it is not whole."""
    from core.audit.service import verify as verify_trail

    preparing.open_existing()
    found = verify_trail()
    message = (
        text("core.audit_whole", events=found.events, checkpoints=found.checkpoints)
        if found.is_whole
        else text(found.problem, sequence=found.sequence)
    )
    if as_json:
        write_json({**asdict(found), "is_whole": found.is_whole, "message": message})
    else:
        console().print(message)
    if not found.is_whole:
        ctx.exit(NOT_DONE)
