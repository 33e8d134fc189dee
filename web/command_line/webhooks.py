"""``yaozheng webhooks``: addresses that take notices, what was sent, sending again."""

from dataclasses import asdict
from typing import Any

import click

from web.command_line import preparing
from web.command_line.keys import operator
from web.command_line.terminal import console, json_option, plain, text, told, write_json


@click.group(help=text("web.cli.webhooks.help"))
def webhooks() -> None:
    """Commands about notices."""


@webhooks.command("list", help=text("web.cli.webhooks.list"))
@json_option
@told
def list_all(as_json: bool) -> None:
    """List all addresses."""
    from core.webhooks import endpoints

    preparing.open_existing()
    found = endpoints.list_endpoints(operator())
    if as_json:
        write_json({"webhooks": [plain(asdict(one)) for one in found]})
        return
    for one in found:
        state = text(f"web.page.webhooks.state.{one.state}")
        console().print(f"{one.id}  {state}  {one.waiting}/{one.dead}  {one.url}")
    if not found:
        console().print(text("web.page.webhooks.none"))


@webhooks.command(help=text("web.cli.webhooks.create"))
@click.argument("url")
@click.option("--event", "events", multiple=True, required=True, help=text("web.cli.webhooks.event"))
@click.option("--description", default="", help=text("web.page.webhooks.description"))
@json_option
@told
def create(url: str, events: tuple[str, ...], description: str, as_json: bool) -> None:
    """Register an address of the authority's own systems; its secret is written out this once."""
    from core.webhooks import endpoints

    preparing.open_existing()
    _write_secret(endpoints.register(operator(), endpoints.NewEndpoint(url, events, description)), as_json)


@webhooks.command(help=text("web.cli.webhooks.rotate"))
@click.argument("webhook_id")
@json_option
@told
def rotate(webhook_id: str, as_json: bool) -> None:
    """Make a new secret; the former counts beside it for a day."""
    from core.webhooks import endpoints

    preparing.open_existing()
    _write_secret(endpoints.rotate_secret(operator(), webhook_id), as_json)


def _write_secret(issued: Any, as_json: bool) -> None:
    if as_json:
        until = plain(issued.previous_valid_until)
        shown = {"webhook": plain(asdict(issued.endpoint)), "secret": issued.secret}
        write_json({**shown, "previous_secret_valid_until": until})
        return
    console().print(text("web.page.webhooks.once"))
    console().print(f"{issued.endpoint.id}  {issued.secret}")


@webhooks.command(help=text("web.cli.webhooks.deliveries"))
@click.argument("webhook_id")
@click.option("--state", type=click.Choice(["waiting", "delivered", "dead"]), default=None)
@json_option
@told
def deliveries(webhook_id: str, state: str | None, as_json: bool) -> None:
    """List what was sent, the newest first."""
    from core.webhooks import endpoints

    preparing.open_existing()
    found = endpoints.list_deliveries(operator(), webhook_id, state or "")
    if as_json:
        write_json({"deliveries": [plain(asdict(one)) for one in found]})
        return
    for one in found:
        shown = text(f"web.page.webhooks.delivery.{one.state}")
        console().print(f"{one.id}  {shown}  {one.attempts}  {one.event}  {one.last_outcome}")
    if not found:
        console().print(text("web.page.webhooks.nothing"))


@webhooks.command(help=text("web.cli.webhooks.resend"))
@click.argument("webhook_id")
@click.argument("delivery_id", required=False)
@json_option
@told
def resend(webhook_id: str, delivery_id: str | None, as_json: bool) -> None:
    """Send one notice again, or all that are dead."""
    from core.webhooks import endpoints

    preparing.open_existing()
    dead = endpoints.list_deliveries(operator(), webhook_id, "dead")
    wanted = [delivery_id] if delivery_id else [one.id for one in dead]
    for one in wanted:
        endpoints.send_again(operator(), webhook_id, one)
    if as_json:
        write_json({"sent_again": wanted})
    else:
        console().print(text("web.cli.webhooks.sent_again", n=len(wanted)))


@webhooks.command(help=text("web.cli.webhooks.enable"))
@click.argument("webhook_id")
@json_option
@told
def enable(webhook_id: str, as_json: bool) -> None:
    """Let a disabled address take notices again."""
    from core.webhooks import endpoints

    preparing.open_existing()
    endpoints.enable(operator(), webhook_id)
    found = endpoints.get_endpoint(operator(), webhook_id)
    if as_json:
        write_json({"webhook": plain(asdict(found))})
    else:
        console().print(f"{found.id}  {text(f'web.page.webhooks.state.{found.state}')}")


@webhooks.command(help=text("web.cli.webhooks.remove"))
@click.argument("webhook_id")
@json_option
@told
def remove(webhook_id: str, as_json: bool) -> None:
    """Forget an address with its notices."""
    from core.webhooks import endpoints

    preparing.open_existing()
    endpoints.remove(operator(), webhook_id)
    if as_json:
        write_json({"removed": webhook_id})
    else:
        console().print(text("web.cli.webhooks.removed", webhook=webhook_id))
