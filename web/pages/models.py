"""The register of models and rules: for everybody what takes part in an answer, for staff the desk.

Editors and administrators propose, evaluate, release (another person's), switch and take back; auditors read.
"""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from core.errors import AssistantError, Conflict, InvalidInput
from core.identity import Actor
from core.model_register import lifecycle, shelf
from core.model_register.service import KINDS
from core.model_register.shelf import ENDPOINT, WITH_FILES, EntryView
from core.model_register.states import KEEPERS, State, Step
from knowledge_base.served import switching
from knowledge_base.served.evidence import incoming, pack
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/staff/models"
PUBLIC = "/about/models"
FIELDS = ("id", "version", "purpose", "data", "licence", "limits", "folder", "base_url", "model")
PROPOSED_KINDS = (*sorted(WITH_FILES), ENDPOINT)
MOST_FIGURES = 60
NOT_SHOWN = ("commit", "sha256", "settings")


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(PUBLIC)(models_told)
    blueprint.get(f"{PUBLIC}/evidence.zip")(evidence_told)
    blueprint.get(HOME)(model_list)
    blueprint.get(f"{HOME}/evidence.zip")(evidence)
    blueprint.get(f"{HOME}/new")(new_model)
    blueprint.add_url_rule(f"{HOME}/new", "propose_model", propose_model, methods=["POST"])
    blueprint.get(f"{HOME}/<entry_id>")(model_page)
    blueprint.add_url_rule(f"{HOME}/kinds/<kind>/rollback", "model_rollback", roll_back, methods=["POST"])
    for name in STEPS:
        blueprint.add_url_rule(f"{HOME}/<entry_id>/{name}", f"model_{name}", _route(name), methods=["POST"])


@access(Access.PUBLIC)
def models_told() -> Response:
    """Show which models and rules take part, and who answers for them."""
    entries = shelf.all_entries()
    serving = {kind: [one for one in entries if one.kind == kind and _is_told(one)] for kind in KINDS}
    return page("models/about.html", kinds=KINDS, serving=serving, figures=figures)


def _is_told(entry: EntryView) -> bool:
    is_endpoint = (
        entry.kind == ENDPOINT and entry.state == State.RELEASED and switching.is_rewriting_on(entry.sha256)
    )
    return entry.is_serving or is_endpoint


@access(Access.PUBLIC)
def evidence_told() -> Response:
    """Give the public evidence pack: no name of a person in it."""
    return _zip(pack())


@access(Access.REGISTER)
def evidence() -> Response:
    """Give the whole evidence pack."""
    return _zip(pack(viewer().actor))


def _zip(content: bytes) -> Response:
    name = f"yaozheng-models-{clock.today().isoformat()}.zip"
    return send_file(
        BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name, max_age=0
    )


def figures(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return an evaluation's figures, one a line, each by its path through the card."""
    return list(_lines(card.get("evaluation") or {}, ""))[:MOST_FIGURES]


def _lines(part: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, Mapping):
        for name, inner in part.items():
            yield from _lines(inner, f"{path} / {name}" if path else str(name))
    elif not isinstance(part, list | tuple):
        yield path.replace("_", " "), f"{part:g}" if isinstance(part, float) else str(part)


@access(Access.REGISTER)
def model_list() -> Response:
    """List the register."""
    return _list()


def _list(*, status: int = 200, problem: str = "") -> Response:
    actor, chosen = viewer().actor, request.args.get("state", "all")
    states = ("all", *(one.value for one in State))
    chosen = chosen if chosen in states else "all"
    return page(
        "models/list.html",
        status,
        entries=shelf.list_entries(actor, state="" if chosen == "all" else chosen),
        chosen=chosen,
        states=states,
        is_keeper=actor.role in KEEPERS,
        switched=[] if actor.role not in KEEPERS else shelf.switched_kinds(),
        problem=problem,
    )


@access(Access.REGISTER)
def model_page(entry_id: str) -> Response:
    """Show one entry with its trials and history."""
    return _page(entry_id)


def _page(entry_id: str, *, status: int = 200, problem: str = "") -> Response:
    actor = viewer().actor
    entry = shelf.get_entry(actor, entry_id)
    return page(
        "models/model.html",
        status,
        one=entry,
        figures=figures(entry.card),
        runs=shelf.runs(actor, entry_id=entry_id),
        history=shelf.history(entry_id),
        problem=problem,
    )


@access(Access.EDITOR)
def new_model() -> Response:
    """Show the form by which a version is proposed."""
    return _form({})


def _form(typed: Mapping[str, str], *, status: int = 200, problem: str = "") -> Response:
    return page(
        "models/propose.html",
        status,
        typed=typed,
        kinds=PROPOSED_KINDS,
        fields=FIELDS,
        needed=FIELDS[:5],
        problem=problem,
    )


@access(Access.EDITOR)
def propose_model() -> BaseResponse:
    """Enter what was typed as a draft."""
    who = viewer()
    typed = {name: request.form.get(name, "").strip()[:2000] for name in ("kind", *FIELDS)}
    try:
        entry_id = _propose(who.actor, typed)
    except (InvalidInput, Conflict) as error:
        params = {**error.params}
        if "field" in params:
            params["field"] = who.t(f"web.page.models.field.{_field(str(params['field']))}")
        return _form(typed, status=error.http_status, problem=who.t(error.code, **params))
    return to(f"{HOME}/{entry_id}")


def _field(name: str) -> str:
    return "data" if name == "training_data" else name


def _propose(actor: Actor, typed: Mapping[str, str]) -> str:
    card: dict[str, Any] = {name: typed[name] for name in ("id", "version", "purpose")}
    card["training_data"] = [{"name": typed["data"], "licence": typed["licence"]}]
    card |= {name: typed[name] for name in ("limits", "base_url", "model") if typed[name]}
    if typed["kind"] == ENDPOINT:
        return lifecycle.propose(actor, ENDPOINT, card)
    root = incoming().resolve()
    path = (root / typed["folder"]).resolve()
    if not typed["folder"] or root not in path.parents:
        raise InvalidInput("core.register.no_files")
    return lifecycle.propose(actor, typed["kind"], card, path)


@access(Access.EDITOR)
def roll_back(kind: str) -> BaseResponse:
    """Serve the former version of a kind again."""
    try:
        switching.rollback(viewer().actor, kind)
    except AssistantError as error:
        return _list(status=error.http_status, problem=viewer().t(error.code, **error.params))
    return to(HOME)


def _retire(actor: Actor, entry_id: str) -> None:
    lifecycle.retire(actor, entry_id, request.form.get("reason", ""))


STEPS: dict[str, Callable[[Actor, str], object]] = {
    "evaluate": lambda actor, entry_id: switching.request(actor, entry_id, Step.EVALUATE),
    "release": lifecycle.release,
    "retire": _retire,
    "switch": lambda actor, entry_id: switching.request(actor, entry_id, Step.SWITCH),
}


def _route(name: str) -> Callable[[str], BaseResponse]:
    @access(Access.EDITOR)
    def act(entry_id: str) -> BaseResponse:
        try:
            STEPS[name](viewer().actor, entry_id)
        except (InvalidInput, Conflict) as error:
            return _page(entry_id, status=error.http_status, problem=viewer().t(error.code, **error.params))
        return to(f"{HOME}/{entry_id}")

    return act
