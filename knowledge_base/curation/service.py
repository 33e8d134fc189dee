"""Curation: what staff write for the knowledge base, from a draft to a released answer and out again.

1. ``create`` opens an entry with a draft (an officer may propose one from a case), ``edit`` writes it,
   ``revise`` opens the next version of a released one. Whoever writes names the ``lock`` that they read: what
   was changed meanwhile is never overwritten.
2. ``check`` tells what is missing or wrong: languages, basis in force, personal data, inexact quotes, twins.
   ``submit`` refuses a draft with errors.
3. ``approve`` or ``send_back``: by another person than everyone who wrote a word of the version.
4. ``ask_release`` has the regression set tried and lets the version in from its day (``release``);
   ``retire`` ends it. An entry made from people's questions brings a question for the set (``attached``).
5. ``flag_changed`` marks released entries whose provisions no longer say what the approver read.

Every step is kept with who, when and why, and stands in the audit trail.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import clock
from core.database import is_duplicate, reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from core.queue import enqueue
from knowledge_base.curation import attached, checks, publish, release, show, steps
from knowledge_base.curation.content import EntryContent, clean, is_provision
from knowledge_base.curation.models import CuratedEntry, CuratedVersion, RegressionQuestion
from knowledge_base.curation.regression import Asked
from knowledge_base.curation.states import (
    EDITORS,
    NEEDS_REASON,
    OPEN,
    State,
    Step,
    may_take,
    require_open,
)
from knowledge_base.curation.views import EntryLine, EntryView, Problem
from knowledge_base.passages import store

_KEY_LENGTH = 11  # kb- and eight hexadecimal digits: short enough to say on the telephone
ORIGINS = ("written", "conversation", "feedback", "shipped", attached.CANDIDATE)
Fields = Mapping[str, Any]


@contextmanager
def _writing() -> Iterator[Session]:
    try:
        with transaction() as session:
            yield session
    except StaleDataError as error:
        raise Conflict("knowledge_base.curation.changed_meanwhile") from error


def list_entries(
    actor: Actor, *, state: State | None = None, text: str = "", flagged: bool = False
) -> list[EntryLine]:
    """Return entries by their latest version, the latest change first.

    Raises:
        NotAvailable: the actor has no business with curation.
    """
    require_open(actor)
    with reading() as session:
        return show.lines(session, state=state, text=text, flagged=flagged)


def get_entry(actor: Actor, entry_id: str) -> EntryView:
    """Return an entry with its versions, history and last trial; ``entry_id`` may be its key.

    Raises:
        NotAvailable: there is none, or the actor has no business with curation.
    """
    require_open(actor)
    with reading() as session:
        return show.entry(session, _entry(session, entry_id), actor)


def check(content: Fields, *, key: str = "") -> list[Problem]:
    """Return what is wrong with an entry's words, errors first."""
    with reading() as session:
        return checks.check(session, EntryContent.of(content), key=key)


def is_known(key: str) -> bool:
    """Whether curation holds an entry of this key."""
    with reading() as session:
        return session.scalar(select(CuratedEntry.id).where(CuratedEntry.key == key)) is not None


def shipped(key: str) -> dict[str, Any]:
    """Return what a shipped entry says, to begin a curated one in its place.

    Raises:
        NotAvailable: there is no such entry.
    """
    with reading() as session:
        views = [v for v in store.indexed_passages(session, kinds=("faq",)) if v.data.get("id") == key]
    if not views:
        raise NotAvailable
    by_language = {view.language: view for view in views}
    first = views[0]
    return EntryContent.of(
        {
            "question": {name: view.heading for name, view in by_language.items()},
            "answer": {name: view.text for name, view in by_language.items()},
            "similar": {name: view.search_texts for name, view in by_language.items()},
            "negative": {name: view.data.get("negative", ()) for name, view in by_language.items()},
            "basis": first.basis,
            "service_item_code": first.service_item_code,
            "topic": first.data.get("topic", ""),
        }
    ).to_json()


def create(
    actor: Actor, content: Fields, *, key: str = "", origin: str = "written", origin_ref: str = ""
) -> str:
    """Open an entry with a draft; return its id.

    Args:
        key: of the shipped entry whose place it takes; else one is made.

    Raises:
        NotAvailable: the actor has no business with curation.
        InvalidInput: nothing was written, or the origin is unknown.
        Conflict: an entry with this key exists.
    """
    try:
        with _writing() as session:
            return open_entry(session, actor, content, key=key, origin=origin, origin_ref=origin_ref).id
    except IntegrityError as error:
        if is_duplicate(error):
            raise Conflict("knowledge_base.curation.key_taken") from error
        raise


def open_entry(
    session: Session,
    actor: Actor,
    content: Fields,
    *,
    key: str = "",
    origin: str = "written",
    origin_ref: str = "",
) -> CuratedEntry:
    """Open an entry with a draft in the caller's transaction, as ``create`` does.

    Raises:
        NotAvailable: the actor has no business with curation.
        InvalidInput: nothing was written, or the origin is unknown.
    """
    require_open(actor)
    words = EntryContent.of(content)
    if not any(words.texts()):
        raise InvalidInput("knowledge_base.curation.empty")
    if origin not in ORIGINS:
        raise InvalidInput("knowledge_base.curation.unknown_origin")
    entry = CuratedEntry(
        id=new_id("cur"),
        key=clean(key)[:80] or new_id("kb").replace("_", "-")[:_KEY_LENGTH],
        origin=origin,
        origin_ref=clean(origin_ref)[:80],
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    session.add(entry)
    session.flush()
    version = _draft(session, entry, words, actor, number=1)
    steps.note(session, entry, version, actor.account_id, Step.EDIT)
    return entry


def edit(actor: Actor, entry_id: str, content: Fields, *, lock: int, question: Asked | None = None) -> None:
    """Write the draft.

    Args:
        question: the regression question that comes with the entry.

    Raises:
        InvalidInput: the regression question leads to nothing that is held.
        NotAvailable: absent or not the actor's.
        Conflict: it is no draft, or was changed meanwhile.
    """
    words = EntryContent.of(content)
    with _writing() as session:
        entry, version = _taken(session, actor, entry_id, Step.EDIT, lock)
        version.content = words.to_json()
        version.editors = list(dict.fromkeys([*version.editors, actor.account_id]))
        version.flags = []
        steps.move(session, entry, version, actor.account_id, Step.EDIT)
        if question is not None:
            attached.attach_question(session, entry, question, actor.account_id)


def revise(actor: Actor, entry_id: str) -> None:
    """Open the next version of an entry, with the words of the latest.

    Raises:
        NotAvailable: absent or not the actor's.
        Conflict: a version is open already.
    """
    with _writing() as session:
        entry = _entry(session, entry_id)
        if not may_take(actor, Step.EDIT, created_by=entry.created_by):
            raise NotAvailable
        latest = show.versions(session, entry.id)[0]
        if latest.state in OPEN:
            raise Conflict("knowledge_base.curation.open_version")
        words = EntryContent.of(latest.content)
        version = _draft(session, entry, words, actor, number=latest.number + 1)
        steps.note(session, entry, version, actor.account_id, "revise")


def submit(actor: Actor, entry_id: str, *, lock: int) -> None:
    """Hand a draft in for review.

    Raises:
        InvalidInput: it has errors; the first is named.
    """
    with _writing() as session:
        entry, version = _taken(session, actor, entry_id, Step.SUBMIT, lock)
        _refuse_errors(session, EntryContent.of(version.content), entry.key)
        version.submitted_by = actor.account_id
        steps.move(session, entry, version, actor.account_id, Step.SUBMIT)


def approve(actor: Actor, entry_id: str, *, lock: int) -> None:
    """Approve what others wrote.

    Raises:
        Conflict: the actor wrote a part of it.
        InvalidInput: it has errors by now, such as a provision repealed meanwhile.
    """
    with _writing() as session:
        entry, version = _taken(session, actor, entry_id, Step.APPROVE, lock)
        if actor.account_id in (*version.editors, version.submitted_by):
            raise Conflict("knowledge_base.curation.second_person")
        content = EntryContent.of(version.content)
        _refuse_errors(session, content, entry.key)
        version.approved_by, version.basis_seen = actor.account_id, _basis_words(session, content)
        steps.move(session, entry, version, actor.account_id, Step.APPROVE)


def send_back(actor: Actor, entry_id: str, *, lock: int, reason: str) -> None:
    """Give a version back to its writers, with the reason."""
    _end(actor, entry_id, Step.SEND_BACK, lock, reason)


def discard(actor: Actor, entry_id: str, *, lock: int, reason: str) -> None:
    """Drop a draft, with the reason."""
    _end(actor, entry_id, Step.DISCARD, lock, reason)


def ask_release(actor: Actor, entry_id: str, *, lock: int, effective_from: date, is_left: bool = True) -> str:
    """Ask for a release from a day on; return the trial's id.

    Args:
        is_left: whether the worker tries it; else the caller calls ``release.try_and_release``.

    Raises:
        InvalidInput: the day is past, or before the day of the version that is released; or an entry made
            from people's questions brings no regression question.
        Conflict: the version is not approved, or is being tried.
    """
    with _writing() as session:
        entry, version = _taken(session, actor, entry_id, Step.RELEASE, lock)
        attached.require_question(session, entry)
        days = [v.effective_from for v in show.versions(session, entry.id) if v.effective_from]
        earliest = max([clock.today(), *days])
        if effective_from < earliest:
            raise InvalidInput("knowledge_base.curation.too_early", date=earliest.isoformat())
        return release.request(session, version, actor.account_id, effective_from, is_left=is_left)


def release_now(actor: Actor, entry_id: str, *, lock: int, effective_from: date) -> bool:
    """Try and release at once; return whether it was released (else the entry's ``run`` tells why not)."""
    run_id = ask_release(actor, entry_id, lock=lock, effective_from=effective_from, is_left=False)
    return release.try_and_release(run_id)


def retire(actor: Actor, entry_id: str, *, lock: int, on: date, reason: str) -> None:
    """End a released entry on a day; its history stays.

    Raises:
        InvalidInput: the day is past, or no reason is given.
    """
    if on < clock.today():
        raise InvalidInput("knowledge_base.curation.too_early", date=clock.today().isoformat())
    with _writing() as session:
        entry, version = _taken(session, actor, entry_id, Step.RETIRE, lock)
        version.retires_on = on
        steps.move(
            session, entry, version, actor.account_id, Step.RETIRE, reason=_reason(Step.RETIRE, reason)
        )
        publish.withdraw(session, entry.key, on)
        enqueue(session, "knowledge_base.build_index", {}, lease_s=release.LEASE_S)


def add_question(actor: Actor, text: str, *, language: str, expected: str) -> None:
    """Add a question to the regression set.

    Args:
        expected: an entry's key, or a provision ``law#article``.

    Raises:
        NotAvailable: the actor may not.
        InvalidInput: a part is missing, or nothing of that name is held.
    """
    if actor.role not in EDITORS:
        raise NotAvailable
    with _writing() as session:
        kept = attached.checked(session, Asked(text, language, expected))
        session.add(attached.row_of(kept, actor.account_id))


def remove_question(actor: Actor, question_id: str) -> None:
    """Take a question out of the regression set."""
    if actor.role not in EDITORS:
        raise NotAvailable
    with _writing() as session:
        found = session.get(RegressionQuestion, question_id)
        if found is None:
            raise NotAvailable
        session.delete(found)


def list_questions(actor: Actor) -> list[tuple[str, Asked]]:
    """Return the questions that editors added, each with its id."""
    require_open(actor)
    with reading() as session:
        wanted = select(RegressionQuestion).where(~RegressionQuestion.is_waiting)
        rows = session.scalars(wanted.order_by(RegressionQuestion.added_at.desc()))
        return [(row.id, Asked(row.text, row.language, row.expected)) for row in rows]


def flag_changed() -> int:
    """Mark released entries whose provisions changed since they were approved; return how many are marked."""
    marked = 0
    with _writing() as session:
        wanted = select(CuratedVersion).where(CuratedVersion.state == State.RELEASED)
        for version in session.scalars(wanted):
            now = _basis_words(session, EntryContent.of(version.content))
            flags = sorted(key for key, words in version.basis_seen.items() if now.get(key) != words)
            if flags != version.flags:
                version.flags = flags
            marked += bool(flags)
    return marked


def _refuse_errors(session: Session, content: EntryContent, key: str) -> None:
    for problem in checks.check(session, content, key=key):
        if problem.is_error:
            raise InvalidInput(problem.code, fields=None, **problem.params)


def _basis_words(session: Session, content: EntryContent) -> dict[str, str]:
    found = {key: checks.standing(session, key) for key in content.basis if is_provision(key)}
    return {key: hashlib.sha256(view.text.encode()).hexdigest() for key, view in found.items() if view}


def _reason(step: Step, reason: str) -> str:
    words = clean(reason)[:500]
    if step in NEEDS_REASON and not words:
        raise InvalidInput("knowledge_base.curation.reason_missing")
    return words


def _end(actor: Actor, entry_id: str, step: Step, lock: int, reason: str) -> None:
    with _writing() as session:
        entry, version = _taken(session, actor, entry_id, step, lock)
        steps.move(session, entry, version, actor.account_id, step, reason=_reason(step, reason))


def _entry(session: Session, entry_id: str) -> CuratedEntry:
    found = session.get(CuratedEntry, entry_id) or session.scalar(
        select(CuratedEntry).where(CuratedEntry.key == entry_id)
    )
    if found is None:
        raise NotAvailable
    return found


def _draft(
    session: Session, entry: CuratedEntry, content: EntryContent, actor: Actor, *, number: int
) -> CuratedVersion:
    version = CuratedVersion(
        id=new_id("cuv"),
        entry_id=entry.id,
        number=number,
        state=State.DRAFT,
        content=content.to_json(),
        effective_from=None,
        retires_on=None,
        editors=[actor.account_id],
        basis_seen={},
        flags=[],
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(version)
    session.flush()
    return version


def _taken(
    session: Session, actor: Actor, entry_id: str, step: Step, lock: int
) -> tuple[CuratedEntry, CuratedVersion]:
    """Return an entry and its latest version for a step that the actor may take on what they read."""
    require_open(actor)
    entry = _entry(session, entry_id)
    if not may_take(actor, step, created_by=entry.created_by):
        raise NotAvailable
    version = show.versions(session, entry.id)[0]
    if version.lock != lock:
        raise Conflict("knowledge_base.curation.changed_meanwhile")
    return entry, version
