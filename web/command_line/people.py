"""``yaozheng people``: a person's copy, their erasure, what goes by itself."""

from pathlib import Path

import click

from web.command_line import preparing
from web.command_line.keys import operator
from web.command_line.terminal import console, json_option, terminal_locale, text, told, write_json


@click.group("people", help=text("web.cli.people.help"))
def people() -> None:
    """Commands about people's data."""


@people.command(help=text("web.cli.people.export.help"))
@click.argument("login")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@told
def export(login: str, out: Path, as_json: bool) -> None:
    """Write a person's data to a zip file that only the operator can read."""
    from bot.personal_data import service

    preparing.open_existing()
    packed = service.export(operator(), service.find_account(operator(), login), terminal_locale())
    out.touch(mode=0o600)
    out.write_bytes(packed)
    if as_json:
        write_json({"file": str(out), "size_bytes": len(packed)})
    else:
        console().print(text("web.cli.people.exported", file=out.name))


@people.command(help=text("web.cli.people.erase.help"))
@click.argument("login")
@click.option("--confirm", required=True, help=text("web.cli.people.erase.confirm"))
@json_option
@told
def erase(login: str, confirm: str, as_json: bool) -> None:
    """Erase a person's data; the login is typed twice."""
    from bot.personal_data import service

    preparing.open_existing()
    account_id = service.find_account(operator(), login)
    counts = service.erase_account(operator(), account_id, typed_login=confirm, password=None)
    if as_json:
        write_json({"account_id": account_id, **counts})
    else:
        console().print(text("web.cli.people.erased", **counts))


@people.command(help=text("web.cli.people.retention.help"))
@json_option
@told
def retention(as_json: bool) -> None:
    """Delete what is over, now instead of tonight."""
    from bot.personal_data import service

    preparing.open_existing()
    counts = service.apply_retention()
    if as_json:
        write_json(counts)
    else:
        console().print(text("web.cli.people.gone", n=sum(counts.values())))
