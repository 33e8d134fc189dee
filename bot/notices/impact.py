"""What a changed law means for drafts that were begun: which are affected, why, and whether they were told.

``list_changes`` and ``get_change`` are for editors; ``tell_affected`` puts one notice for each version and
service item into the inboxes of the enterprises concerned, however often it is asked.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.notices.telling import IMPACT, Content, Words, content_row, tell
from bot.notices.topics import DRAFTS
from core.audit.service import record
from core.database import reading, transaction
from core.identity import Actor
from forms.filing.affected import AffectedDraft, affected_drafts
from forms.items.catalogue import items
from i18n.service import CONTENT_LOCALES, format_date, translate
from knowledge_base.passages.labels import provision_name
from knowledge_base.push.changes import (
    ChangedLaw,
    ChangedProvision,
    changed_law,
    changed_laws,
    changed_provisions,
)
from knowledge_base.push.tagging import require_editor

MOST_NAMED = 6


@dataclass(frozen=True)
class Change:
    """A changed law with the drafts that it affects; the list leaves ``provisions`` out."""

    law: ChangedLaw
    changed: int
    drafts: list[AffectedDraft]
    provisions: list[ChangedProvision]


def list_changes(actor: Actor) -> list[Change]:
    """Return laws that changed lately, with the open drafts that rest on what changed.

    Raises:
        NotAvailable: the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        return [_change(session, law) for law in changed_laws(session)]


def get_change(actor: Actor, document_id: str) -> Change:
    """Return one, with its provisions.

    Raises:
        NotAvailable: there is none, or the actor is no editor.
    """
    require_editor(actor)
    with reading() as session:
        return _change(session, changed_law(session, document_id))


def _change(session: Session, law: ChangedLaw) -> Change:
    provisions = changed_provisions(session, law.law)
    keys = {key for one in provisions for key in one.keys}
    return Change(law, len(provisions), affected_drafts(session, keys), provisions)


def tell_affected(actor: Actor, document_id: str) -> int:
    """Tell the enterprises whose drafts are affected; return how many notices are new.

    Raises:
        NotAvailable: there is no such change, or the actor is no editor.
    """
    change = get_change(actor, document_id)
    by_item: dict[str, list[AffectedDraft]] = defaultdict(list)
    for draft in change.drafts:
        by_item[draft.item_code].append(draft)
    told = 0
    with transaction() as session:
        for code, drafts in by_item.items():
            row = content_row(session, _content(change.law, code, drafts[0]))
            counts: dict[str, int] = defaultdict(int)
            for draft in drafts:
                counts[draft.enterprise_id] += 1
            told += tell(session, row, {owner: _why(code, n) for owner, n in counts.items()})
        record(
            session,
            actor_id=actor.account_id,
            action="impact.told",
            subject_type="document_version",
            subject_id=change.law.version_id,
            data={"told": told, "drafts": len(change.drafts)},
        )
    return told


def _content(law: ChangedLaw, code: str, draft: AffectedDraft) -> Content:
    return Content(
        kind=IMPACT,
        source_id=f"{law.version_id}:{code}",
        topic=DRAFTS,
        title=_words("notices.impact.title", law, code, draft),
        text=_words("notices.impact.text", law, code, draft),
        link="/filings",
    )


def _words(message: str, law: ChangedLaw, code: str, draft: AffectedDraft) -> Words:
    provisions = list(dict.fromkeys(use.provision for use in draft.uses))
    zh, en = (
        translate(
            message,
            locale,
            law=law.law,
            item=items()[code].name.get(locale),
            day=format_date(law.applies_from, locale) if law.applies_from else "-",
            provisions=translate("forms.list_separator", locale).join(
                provision_name(one, locale) for one in provisions[:MOST_NAMED]
            ),
        )
        for locale in CONTENT_LOCALES.values()
    )
    return Words(zh, en)


def _why(code: str, number: int) -> Words:
    zh, en = (
        translate("notices.impact.why", locale, item=items()[code].name.get(locale), n=number)
        for locale in CONTENT_LOCALES.values()
    )
    return Words(zh, en)
