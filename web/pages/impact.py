"""Changed laws and the drafts that they affect."""

from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from bot.notices import service as notices
from forms import service as forms
from forms.filing.affected import Use
from knowledge_base.passages.labels import provision_name
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/policies/changes"


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(changes)
    blueprint.get(f"{HOME}/<document_id>")(change)
    blueprint.post(f"{HOME}/<document_id>/notices")(tell)


@access(Access.EDITOR)
def changes() -> Response:
    """List laws that changed lately."""
    return page("policies/changes.html", changes=notices.list_changes(viewer().actor))


@access(Access.EDITOR)
def change(document_id: str) -> Response:
    """Show what changed and the drafts that rest on it."""
    return _change(document_id)


def _change(document_id: str, told: int | None = None) -> Response:
    who = viewer()
    return page(
        "policies/change.html",
        change=notices.get_change(who.actor, document_id),
        item_names={one.code: one.name.get(who.locale) for one in forms.list_service_items()},
        provision_name=provision_name,
        place=_place,
        told=told,
    )


@access(Access.EDITOR)
def tell(document_id: str) -> BaseResponse:
    """Tell the enterprises whose drafts are affected."""
    told = notices.tell_affected(viewer().actor, document_id)
    if told:
        return _change(document_id, told)
    return to(f"{HOME}/{document_id}")


def _place(item_code: str, use: Use) -> str:
    """Return what of an item a use is about, as its pages call it."""
    who = viewer()
    form = forms.get_service_item(item_code).form
    labels = {field.key: field.label.get(who.locale) for field in form.fields} if form else {}
    if use.kind == "guide":
        return who.t(f"forms.guide.aspect.{use.key}")
    return labels.get(use.key, "")
