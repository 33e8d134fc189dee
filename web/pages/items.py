"""Guides of service items, and the routing questions before a filing is opened.

The answers travel in the address until the draft opens, so that "back" works and nothing is stored yet.
"""

import secrets
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.errors import InvalidInput, NotAvailable
from forms import service as forms
from forms.service import GuidanceOutcome
from i18n.service import content_language
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access
from web.security.sessions import current_session


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/service-items")(item_list)
    blueprint.get("/service-item-catalogue")(catalogue)
    blueprint.get("/service-items/<code>")(guide)
    blueprint.get("/service-items/<code>/start")(start)
    blueprint.post("/service-items/<code>/start")(open_filing)


@lru_cache(maxsize=1)
def _guides() -> dict[str, dict[str, Any]]:
    return {made["service_item_code"]: made for made in forms.export_guides()}


@access(Access.PUBLIC)
def item_list() -> Response:
    """List what can be done, by field."""
    domains: dict[str, list[Any]] = {}
    for item in forms.list_service_items():
        domains.setdefault(item.domain, []).append(item)
    return page("items/list.html", domains=domains, bundles=forms.list_bundles())


@access(Access.PUBLIC)
def catalogue() -> Response:
    """Show all items at a glance: operations, results, time limits, what their forms hold."""
    return page("items/catalogue.html", overviews=forms.item_overviews(viewer().locale))


@access(Access.PUBLIC)
def guide(code: str) -> Response:
    """Show one item's guide."""
    item = forms.get_service_item(code)
    language = content_language(viewer().locale)
    aspects = [
        {
            "id": aspect["aspect"],
            "title": viewer().t(f"forms.guide.aspect.{aspect['aspect']}"),
            "blocks": aspect["blocks"][language],
        }
        for aspect in _guides()[code]["aspects"]
    ]
    return page("items/guide.html", item=item, aspects=aspects)


@access(Access.SIGNED_IN)
def start(code: str) -> Response:
    """Ask who files, then the next routing question, then offer to open the draft."""
    who = viewer()
    item = forms.get_service_item(code)
    if item.form is None:
        raise NotAvailable
    enterprises = forms.list_enterprises(who.actor)
    enterprise = _chosen_enterprise(enterprises)
    answers = _answers(item, request.args)
    step = forms.guidance_step(code, answers, who.locale)
    return page(
        "items/start.html",
        item=item,
        enterprises=enterprises,
        enterprise=enterprise,
        answers=answers,
        answered=_answered(item, answers),
        step=step,
        is_outcome=isinstance(step, GuidanceOutcome),
        other=_other_item(step),
        idempotency_key=secrets.token_urlsafe(16),
        bundle=_bundle(request.args.get("bundle", "")),
    )


def _bundle(raw: str) -> tuple[str, str] | None:
    """Return code and id of the bundle that the filing shall belong to, as the bundle's page wrote them."""
    code, _, bundle_id = raw.partition(":")
    known = {made.code for made in forms.list_bundles()}
    return (code, bundle_id) if code in known and 4 < len(bundle_id) <= 40 else None


def _chosen_enterprise(enterprises: list[forms.EnterpriseView]) -> forms.EnterpriseView | None:
    asked = request.args.get("enterprise_id", "")
    if not asked and len(enterprises) == 1:
        return enterprises[0]
    asked = asked or current_session().enterprise_id
    return next((one for one in enterprises if one.id == asked), None)


def _answers(item: forms.ServiceItem, given: Any) -> dict[str, str]:
    keys = [point.key for point in item.decision_points]
    return {key: given[f"a.{key}"] for key in keys if given.get(f"a.{key}")}


def _answered(item: forms.ServiceItem, answers: dict[str, str]) -> list[tuple[str, str]]:
    locale = viewer().locale
    return [
        (point.ask.get(locale), option.label.get(locale))
        for point in item.decision_points
        for option in point.options
        if answers.get(point.key) == option.value
    ]


def _other_item(step: object) -> forms.ServiceItem | None:
    code = step.item_code if isinstance(step, GuidanceOutcome) else ""
    return forms.get_service_item(code) if code else None


@access(Access.SIGNED_IN)
def open_filing(code: str) -> BaseResponse:
    """Open the draft and go to its form."""
    who = viewer()
    answers = _answers(forms.get_service_item(code), request.form)
    step = forms.guidance_step(code, answers, who.locale)
    if not isinstance(step, GuidanceOutcome) or step.kind != "proceed":
        raise InvalidInput("web.page.start.answer_first")
    bundle = _bundle(request.form.get("bundle", ""))
    filing = forms.start_filing(
        who.actor,
        enterprise_id=request.form.get("enterprise_id", ""),
        item_code=code,
        answers=answers,
        idempotency_key=request.form.get("idempotency_key") or secrets.token_urlsafe(16),
        origin=forms.Origin("web", bundle_id=bundle[1] if bundle else None),
        locale=who.locale,
    )
    return to(f"/filings/{filing.id}")
