"""``yaozheng knowledge``: curated answers from a draft to release and out again."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from core import clock
from web.command_line import preparing
from web.command_line.candidates import candidates
from web.command_line.index import built
from web.command_line.terminal import NOT_DONE, console, json_option, plain, text, told, write_json

STATES = ("draft", "in_review", "approved", "released", "retired")
_DAY = click.DateTime(["%Y-%m-%d"])


def _as(command: Callable[..., Any]) -> Callable[..., Any]:
    option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
        "--as", "login", required=True, help=text("web.cli.knowledge.as")
    )
    return option(command)


def _desk() -> Any:
    from knowledge_base.curation import service

    return service


def _actor(login: str) -> Any:
    from core.identity.service import actor_named

    preparing.open_existing()
    return actor_named(login)


def _reader() -> Any:
    """Return the actor of commands that only read: whoever may run commands here may read all of it."""
    from core.identity import Actor, Role

    preparing.open_existing()
    return Actor(role=Role.EDITOR)


@click.group(help=text("web.cli.knowledge.help"))
def knowledge() -> None:
    """Work on curated answers."""


knowledge.add_command(candidates)


@knowledge.command("list", help=text("web.cli.knowledge.list"))
@click.option("--state", type=click.Choice(STATES), help=text("web.cli.knowledge.state"))
@click.option("--flagged", is_flag=True, help=text("web.cli.knowledge.flagged"))
@click.option("--text", "words", default="", help=text("web.cli.knowledge.text"))
@json_option
@told
def list_all(state: str | None, flagged: bool, words: str, as_json: bool) -> None:
    """List entries."""
    from knowledge_base.curation.states import State

    actor = _reader()
    found = _desk().list_entries(actor, state=State(state) if state else None, text=words, flagged=flagged)
    if as_json:
        write_json({"entries": [plain(asdict(line)) for line in found]})
        return
    screen = console()
    for line in found:
        flags = f"  ! {', '.join(line.flags)}" if line.flags else ""
        name = text(f"web.page.knowledge.state.{line.state}")
        screen.print(f"{line.key}  v{line.number}  {name}  {line.question['zh']}{flags}")
    if not found:
        screen.print(text("web.page.knowledge.empty"))


@knowledge.command(help=text("web.cli.knowledge.show"))
@click.argument("entry_id")
@json_option
@told
def show(entry_id: str, as_json: bool) -> None:
    """Show an entry with its history."""
    view = _desk().get_entry(_reader(), entry_id)
    if as_json:
        write_json(plain(asdict(view)))
        return
    screen, latest = console(), view.latest
    name = text(f"web.page.knowledge.state.{latest.state}")
    screen.print(f"{view.key}  v{latest.number}  {name}")
    for language in ("zh", "en"):
        screen.print(latest.content.question[language], style="bold")
        screen.print(latest.content.answer[language])
    screen.print(", ".join(latest.content.basis))
    for event in view.events:
        step = text(f"web.page.knowledge.step.{event.step}")
        moment = event.at.astimezone(clock.CHINA).isoformat(timespec="minutes")
        screen.print(f"{moment}  v{event.version}  {event.actor}  {step}  {event.reason}")


@knowledge.command(help=text("web.cli.knowledge.draft"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_as
@json_option
@told
def draft(file: Path, login: str, as_json: bool) -> None:
    """Write drafts from a file: new entries, or the next version of those that exist."""
    from knowledge_base.sources.shipped import read_entries

    actor = _actor(login)
    keys = [_write(actor, fields) for fields in read_entries(file)]
    if as_json:
        write_json({"entries": keys})
    else:
        for key in keys:
            console().print(text("web.cli.knowledge.drafted", key=key))


def _write(actor: Any, fields: Mapping[str, Any]) -> str:
    desk, key = _desk(), str(fields.get("id") or "")
    if not desk.is_known(key):
        return str(desk.get_entry(actor, desk.create(actor, fields, key=key)).key)
    if desk.get_entry(actor, key).may_revise:
        desk.revise(actor, key)
    desk.edit(actor, key, fields, lock=desk.get_entry(actor, key).latest.lock)
    return key


@knowledge.command(help=text("web.cli.knowledge.submit"))
@click.argument("entry_id")
@_as
@json_option
@told
def submit(entry_id: str, login: str, as_json: bool) -> None:
    """Hand a draft in for review."""
    actor = _actor(login)
    _desk().submit(actor, entry_id, lock=_lock(actor, entry_id))
    _say(actor, entry_id, as_json=as_json)


@knowledge.command(help=text("web.cli.knowledge.review"))
@click.argument("entry_id")
@click.option("--send-back", "reason", help=text("web.cli.knowledge.send_back"))
@_as
@json_option
@told
def review(entry_id: str, reason: str | None, login: str, as_json: bool) -> None:
    """Approve, or send back with a reason."""
    actor = _actor(login)
    lock = _lock(actor, entry_id)
    if reason is None:
        _desk().approve(actor, entry_id, lock=lock)
    else:
        _desk().send_back(actor, entry_id, lock=lock, reason=reason)
    _say(actor, entry_id, as_json=as_json)


@knowledge.command(help=text("web.cli.knowledge.release"))
@click.argument("entry_id")
@click.option("--on", type=_DAY, help=text("web.cli.knowledge.on"))
@_as
@json_option
@click.pass_context
@told
def release(ctx: click.Context, entry_id: str, on: datetime | None, login: str, as_json: bool) -> None:
    """Try the regression set and release; exit code 1 where it is refused."""
    actor = _actor(login)
    lock, day = _lock(actor, entry_id), _day(on)
    is_released = _desk().release_now(actor, entry_id, lock=lock, effective_from=day)
    if is_released:
        built(is_quiet=as_json)
    run = _desk().get_entry(actor, entry_id).run
    if as_json:
        write_json({"released": is_released, "run": plain(asdict(run))})
    else:
        _show_run(run)
    if not is_released:
        ctx.exit(NOT_DONE)


@knowledge.command(help=text("web.cli.knowledge.retire"))
@click.argument("entry_id")
@click.option("--on", type=_DAY, help=text("web.cli.knowledge.on"))
@click.option("--reason", required=True, help=text("web.cli.knowledge.reason"))
@_as
@json_option
@told
def retire(entry_id: str, on: datetime | None, reason: str, login: str, as_json: bool) -> None:
    """End a released entry."""
    actor = _actor(login)
    _desk().retire(actor, entry_id, lock=_lock(actor, entry_id), on=_day(on), reason=reason)
    built(is_quiet=True)
    _say(actor, entry_id, as_json=as_json)


@knowledge.command(help=text("web.cli.knowledge.check"))
@json_option
@click.pass_context
@told
def check(ctx: click.Context, as_json: bool) -> None:
    """Name the released entries whose provisions changed; exit code 1 where there are any."""
    actor = _reader()
    _desk().flag_changed()
    found = _desk().list_entries(actor, flagged=True)
    if as_json:
        write_json({"entries": [plain(asdict(line)) for line in found]})
    else:
        for line in found:
            console().print(f"{line.key}  {', '.join(line.flags)}")
        console().print(text("web.cli.knowledge.checked", n=len(found)))
    if found:
        ctx.exit(NOT_DONE)


@knowledge.command(help=text("web.cli.knowledge.regression"))
@json_option
@told
def regression(as_json: bool) -> None:
    """Put the regression set to the index that serves."""
    from knowledge_base.curation import release as trials

    preparing.open_existing()
    outcome = trials.try_all()
    if as_json:
        write_json(asdict(outcome))
        return
    screen = console()
    for one in outcome.broken:
        screen.print(f"{one['language']}  {one['text']}  → {one['after'] or '-'}  ({one['expected']})")
    screen.print(text("web.cli.knowledge.tried", questions=outcome.questions, led=outcome.led))


def _lock(actor: Any, entry_id: str) -> int:
    return int(_desk().get_entry(actor, entry_id).latest.lock)


def _day(on: datetime | None) -> date:
    return on.date() if on else clock.today()


def _say(actor: Any, entry_id: str, *, as_json: bool) -> None:
    view = _desk().get_entry(actor, entry_id)
    state = view.latest.state
    if as_json:
        write_json({"key": view.key, "state": state})
    else:
        name = text(f"web.page.knowledge.state.{state}")
        console().print(text("web.cli.knowledge.now", key=view.key, state=name))


def _show_run(run: Any) -> None:
    screen = console()
    screen.print(text(f"web.page.knowledge.run.{run.state}", questions=run.questions, led=run.led))
    if run.problem:
        screen.print(text(run.problem))
    for one in run.broken:
        screen.print(f"{one['text']}: {one['before'] or '-'} → {one['after'] or '-'}  ({one['expected']})")
