"""``yaozheng prefill``: what an enterprise would find filled in, each value with its receipt."""

import json
from typing import Any

import click
from rich.table import Table

from core.privacy.service import mask_value
from i18n.service import format_percent
from web.command_line import preparing
from web.command_line.terminal import console, json_option, terminal_locale, text, told, write_json

OPERATIONS = ("initial", "change", "renewal", "replacement", "cancellation")


@click.command(help=text("web.cli.prefill.help"))
@click.argument("service_item_code")
@click.option("--uscc", required=True, help=text("web.cli.prefill.uscc"))
@click.option("--operation", type=click.Choice(OPERATIONS), help=text("web.cli.prefill.operation"))
@json_option
@told
def prefill(service_item_code: str, uscc: str, operation: str | None, as_json: bool) -> None:
    """Show the pre-filled form; JSON holds personal numbers in full, the screen masks them."""
    from forms import service as forms

    preparing.open_existing()
    found = forms.preview(service_item_code, uscc.strip().upper(), operation, terminal_locale())
    if as_json:
        write_json(_as_json(found))
        return
    table = Table(
        text("web.cli.prefill.field"), text("web.cli.prefill.value"), "", text("web.cli.prefill.receipt")
    )
    for one in found.fields:
        table.add_row(one.label, _shown(one), text(f"web.cli.prefill.outcome.{one.outcome}"), _receipt(one))
    screen = console()
    screen.print(table)
    screen.print(
        text(
            "web.cli.prefill.share", share=format_percent(found.share, terminal_locale()), n=len(found.fields)
        )
    )
    for name in found.failed_sources:
        screen.print(text("web.cli.prefill.failed", source=text(f"forms.source.{name}")))


def _as_json(found: Any) -> dict[str, Any]:
    fields = [
        {
            "key": one.key,
            "label": one.label,
            "value": one.value,
            "outcome": one.outcome,
            "receipt": one.receipt,
            "alternatives": one.alternatives,
        }
        for one in found.fields
    ]
    return {
        "service_item_code": found.item_code,
        "operation": found.operation,
        "share": round(found.share, 4),
        "failed_sources": found.failed_sources,
        "fields": fields,
    }


def _shown(one: Any) -> str:
    if one.value is None:
        return ""
    plain = one.value if isinstance(one.value, str) else json.dumps(one.value, ensure_ascii=False)
    return mask_value("id_number", plain) if one.is_sensitive else plain


def _receipt(one: Any) -> str:
    if one.receipt is None:
        return ""
    source = text(f"forms.source.{one.receipt['source']}")
    return f"{source} {one.receipt['as_of'] or ''} {one.receipt['record_id']}".strip()
