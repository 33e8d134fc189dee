"""``yaozheng ask``: one question, or a file of them."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from core.blocks import plain_text
from core.errors import InvalidInput
from i18n.service import locales, normalise_locale, translate
from web.command_line import preparing
from web.command_line.terminal import console, json_option, progress, terminal_locale, text, told, write_json

LISTED_BELOW = frozenset({"citation", "choices"})
FILE_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command(help=text("web.cli.ask.help"))
@click.argument("question", required=False)
@click.option("--locale", type=click.Choice(["zh", *locales()]), help=text("web.cli.ask.locale"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=text("web.cli.ask.as_of"))
@click.option("--batch", type=FILE_IN, help=text("web.cli.ask.batch"))
@click.option("--out", type=FILE_OUT, help=text("web.cli.ask.out"))
@json_option
@told
def ask(
    question: str | None,
    locale: str | None,
    as_of: datetime | None,
    batch: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Answer one question, or a file of questions."""
    chosen = normalise_locale(locale) if locale else terminal_locale()
    if batch is not None and out is not None and question is None:
        _answer_file(batch, out, as_json=as_json)
    elif question is not None and batch is None and out is None:
        _answer_one(question, chosen, as_of.date() if as_of else None, as_json=as_json)
    else:
        raise InvalidInput("web.cli.ask.one_or_batch")


def _answer_one(question: str, locale: str, as_of: date | None, *, as_json: bool) -> None:
    from knowledge_base import service as knowledge

    preparing.open_knowledge()
    knowledge.warm_up()
    answer = knowledge.answer(knowledge.Question(question, locale, as_of=as_of))
    if as_json:
        write_json(_one_json(answer))
        return
    screen = console()
    screen.print(plain_text(block for block in answer.blocks if block["type"] not in LISTED_BELOW))
    for number, citation in enumerate(answer.citations, 1):
        screen.print()
        screen.print(_heading(number, citation, answer.locale), style="bold")
        if citation.quote:
            screen.print(_indented(citation.quote))
        for line in filter(None, (citation.name, citation.summary, citation.note)):
            screen.print(_indented(line), style="dim")
    if answer.choices:
        screen.print()
        screen.print("\n".join(f"○ {choice.label}" for choice in answer.choices))
    if answer.follow_ups:
        screen.print()
        screen.print(translate("web.cli.ask.follow_ups", answer.locale))
        screen.print("\n".join(f"· {one}" for one in answer.follow_ups))
    screen.print()
    screen.print(translate("web.cli.ask.assists", answer.locale), style="dim")


def _one_json(answer: Any) -> dict[str, Any]:
    message = answer.to_message()
    return {
        "status": answer.status.value,
        "text": answer.text,
        "blocks": answer.blocks,
        "citations": message["answer"]["citations"],
        "follow_ups": answer.follow_ups,
        "choices": [choice.label for choice in answer.choices],
        "retrieved": [ranked.to_json() for ranked in answer.retrieved],
        "trace_id": answer.trace_id,
        "latency_ms": answer.latency_ms,
    }


def _heading(number: int, citation: Any, locale: str) -> str:
    details = [citation.document_number]
    if citation.effective_from:
        details.append(translate("web.cli.ask.effective", locale, date=citation.effective_from))
    if citation.status != "current":
        details.append(translate(f"web.cli.ask.{citation.status}", locale))
    known = " · ".join(filter(None, details))
    title = translate("web.cli.ask.title", locale, title=citation.title, article=citation.article_label)
    return f"[{number}] {title}" + (f" ({known})" if known else "")


def _indented(quote: str) -> str:
    return "\n".join(f"    {line}" for line in quote.splitlines())


def _answer_file(source: Path, out: Path, *, as_json: bool) -> None:
    from knowledge_base import service as knowledge

    rows = list(_rows(source))
    preparing.open_knowledge()
    knowledge.warm_up()
    began, statuses = time.monotonic(), Counter[str]()
    temporary = out.with_name(f"{out.name}.part")
    out.parent.mkdir(parents=True, exist_ok=True)
    with temporary.open("w", encoding="utf-8") as stream, progress(is_quiet=as_json) as bar:
        task = bar.add_task(text("web.cli.ask.answering"), total=len(rows))
        for row in knowledge.answer_batch(rows):
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            statuses[row["status"]] += 1
            bar.advance(task)
    temporary.replace(out)
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        write_json({"out": str(out), "questions": len(rows), "seconds": seconds, "statuses": dict(statuses)})
        return
    screen = console()
    screen.print(text("web.cli.ask.answered", n=len(rows), seconds=seconds, out=out))
    for status, count in statuses.most_common():
        screen.print(f"{count:6}  {status}")


def _rows(source: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = source.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInput("web.cli.ask.not_utf8", file=source) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InvalidInput("web.cli.ask.bad_line", line=number) from error
        if not isinstance(row, dict):
            raise InvalidInput("web.cli.ask.bad_line", line=number)
        yield row
