"""What services return, as JSON: frozen views become objects, moments ISO 8601 in China's time.

No path of the server's file system and no object of the database ever leaves here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from bot.handoff.service import CaseView
from core import clock
from core.errors import InvariantBroken
from core.identity import Actor
from forms.service import (
    Deficiency,
    DocumentState,
    EnterpriseView,
    FilingStatus,
    FilingView,
    GuidanceOutcome,
    GuidanceQuestion,
    Submission,
)
from i18n.service import translate


def to_json(value: Any) -> Any:
    """Return plain JSON for views made of dataclasses, moments, dates, enumerations and collections."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return clock.isoformat(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Iterable):
        return [to_json(item) for item in value]
    raise InvariantBroken("core.internal_error", request_id=type(value).__name__)


def actor(found: Actor) -> dict[str, Any]:
    """The person at the screen."""
    return {
        "role": found.role.value,
        "display_name": found.display_name,
        "account_id": found.account_id,
        "is_staff": found.is_staff,
        "handles_cases": found.handles_cases,
        "province": found.province,
        "competences": sorted(found.competences),
    }


def enterprise(view: EnterpriseView) -> dict[str, Any]:
    """An enterprise for which the person may act."""
    return dict(to_json(view))


def options(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Choices of a field or a question."""
    return [{"value": value, "label": label} for value, label in pairs]


def document_state(state: DocumentState, filing_id: str, locale: str) -> dict[str, Any]:
    """Whether the printed confirmation can be fetched, and where."""
    problem = {"code": state.problem, "message": translate(state.problem, locale)} if state.problem else None
    return {
        "ready": state.ready,
        "name": state.name,
        "href": f"/api/v1/filings/{filing_id}/document" if state.ready else "",
        "problem": problem,
    }


def filing(view: FilingView, locale: str) -> dict[str, Any]:
    """A filing with its form."""
    body: dict[str, Any] = to_json(view)
    for group, group_view in zip(body["groups"], view.groups, strict=True):
        for field, field_view in zip(group["fields"], group_view.fields, strict=True):
            field["options"] = options(field_view.options)
    return {**body, "document": document_state(view.document, view.id, locale)}


def filing_status(view: FilingStatus, locale: str) -> dict[str, Any]:
    """Where a filing stands."""
    return {**to_json(view), "document": document_state(view.document, view.filing_id, locale)}


def deficiencies(found: Iterable[Deficiency]) -> list[dict[str, Any]]:
    """All that is to be mended."""
    return [to_json(one) for one in found]


def submission(result: Submission) -> dict[str, Any]:
    """The result of handing in."""
    return dict(to_json(result))


def case(view: CaseView, locale: str) -> dict[str, Any]:
    """A case with its packet; what could not be put into it is named."""
    body: dict[str, Any] = to_json(view)
    return {
        **body,
        "transcript": [message.to_json() for message in view.transcript],
        "filing": filing(view.filing, locale) if view.filing else None,
        "watched": filing(view.watched, locale) if view.watched else None,
        "problems": [{"code": code, "message": translate(code, locale)} for code in view.problems],
    }


def guidance(step: GuidanceQuestion | GuidanceOutcome) -> dict[str, Any]:
    """The next routing question, or where the routing ends."""
    body: dict[str, Any] = to_json(step)
    if isinstance(step, GuidanceQuestion):
        return {"question": {**body, "options": options(step.options)}, "outcome": None}
    return {"question": None, "outcome": body}
