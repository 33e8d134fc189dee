"""``yaozheng items``: the service items, their forms, and mistakes in their files."""

import sys
from typing import Any

import click
from rich.table import Table

from core.errors import InvalidInput
from web.command_line import preparing
from web.command_line.terminal import (
    NOT_DONE,
    console,
    json_option,
    terminal_locale,
    text,
    told,
    write_json,
)


@click.group(help=text("web.cli.items.help"))
def items() -> None:
    """Commands about service items."""


@items.command("list", help=text("web.cli.items.list.help"))
@json_option
@told
def list_items(as_json: bool) -> None:
    """List all items with their operations."""
    from forms import service as forms

    preparing.quiet()
    locale = terminal_locale()
    found: list[dict[str, Any]] = [
        {"service_item_code": one.code, "name": one.name.get(locale), "operations": one.operations}
        for one in forms.list_service_items()
    ]
    if as_json:
        write_json({"items": found})
        return
    table = Table(*(text(f"web.cli.items.{name}") for name in ("code", "name", "operations")))
    for one in found:
        table.add_row(one["service_item_code"], one["name"], " ".join(one["operations"]))
    console().print(table)


@items.command("show", help=text("web.cli.items.show.help"))
@click.argument("service_item_code")
@json_option
@told
def show(service_item_code: str, as_json: bool) -> None:
    """Show the form of an item: every field with its type, values and rules."""
    from forms import service as forms

    preparing.quiet()
    item = forms.get_service_item(service_item_code)
    if item.form is None:
        raise InvalidInput("forms.item_not_online")
    fields = [_field(one) for one in item.form.fields]
    if as_json:
        write_json({"service_item_code": item.code, "operations": item.operations, "fields": fields})
        return
    table = Table(*(text(f"web.cli.items.{name}") for name in ("key", "name", "type", "required")))
    for definition in item.form.fields:
        needed = text("web.cli.items.yes") if definition.required else ""
        table.add_row(definition.key, definition.label.get(terminal_locale()), definition.type, needed)
    console().print(table)


def _field(definition: Any) -> dict[str, Any]:
    locale = terminal_locale()
    return {
        "key": definition.key,
        "label": definition.label.get(locale),
        "help": definition.help.get(locale),
        "type": definition.type,
        "required": definition.required,
        "set_by": definition.set_by,
        "pattern": definition.pattern,
        "options": [{"value": one.value, "label": one.label.get(locale)} for one in definition.options],
        "parts": [
            {"key": one.key, "label": one.label.get(locale), "required": one.required}
            for one in definition.parts
        ],
        "when": [one.model_dump(exclude_none=True) for one in definition.when],
        "example": definition.example,
    }


@items.command("lint", help=text("web.cli.items.lint.help"))
@json_option
@told
def lint(as_json: bool) -> None:
    """Name every mistake in the items; exit code 1 where there is one."""
    from forms import service as forms

    preparing.quiet()
    found = forms.lint_items()
    if as_json:
        write_json(
            {
                "mistakes": [
                    {"item": m.item, "place": m.place, "code": m.code, "about": m.about} for m in found
                ]
            }
        )
    else:
        screen = console()
        for mistake in found:
            said = text(f"forms.lint.{mistake.code}", about=mistake.about)
            screen.print(
                text("web.cli.items.lint.mistake", item=mistake.item, place=mistake.place, said=said)
            )
        screen.print(text("web.cli.items.lint.done", n=len(found)))
    if found:
        sys.exit(NOT_DONE)
