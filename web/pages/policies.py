"""The desk of policies: tags of documents, what each demands and by when."""

from datetime import date

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.errors import Conflict, InvalidInput
from knowledge_base.push import requirements, tagging
from knowledge_base.push.tags import facets, tags
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/policies"
LONGEST_FIND = 100


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(policies)
    blueprint.get(f"{HOME}/<document_id>")(policy)
    blueprint.post(f"{HOME}/<document_id>/tags")(decide_tags)
    blueprint.post(f"{HOME}/<document_id>/requirements")(add_requirement)
    blueprint.post(f"{HOME}/<document_id>/requirements/<requirement_id>/withdrawal")(withdraw_requirement)


@access(Access.EDITOR)
def policies() -> Response:
    """List documents with their tags."""
    text, tag = request.args.get("text", "")[:LONGEST_FIND], request.args.get("tag", "")
    tag = tag if tag in tags() else ""
    return page(
        "policies/list.html",
        documents=tagging.list_documents(viewer().actor, text=text, tag=tag),
        text=text,
        tag=tag,
        tags=tags(),
        facets=facets(),
    )


@access(Access.EDITOR)
def policy(document_id: str) -> Response:
    """Show a document's tags and requirements."""
    return _policy(document_id)


def _policy(document_id: str, *, status: int = 200, problem: str = "") -> Response:
    actor = viewer().actor
    found = tagging.get_document(actor, document_id)
    return page(
        "policies/policy.html",
        status,
        document=found,
        facets=facets(),
        tags=tags(),
        suggested={one.tag: one for one in found.suggested},
        requirements=requirements.list_requirements(actor, found.document_id),
        demands=requirements.suggest_requirements(actor, found.document_id)[:20],
        typed=request.form if problem else {},
        problem=problem,
    )


@access(Access.EDITOR)
def decide_tags(document_id: str) -> BaseResponse:
    """Keep which tags an editor confirmed; a suggested one left out is refused."""
    chosen = request.form.getlist("tag")
    shown = set(request.form.getlist("shown"))
    refused = [tag for tag in shown - set(chosen) if tag in tags()]
    try:
        tagging.decide(viewer().actor, document_id, confirm=chosen, refuse=refused)
    except InvalidInput as error:
        return _policy(document_id, status=error.http_status, problem=viewer().t(error.code, **error.params))
    return to(f"{HOME}/{document_id}")


@access(Access.EDITOR)
def add_requirement(document_id: str) -> BaseResponse:
    """Keep what was typed as a requirement."""
    form = request.form
    try:
        requirements.add(
            viewer().actor,
            document_id,
            {"zh": form.get("text_zh", ""), "en": form.get("text_en", "")},
            article=form.get("article", "").strip(),
            applies_from=_day(form.get("applies_from", "")),
            due_on=_day(form.get("due_on", "")),
        )
    except InvalidInput as error:
        return _policy(document_id, status=error.http_status, problem=viewer().t(error.code, **error.params))
    return to(f"{HOME}/{document_id}")


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise InvalidInput("push.requirement_day") from error


@access(Access.EDITOR)
def withdraw_requirement(document_id: str, requirement_id: str) -> BaseResponse:
    """End a requirement."""
    try:
        requirements.withdraw(viewer().actor, requirement_id)
    except Conflict as error:
        return _policy(document_id, status=error.http_status, problem=viewer().t(error.code, **error.params))
    return to(f"{HOME}/{document_id}")
