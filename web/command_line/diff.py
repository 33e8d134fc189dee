"""``yaozheng diff``: what a new version of a law changed, article by article."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
from rich.text import Text

from web.command_line import preparing
from web.command_line.terminal import console, json_option, text, told, write_json

KINDS = ("changed", "renumbered", "added", "removed", "unchanged")
_STYLES = {"out": "red strike", "in": "green underline"}
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(help=text("web.cli.diff.help"))
@click.argument("law")
@click.option("--from", "older", type=_DAY, help=text("web.cli.diff.older"))
@click.option("--to", "newer", type=_DAY, help=text("web.cli.diff.newer"))
@json_option
@told
def diff(law: str, older: datetime | None, newer: datetime | None, as_json: bool) -> None:
    """Compare two versions."""
    from core.database import reading
    from knowledge_base import service as knowledge

    preparing.open_existing()
    with reading() as session:
        found = knowledge.diff_versions(session, law, older and older.date(), newer and newer.date())
    if as_json:
        days = {"older": _day(found.older), "newer": _day(found.newer)}
        write_json(
            {"law": found.law, **days, "articles": [asdict(a) for a in found.articles if a.kind != KINDS[-1]]}
        )
    else:
        _show(found)


def _day(day: date | None) -> str:
    return day.isoformat() if day else text("web.cli.diff.undated")


def _show(found: Any) -> None:
    screen = console()
    screen.print(text("web.cli.diff.head", law=found.law, older=_day(found.older), newer=_day(found.newer)))
    screen.print(text("web.cli.diff.counts", **{kind: found.count(kind) for kind in KINDS}))
    for article in found.articles:
        if article.kind == KINDS[-1]:
            continue
        labels = " → ".join(dict.fromkeys(label for label in (article.older, article.newer) if label))
        screen.print()
        screen.print(f"{labels}  {text(f'web.cli.diff.{article.kind}')}", style="bold")
        screen.print(Text.assemble(*((part, _STYLES.get(kind, "")) for kind, part in article.segments)))
