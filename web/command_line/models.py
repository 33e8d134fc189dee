"""``yaozheng models``: the register of models and rules, trials, switches, the evidence pack."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from core.errors import InvalidInput
from i18n.service import format_moment
from web.command_line import preparing
from web.command_line.terminal import (
    console,
    json_option,
    plain,
    progress,
    terminal_locale,
    text,
    told,
    write_json,
)

_KINDS = ("encoder", "purpose", "thresholds", "ranking", "rasa", "push", "endpoint")
_SWITCHED = ("encoder", "purpose", "thresholds", "rasa")
_as = click.option("--as", "login", required=True, help=text("web.cli.knowledge.as"))


def _actor(login: str) -> Any:
    from core.identity.service import actor_named

    preparing.open_existing()
    return actor_named(login)


def _reader() -> Any:
    from core.identity import Actor, Role

    preparing.open_existing()
    return Actor(role=Role.AUDITOR)


@click.group(help=text("web.cli.models.help"))
def models() -> None:
    """Commands about the register."""


def _line(one: Any) -> str:
    mark = "*" if one.is_serving else " "
    state = text(f"web.page.models.state.{one.state}")
    return f"{mark} {one.id}  {one.kind:<10}  {state}  {one.model_id} {one.version}  {one.sha256[:16]}"


@models.command("list", help=text("web.cli.models.list"))
@click.option("--kind", type=click.Choice(_KINDS), default=None, help=text("web.cli.models.kind"))
@json_option
@told
def list_all(kind: str | None, as_json: bool) -> None:
    """List the register; a star marks what serves."""
    from core.model_register import shelf

    found = shelf.list_entries(_reader(), kind=kind or "")
    if as_json:
        write_json({"models": [plain(asdict(one)) for one in found]})
        return
    for one in found:
        console().print(_line(one))
    if not found:
        console().print(text("web.page.models.none"))


@models.command(help=text("web.cli.models.show"))
@click.argument("entry_id")
@json_option
@told
def show(entry_id: str, as_json: bool) -> None:
    """Show one entry with its history and trials."""
    from core.model_register import shelf

    reader = _reader()
    entry, trials = shelf.get_entry(reader, entry_id), shelf.runs(reader, entry_id=entry_id)
    steps = shelf.history(entry_id)
    if as_json:
        body = {"model": plain(asdict(entry)), "history": [plain(asdict(one)) for one in steps]}
        write_json({**body, "trials": [plain(asdict(one)) for one in trials]})
        return
    console().print(_line(entry))
    for step in steps:
        at = format_moment(step.at, terminal_locale())
        console().print(f"{at}  {text(f'web.page.models.did.{step.step}')}  {step.who}")
    for one in trials:
        console().print(_run_line(one))


def _run_line(run: Any) -> str:
    problem = f"  {text(run.problem)}" if run.problem else ""
    state, action = text(f"web.page.models.run.{run.state}"), text(f"web.page.models.action.{run.action}")
    return f"{run.id}  {action}  {state}{problem}"


@models.command(help=text("web.cli.models.register"))
@click.argument("kind", type=click.Choice((*_SWITCHED, "endpoint")))
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
@click.option(
    "--card",
    "card",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help=text("web.cli.models.card"),
)
@_as
@json_option
@told
def register(kind: str, path: Path | None, card: Path, login: str, as_json: bool) -> None:
    """Propose a model, rules or an endpoint."""
    from core.model_register import lifecycle

    actor = _actor(login)
    try:
        told_card = json.loads(card.read_text("utf-8"))
    except ValueError as error:
        raise InvalidInput("core.register.card", field=card.name) from error
    if not isinstance(told_card, dict):
        raise InvalidInput("core.register.card", field=card.name)
    _answer(lifecycle.propose(actor, kind, told_card, path), as_json=as_json)


@models.command(help=text("web.cli.models.evaluate"))
@click.argument("entry_id")
@click.option(
    "--report",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help=text("web.cli.models.report"),
)
@_as
@json_option
@told
def evaluate(entry_id: str, report: Path | None, login: str, as_json: bool) -> None:
    """Try an entry beside the one that serves."""
    from core.model_register import lifecycle

    actor = _actor(login)
    if report is not None:
        lifecycle.attach_report(actor, entry_id, report)
    _trial(actor, entry_id, "evaluate", as_json=as_json)


@models.command(help=text("web.cli.models.release"))
@click.argument("entry_id")
@_as
@json_option
@told
def release(entry_id: str, login: str, as_json: bool) -> None:
    """Release what another person proposed."""
    from core.model_register import lifecycle

    lifecycle.release(_actor(login), entry_id)
    _answer(entry_id, as_json=as_json)


@models.command(help=text("web.cli.models.retire"))
@click.argument("entry_id")
@click.option("--reason", required=True, help=text("web.cli.models.reason"))
@_as
@json_option
@told
def retire(entry_id: str, reason: str, login: str, as_json: bool) -> None:
    """End an entry."""
    from core.model_register import lifecycle

    lifecycle.retire(_actor(login), entry_id, reason)
    _answer(entry_id, as_json=as_json)


@models.command(help=text("web.cli.models.switch"))
@click.argument("entry_id")
@_as
@json_option
@told
def switch(entry_id: str, login: str, as_json: bool) -> None:
    """Serve a released entry, if it passes its trial."""
    _trial(_actor(login), entry_id, "switch", as_json=as_json)


@models.command(help=text("web.cli.models.rollback"))
@click.argument("kind", type=click.Choice(_SWITCHED))
@_as
@json_option
@told
def rollback(kind: str, login: str, as_json: bool) -> None:
    """Serve the former entry again."""
    from knowledge_base.served import switching

    serves = switching.rollback(_actor(login), kind)
    if as_json:
        write_json({"kind": kind, "serves": serves or "shipped"})
    else:
        console().print(text("web.cli.models.rolled_back", serves=serves or text("web.page.models.shipped")))


@models.command(help=text("web.cli.models.evidence"))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--public", "is_public", is_flag=True, help=text("web.cli.models.public"))
@json_option
@told
def evidence(target: Path, is_public: bool, as_json: bool) -> None:
    """Write the evidence pack."""
    from knowledge_base.served.evidence import pack

    reader = _reader()
    content = pack(None if is_public else reader)
    target.write_bytes(content)
    if as_json:
        write_json({"file": str(target), "bytes": len(content)})
    else:
        console().print(str(target))


def _trial(actor: Any, entry_id: str, step: str, *, as_json: bool) -> None:
    """Run a trial here, with what an index build shows; end with 1 where it did not pass."""
    from core.model_register.states import Step
    from knowledge_base.served import switching

    with progress(is_quiet=as_json) as bar:
        task = bar.add_task(text("web.cli.index.building"), total=None)

        def show_step(one: Any) -> None:
            stage = text(f"web.cli.index.stage.{one.stage}")
            bar.update(task, description=stage, completed=one.done, total=one.total)

        run = switching.at_once(actor, entry_id, Step(step), show_step)
    if as_json:
        write_json(plain(asdict(run)))
    else:
        console().print(_run_line(run))
        for name, figures in run.report.items():
            console().print(f"  {name}: {json.dumps(figures, ensure_ascii=False)}")
    if run.state != "passed":
        raise SystemExit(1)


def _answer(entry_id: str, *, as_json: bool) -> None:
    from core.model_register import shelf

    entry = shelf.get_entry(_reader(), entry_id)
    if as_json:
        write_json({"model": plain(asdict(entry))})
    else:
        console().print(_line(entry))
