"""The reference of the API for those who build on it, made of the published document."""

from typing import Any

from flask import Blueprint, Response

from core.errors import NotAvailable
from core.identity import keys
from core.settings import get_settings
from core.webhooks.events import SUBSCRIBED
from core.webhooks.service import PAUSES_S
from web.pages.viewer import page, viewer
from web.reference.describing import all_operations, tags
from web.security.access import Access, access

HERE = "/api-reference"
FACTS: dict[str, Any] = {
    "keys": keys,
    "events": SUBSCRIBED,
    "pauses_s": PAUSES_S,
    "scopes": [one.value for one in keys.Scope],
}


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HERE)(reference)
    blueprint.get(f"{HERE}/<operation_id>")(operation)


def base() -> str:
    """Return the address of the API as callers reach it."""
    return f"{get_settings().public_url.rstrip('/')}/api/v1"


@access(Access.PUBLIC)
def reference() -> Response:
    """Show how to call, keys, notices, and the operations by tag."""
    locale = viewer().locale
    found = all_operations(base(), locale)
    grouped = {
        tag: (name, [one for one in found.values() if one.tag == tag]) for tag, name in tags(locale).items()
    }
    return page("reference/index.html", base=base(), groups=grouped, **FACTS)


@access(Access.PUBLIC)
def operation(operation_id: str) -> Response:
    """Show one operation with examples."""
    found = all_operations(base(), viewer().locale).get(operation_id)
    if found is None:
        raise NotAvailable
    return page("reference/operation.html", operation=found, tag_name=tags(viewer().locale)[found.tag])
