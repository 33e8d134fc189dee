"""``yaozheng keys``: keys by which other systems call the API."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from web.command_line import preparing
from web.command_line.terminal import console, json_option, plain, text, told, write_json

if TYPE_CHECKING:
    from core.identity import Actor
    from core.identity.keys import KeyView

OPERATOR = "command_line"
LIFE_DAYS, PER_MINUTE = 365, 60
day_type = click.DateTime(["%Y-%m-%d"])


def operator() -> "Actor":
    """Return whoever runs the installation; the audit trail names the command line."""
    from core.identity import Actor, Role

    return Actor(OPERATOR, Role.ADMINISTRATOR)


@click.group(help=text("web.cli.keys.help"))
def keys() -> None:
    """Commands about keys."""


@keys.command(help=text("web.cli.keys.create.help"))
@click.option("--name", required=True, help=text("web.cli.keys.create.name"))
@click.option("--scope", "scopes", multiple=True, required=True, help=text("web.cli.keys.create.scope"))
@click.option("--until", type=day_type, help=text("web.cli.keys.create.until"))
@click.option(
    "--per-minute", type=int, default=PER_MINUTE, show_default=True, help=text("web.cli.keys.create.limit")
)
@json_option
@told
def create(
    name: str, scopes: tuple[str, ...], until: datetime | None, per_minute: int, as_json: bool
) -> None:
    """Make a key and write it out, this once."""
    from core import clock
    from core.identity import keys as service

    preparing.open_existing()
    last_day = until.date() if until else clock.today() + timedelta(days=LIFE_DAYS)
    wanted = service.NewKey(name, scopes, last_day, per_minute)
    issued = service.create_key(operator(), wanted)
    if as_json:
        write_json({"key": key_json(issued.key), "secret": issued.secret})
        return
    console().print(text("web.page.keys.once"))
    console().print(issued.secret)


@keys.command("list", help=text("web.cli.keys.list.help"))
@json_option
@told
def list_all(as_json: bool) -> None:
    """List all keys."""
    from core.identity import keys as service

    preparing.open_existing()
    found = service.list_keys(operator())
    if as_json:
        write_json({"keys": [key_json(one) for one in found]})
        return
    for one in found:
        state = text(f"web.page.keys.state.{one.state}")
        console().print(
            f"{one.id}  {one.hint}…  {state}  {one.expires_on}  {one.name}  {' '.join(one.scopes)}"
        )
    if not found:
        console().print(text("web.page.keys.none"))


@keys.command(help=text("web.cli.keys.revoke.help"))
@click.argument("key_id")
@json_option
@told
def revoke(key_id: str, as_json: bool) -> None:
    """End a key at once."""
    from core.identity import keys as service

    preparing.open_existing()
    service.revoke_key(operator(), key_id)
    if as_json:
        write_json({"key": key_json(service.get_key(operator(), key_id))})
    else:
        console().print(text("web.cli.keys.revoked", key=key_id))


@keys.command(help=text("web.cli.keys.authorise.help"))
@click.argument("key_id")
@click.option("--uscc", required=True, help=text("web.cli.prefill.uscc"))
@click.option("--basis", required=True, help=text("web.cli.keys.authorise.basis"))
@click.option("--until", type=day_type, required=True, help=text("web.cli.keys.authorise.until"))
@json_option
@told
def authorise(key_id: str, uscc: str, basis: str, until: datetime, as_json: bool) -> None:
    """Record an enterprise's written authority for the system behind a key."""
    from core.identity import keys as service
    from forms import service as forms

    preparing.open_existing()
    enterprise = forms.enterprise_with_uscc(operator(), uscc)
    service.grant_to_key(operator(), key_id, enterprise_id=enterprise.id, basis=basis, valid_to=until.date())
    if as_json:
        write_json({"key": key_json(service.get_key(operator(), key_id))})
    else:
        console().print(text("web.cli.keys.authorised", enterprise=enterprise.name))


def key_json(key: "KeyView") -> dict[str, Any]:
    """Return a key as JSON holds it."""
    found: dict[str, Any] = plain(asdict(key))
    return found
