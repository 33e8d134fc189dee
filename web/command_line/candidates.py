"""``yaozheng knowledge candidates``: questions that lack an entry."""

from dataclasses import asdict

import click

from web.command_line import preparing
from web.command_line.terminal import console, json_option, plain, text, told, write_json

STATES = ("open", "drafted", "answered", "dismissed", "all")


@click.command(help=text("web.cli.knowledge.candidates"))
@click.option("--state", type=click.Choice(STATES), default="open", help=text("web.cli.knowledge.state"))
@click.option("--gather", is_flag=True, help=text("web.cli.knowledge.gather"))
@json_option
@told
def candidates(state: str, gather: bool, as_json: bool) -> None:
    """List candidates; first take in what is new where that is wished."""
    from core.identity import Actor, Role

    preparing.open_existing()
    from bot.handoff.service import gather_candidates
    from knowledge_base.improvement.service import list_candidates

    taken = gather_candidates() if gather else 0
    found = list_candidates(Actor(role=Role.EDITOR), state=state)
    if as_json:
        write_json({"gathered": taken, "candidates": [plain(asdict(line)) for line in found]})
        return
    screen = console()
    if gather:
        screen.print(text("web.cli.knowledge.gathered", n=taken))
    for line in found:
        screen.print(f"{line.count:>4}  {line.language}  {line.candidate_id}  {line.question}", markup=False)
    if not found:
        screen.print(text("web.page.candidates.empty"))
