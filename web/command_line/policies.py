"""``yaozheng policies``: tags and requirements of policies."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click

from web.command_line import preparing
from web.command_line.terminal import console, json_option, plain, terminal_locale, text, told, write_json

_DAY = click.DateTime(["%Y-%m-%d"])


def _actor(login: str) -> Any:
    from core.identity.service import actor_named

    preparing.open_existing()
    return actor_named(login)


def _reader() -> Any:
    from core.identity import Actor, Role

    preparing.open_existing()
    return Actor(role=Role.EDITOR)


@click.group(help=text("push.cli.policies.help"))
def policies() -> None:
    """Work on tags and requirements."""


@policies.command("tags", help=text("push.cli.policies.tags"))
@json_option
@told
def vocabulary(as_json: bool) -> None:
    """List the vocabulary."""
    from knowledge_base.push.tags import tags

    if as_json:
        write_json({"tags": [{"id": tag.id, **tag.words} for tag in tags().values()]})
        return
    for tag in tags().values():
        console().print(f"{tag.id:<32} {tag.name(terminal_locale())}", markup=False)


@policies.command("list", help=text("push.cli.policies.list"))
@click.option("--text", "words", default="", help=text("push.cli.policies.text"))
@json_option
@told
def list_all(words: str, as_json: bool) -> None:
    """List documents."""
    from knowledge_base.push.tagging import list_documents

    found = list_documents(_reader(), text=words)
    if as_json:
        write_json({"documents": [plain(asdict(line)) for line in found]})
        return
    for line in found:
        console().print(f"{line.document_id}  {line.title}  {' '.join(line.tags)}", markup=False)
    if not found:
        console().print(text("push.page.policies_none"))


@policies.command(help=text("push.cli.policies.show"))
@click.argument("document")
@json_option
@told
def show(document: str, as_json: bool) -> None:
    """Show one document, by id or title."""
    _show(_reader(), document, as_json=as_json)


def _show(actor: Any, document: str, *, as_json: bool) -> None:
    from knowledge_base.push.requirements import list_requirements
    from knowledge_base.push.tagging import get_document

    found = get_document(actor, document)
    demands = list_requirements(actor, document)
    if as_json:
        write_json({**plain(asdict(found)), "requirements": [plain(asdict(one)) for one in demands]})
        return
    screen = console()
    screen.print(found.title, style="bold")
    for tag in found.confirmed:
        screen.print(f"{text('push.cli.confirmed')}  {tag}")
    for tag in found.refused:
        screen.print(f"{text('push.cli.refused')}  {tag}")
    for one in found.suggested:
        screen.print(f"{text('push.cli.suggested')}  {one.tag}  {one.cue}")
    for demand in demands:
        day = demand.due_on or demand.applies_from
        screen.print(f"{day}  {demand.words(terminal_locale())}", markup=False)


@policies.command(help=text("push.cli.policies.tag"))
@click.argument("document")
@click.option("--confirm", multiple=True, help=text("push.cli.policies.confirm"))
@click.option("--refuse", multiple=True, help=text("push.cli.policies.refuse"))
@click.option("--as", "login", required=True, help=text("web.cli.knowledge.as"))
@json_option
@told
def tag(document: str, confirm: tuple[str, ...], refuse: tuple[str, ...], login: str, as_json: bool) -> None:
    """Keep an editor's word on tags."""
    from knowledge_base.push.tagging import decide

    actor = _actor(login)
    decide(actor, document, confirm=confirm, refuse=refuse)
    _show(actor, document, as_json=as_json)


@policies.command(help=text("push.cli.policies.require"))
@click.argument("document")
@click.option("--zh", required=True, help=text("push.cli.policies.zh"))
@click.option("--en", required=True, help=text("push.cli.policies.en"))
@click.option("--article", default="", help=text("push.cli.policies.article"))
@click.option("--from", "applies_from", type=_DAY, help=text("push.cli.policies.from"))
@click.option("--by", "due_on", type=_DAY, help=text("push.cli.policies.by"))
@click.option("--as", "login", required=True, help=text("web.cli.knowledge.as"))
@json_option
@told
def require(document: str, login: str, as_json: bool, **typed: Any) -> None:
    """Record a requirement."""
    from knowledge_base.push.requirements import add

    actor = _actor(login)
    add(
        actor,
        document,
        {"zh": typed["zh"], "en": typed["en"]},
        article=typed["article"],
        applies_from=_date(typed["applies_from"]),
        due_on=_date(typed["due_on"]),
    )
    _show(actor, document, as_json=as_json)


@policies.command("try", help=text("push.cli.policies.try"))
@click.argument("condition")
@json_option
@told
def try_condition(condition: str, as_json: bool) -> None:
    """Count whom a condition names; nobody is told."""
    from bot.notices.audience import dry_run

    found = dry_run(_reader(), condition, terminal_locale())
    if as_json:
        write_json(asdict(found))
        return
    screen = console()
    screen.print(text("push.page.counted", n=found.audience, all=found.population))
    screen.print(found.what, markup=False)
    for one in found.sample:
        screen.print(f"{one.name}  {one.why}", markup=False)


def _date(day: datetime | None) -> date | None:
    return day.date() if day else None
