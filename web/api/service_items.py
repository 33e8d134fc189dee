"""Service items, their guides and their routing questions."""

from functools import lru_cache
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from core.errors import NotAvailable
from core.identity.keys import Scope
from forms import service as forms
from forms.service import ServiceItem
from i18n.service import content_language
from web.api import serialise
from web.api.body import read_body
from web.locale import current_locale
from web.security.access import Access, access
from web.security.keys import by_key

blueprint = Blueprint("api_service_items", __name__, url_prefix="/api/v1")


def _summary(item: ServiceItem, locale: str) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name.get(locale),
        "domain": item.domain,
        "can_be_filed_here": item.form is not None,
    }


@lru_cache(maxsize=1)
def _guides() -> dict[str, dict[str, Any]]:
    return {guide["service_item_code"]: guide for guide in forms.export_guides()}


def _aspect(aspect: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "aspect": aspect["aspect"],
        "title": aspect["title"][language],
        "blocks": aspect["blocks"][language],
        "text": aspect["text"][language],
        "basis": aspect["basis"],
        "verified": aspect["verified"],
    }


@blueprint.get("/service-items")
@access(Access.PUBLIC)
@by_key(Scope.SERVICE_ITEMS)
def service_items() -> ResponseReturnValue:
    """All service items; those that can be filed here come first."""
    locale = current_locale()
    return {"service_items": [_summary(item, locale) for item in forms.list_service_items()]}


@blueprint.get("/service-items/<code>")
@access(Access.PUBLIC)
@by_key(Scope.SERVICE_ITEMS)
def service_item(code: str) -> ResponseReturnValue:
    """One service item with its guide, aspect by aspect."""
    locale = current_locale()
    item = forms.get_service_item(code)
    guide = _guides().get(code)
    if guide is None:
        raise NotAvailable
    aspects = [_aspect(aspect, content_language(locale)) for aspect in guide["aspects"]]
    return {"service_item": {**_summary(item, locale), "aspects": aspects}}


@blueprint.post("/service-items/<code>/guidance")
@access(Access.PUBLIC)
@by_key(Scope.SERVICE_ITEMS)
def guidance(code: str) -> ResponseReturnValue:
    """The next routing question after the given answers, or where they lead."""
    answers = read_body("Guidance")["answers"]
    return serialise.guidance(forms.guidance_step(code, answers, current_locale()))
