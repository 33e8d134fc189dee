"""Pushes as pages see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.identity.service import display_names
from i18n.service import content_language
from knowledge_base.models import SourceDocument
from knowledge_base.push.drafting import PushContent
from knowledge_base.push.models import PolicyPush, PushEvent
from knowledge_base.push.states import State, Step


@dataclass(frozen=True)
class PushLine:
    """A push in the list; ``audience`` of ``population`` as the last dry run or the sending counted."""

    push_id: str
    title: dict[str, str]
    state: str
    topic: str
    is_urgent: bool
    send_on: date | None
    sent_at: datetime | None
    updated_at: datetime
    audience: int | None
    population: int | None

    def name(self, locale: str) -> str:
        """Return the title in a language, or in the other where that is still missing."""
        return self.title[content_language(locale)] or self.title["zh"] or self.title["en"]


@dataclass(frozen=True)
class PushEventView:
    """One step."""

    at: datetime
    actor: str
    step: str
    reason: str


@dataclass(frozen=True)
class PushView:
    """A push with everything on it."""

    line: PushLine
    content: PushContent
    document_title: str
    lock: int
    steps: tuple[Step, ...]
    events: list[PushEventView]

    @property
    def push_id(self) -> str:
        """Return the id."""
        return self.line.push_id

    @property
    def is_ended(self) -> bool:
        """Whether nothing can be done with it any more."""
        return self.line.state in (State.SENT.value, State.CANCELLED.value)


def line_of(row: PolicyPush) -> PushLine:
    """Return a row as a line."""
    return PushLine(
        push_id=row.id,
        title={"zh": row.title_zh, "en": row.title_en},
        state=row.state,
        topic=row.topic,
        is_urgent=row.is_urgent,
        send_on=row.send_on,
        sent_at=row.sent_at,
        updated_at=row.updated_at,
        audience=row.audience,
        population=row.population,
    )


def view_of(
    session: Session, row: PolicyPush, events: Sequence[PushEvent], steps: tuple[Step, ...]
) -> PushView:
    """Return a row with its history."""
    names = display_names(session, {one.actor_id for one in events})
    document = session.get(SourceDocument, row.document_id) if row.document_id else None
    return PushView(
        line=line_of(row),
        content=PushContent.of_row(row),
        document_title=document.title if document else "",
        lock=row.lock,
        steps=steps,
        events=[PushEventView(e.at, names.get(e.actor_id, ""), e.step, e.reason) for e in events],
    )
