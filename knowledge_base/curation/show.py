"""Rows of curation as views."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity import Actor
from core.identity.service import display_names
from knowledge_base.curation import attached
from knowledge_base.curation.content import EntryContent
from knowledge_base.curation.models import CuratedEntry, CuratedEvent, CuratedVersion, RegressionRun
from knowledge_base.curation.states import OPEN, State, Step, may_take, steps_for
from knowledge_base.curation.views import EntryLine, EntryView, EventView, RunView, VersionView

MOST = 500


def lines(session: Session, *, state: State | None, text: str, flagged: bool) -> list[EntryLine]:
    """Return the entries that match, the latest change first."""
    last = (
        select(CuratedVersion.entry_id, func.max(CuratedVersion.number).label("number"))
        .group_by(CuratedVersion.entry_id)
        .subquery()
    )
    wanted = (
        select(CuratedEntry, CuratedVersion)
        .join(CuratedVersion, CuratedVersion.entry_id == CuratedEntry.id)
        .join(last, (last.c.entry_id == CuratedVersion.entry_id) & (last.c.number == CuratedVersion.number))
        .order_by(CuratedVersion.updated_at.desc())
    )
    if state:
        wanted = wanted.where(CuratedVersion.state == state)
    found = [_line(entry, version) for entry, version in session.execute(wanted)]
    words = text.strip().lower()
    return [
        line
        for line in found
        if (not flagged or line.flags)
        and (
            not words
            or any(words in part.lower() for part in (line.key, line.topic, *line.question.values()))
        )
    ][:MOST]


def _line(entry: CuratedEntry, version: CuratedVersion) -> EntryLine:
    content = EntryContent.of(version.content)
    return EntryLine(
        entry_id=entry.id,
        key=entry.key,
        number=version.number,
        state=State(version.state),
        question=content.question,
        topic=content.topic,
        effective_from=version.effective_from,
        retires_on=version.retires_on,
        flags=tuple(version.flags),
        updated_at=version.updated_at,
    )


def versions(session: Session, entry_id: str) -> list[CuratedVersion]:
    """Return an entry's versions, the latest first."""
    wanted = select(CuratedVersion).where(CuratedVersion.entry_id == entry_id)
    return list(session.scalars(wanted.order_by(CuratedVersion.number.desc())))


def entry(session: Session, row: CuratedEntry, actor: Actor) -> EntryView:
    """Return an entry with all that belongs to it."""
    held = versions(session, row.id)
    happened = list(
        session.scalars(
            select(CuratedEvent)
            .where(CuratedEvent.entry_id == row.id)
            .order_by(CuratedEvent.at.desc(), CuratedEvent.version.desc())
        )
    )
    names = display_names(
        session, {*(e.actor_id for e in happened), *(a for v in held for a in (*v.editors, v.approved_by))}
    )
    run = session.scalar(
        select(RegressionRun)
        .where(RegressionRun.version_id == held[0].id)
        .order_by(RegressionRun.requested_at.desc())
        .limit(1)
    )
    return EntryView(
        entry_id=row.id,
        key=row.key,
        origin=row.origin,
        origin_ref=row.origin_ref,
        versions=tuple(_version(version, names) for version in held),
        events=tuple(_event(event, names) for event in happened),
        run=_run(run) if run else None,
        steps=steps_for(
            State(held[0].state),
            actor,
            created_by=row.created_by,
            editors=frozenset([*held[0].editors, held[0].submitted_by]),
        ),
        may_revise=held[0].state not in OPEN and may_take(actor, Step.EDIT, created_by=row.created_by),
        differences=differences(held),
        question=attached.question_of(session, row.id),
    )


def _version(version: CuratedVersion, names: dict[str, str]) -> VersionView:
    return VersionView(
        number=version.number,
        state=State(version.state),
        content=EntryContent.of(version.content),
        effective_from=version.effective_from,
        retires_on=version.retires_on,
        editors=tuple(names.get(one, one) for one in version.editors),
        approved_by=names.get(version.approved_by, version.approved_by),
        flags=tuple(version.flags),
        lock=version.lock,
    )


def _event(event: CuratedEvent, names: dict[str, str]) -> EventView:
    return EventView(
        version=event.version,
        at=event.at,
        actor=names.get(event.actor_id, event.actor_id),
        step=event.step,
        to_state=State(event.to_state),
        reason=event.reason,
    )


def _run(run: RegressionRun) -> RunView:
    return RunView(
        run_id=run.id,
        state=run.state,
        requested_at=run.requested_at,
        ended_at=run.ended_at,
        questions=run.questions,
        led=run.led,
        broken=tuple(run.broken),
        problem=run.problem,
        effective_from=run.effective_from,
    )


def differences(held: Sequence[CuratedVersion]) -> tuple[tuple[str, str, str], ...]:
    """Return the fields in which the latest version differs from the one before it."""
    if len(held) < 2:
        return ()
    now, before = _fields(held[0]), _fields(held[1])
    return tuple((name, before[name], now[name]) for name in now if now[name] != before[name])


def _fields(version: CuratedVersion) -> dict[str, str]:
    content = EntryContent.of(version.content)
    fields = {"topic": content.topic, "service_item_code": content.service_item_code}
    for language in content.question:
        fields |= {
            f"question_{language}": content.question[language],
            f"answer_{language}": content.answer[language],
            f"similar_{language}": "\n".join(content.similar[language]),
            f"negative_{language}": "\n".join(content.negative[language]),
        }
    return fields | {"basis": "\n".join(content.basis)}
