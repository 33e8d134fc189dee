"""``yaozheng accounts``: sessions and the second step of accounts, for whoever runs the installation."""

import click

from web.command_line import preparing
from web.command_line.keys import operator
from web.command_line.terminal import console, json_option, text, told, write_json


@click.group(help=text("web.cli.accounts.help"))
def accounts() -> None:
    """Commands about accounts."""


@accounts.command("end-sessions", help=text("web.cli.accounts.end_sessions.help"))
@click.argument("login")
@json_option
@told
def end_sessions(login: str, as_json: bool) -> None:
    """End all sessions of an account."""
    from core.identity import sessions
    from core.identity.service import actor_named

    preparing.open_existing()
    count = sessions.end_of_person(operator(), actor_named(login).account_id)
    if as_json:
        write_json({"login": login, "ended": count})
    else:
        console().print(text("web.cli.accounts.ended", login=login, n=count))


@accounts.command("reset-second-step", help=text("web.cli.accounts.reset.help"))
@click.argument("login")
@json_option
@told
def reset_second_step(login: str, as_json: bool) -> None:
    """End the second step and the sessions of an account."""
    from core.identity import second_step
    from core.identity.service import actor_named

    preparing.open_existing()
    second_step.reset(operator(), actor_named(login).account_id)
    if as_json:
        write_json({"login": login, "second_step": False})
    else:
        console().print(text("web.cli.accounts.reset", login=login))
