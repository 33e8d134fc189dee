"""Questions that lack an entry: the list, one of them with its examples, and what is decided."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.errors import Conflict, InvalidInput
from core.identity import Actor
from knowledge_base.improvement import service as improvement
from knowledge_base.passages.labels import provision_name
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/knowledge/candidates"
STATES = (*improvement.STATES, "all")
KINDS = ("trace", "outside", "feedback", "case")
LANGUAGES = ("zh", "en")


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(candidate_list)
    blueprint.get(f"{HOME}/<candidate_id>")(candidate_page)
    for name in ACTIONS:
        blueprint.add_url_rule(
            f"{HOME}/<candidate_id>/{name}", f"candidate_{name}", _route(name), methods=["POST"]
        )


def _chosen(name: str, known: tuple[str, ...], default: str = "") -> str:
    given = request.args.get(name, default)
    return given if given in known else default


@access(Access.EDITOR)
def candidate_list() -> Response:
    """List candidates, the most asked first."""
    chosen = {
        "state": _chosen("state", STATES, STATES[0]),
        "kind": _chosen("kind", KINDS),
        "language": _chosen("language", LANGUAGES),
        "text": request.args.get("text", "")[:100],
    }
    found = improvement.list_candidates(viewer().actor, **chosen)
    return page(
        "knowledge/candidates.html",
        candidates=found,
        chosen=chosen,
        states=STATES,
        kinds=KINDS,
        languages=LANGUAGES,
    )


@access(Access.EDITOR)
def candidate_page(candidate_id: str) -> Response:
    """Show one candidate."""
    return _candidate(candidate_id)


def _candidate(candidate_id: str, *, status: int = 200, problem: str = "") -> Response:
    one = improvement.get_candidate(viewer().actor, candidate_id)
    basis = [provision_name(key, viewer().locale) for key in one.basis]
    reason = request.form.get("reason", "")
    return page("knowledge/candidate.html", status, one=one, basis=basis, problem=problem, reason=reason)


def _draft(actor: Actor, candidate_id: str) -> str:
    return f"/staff/knowledge/{improvement.open_draft(actor, candidate_id)}/edit"


def _dismiss(actor: Actor, candidate_id: str) -> str:
    improvement.dismiss(actor, candidate_id, request.form.get("reason", ""))
    return HOME


def _reopen(actor: Actor, candidate_id: str) -> str:
    improvement.reopen(actor, candidate_id)
    return f"{HOME}/{candidate_id}"


def _apart(actor: Actor, candidate_id: str) -> str:
    return f"{HOME}/{improvement.set_apart(actor, candidate_id, request.form.get('source', ''))}"


ACTIONS: dict[str, Callable[[Actor, str], str]] = {
    "draft": _draft,
    "dismiss": _dismiss,
    "reopen": _reopen,
    "apart": _apart,
}


def _route(name: str) -> Callable[[str], BaseResponse]:
    @access(Access.EDITOR)
    def act(candidate_id: str) -> BaseResponse:
        try:
            return to(ACTIONS[name](viewer().actor, candidate_id))
        except (InvalidInput, Conflict) as error:
            problem = viewer().t(error.code, **error.params)
            return _candidate(candidate_id, status=error.http_status, problem=problem)

    return act
