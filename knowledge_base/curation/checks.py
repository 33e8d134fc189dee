"""What is checked before a second person reads an entry."""

import re
from collections.abc import Iterator

from sqlalchemy.orm import Session

from core import clock
from core.privacy.service import classification_mark, find_personal_data
from knowledge_base.curation.content import (
    LANGUAGES,
    MAX_ANSWER,
    MAX_QUESTION,
    MAX_WORDINGS,
    EntryContent,
    is_provision,
)
from knowledge_base.curation.views import Problem
from knowledge_base.passages import PassageView, store
from knowledge_base.passages.views import split_provision

_QUOTED = re.compile("[\u201c\u300c]([^\u201c\u201d\u300c\u300d]{10,})[\u201d\u300d]")
_SPACE = re.compile(r"\W")


def check(session: Session, content: EntryContent, *, key: str = "") -> list[Problem]:
    """Return what is wrong with an entry, errors first; ``key`` is its own: it is no twin of itself."""
    provisions = {basis: standing(session, basis) for basis in content.basis if is_provision(basis)}
    found = [
        *_words(content),
        *_private(content),
        *_basis(content, session, provisions),
        *_quotes(content, provisions),
        *_twins(content, session, key),
    ]
    return sorted(found, key=lambda problem: not problem.is_error)


def standing(session: Session, provision: str) -> PassageView | None:
    """Return a provision's text in force today, None where none is held."""
    law, article = split_provision(provision)
    today = clock.today()
    for view in store.find_provisions(session, law, article):
        begun = view.in_force_from is None or view.in_force_from <= today
        if begun and view.status != "repealed" and (view.repealed_on is None or today < view.repealed_on):
            return view
    return None


def _error(code: str, **params: object) -> Problem:
    values = {name: str(value) for name, value in params.items()}
    return Problem(f"knowledge_base.curation.check.{code}", True, values)


def _warning(code: str, **params: object) -> Problem:
    values = {name: str(value) for name, value in params.items()}
    return Problem(f"knowledge_base.curation.check.{code}", False, values)


def _words(content: EntryContent) -> Iterator[Problem]:
    for language in LANGUAGES:
        if not content.question[language]:
            yield _error(f"question_missing_{language}")
        if not content.answer[language]:
            yield _error(f"answer_missing_{language}")
        if not content.similar[language]:
            yield _warning(f"similar_missing_{language}")
        if len(content.answer[language]) > MAX_ANSWER:
            yield _error("answer_too_long", most=MAX_ANSWER)
        if any(len(text) > MAX_QUESTION for text in content.wordings(language)):
            yield _error("question_too_long", most=MAX_QUESTION)
        if len(content.wordings(language)) > MAX_WORDINGS:
            yield _error("too_many_wordings", most=MAX_WORDINGS)


def _private(content: EntryContent) -> Iterator[Problem]:
    if any(find_personal_data(text) for text in content.texts()):
        yield _error("personal_data")
    if any(classification_mark(text) for text in content.texts()):
        yield _error("secret")


def _basis(
    content: EntryContent, session: Session, provisions: dict[str, PassageView | None]
) -> Iterator[Problem]:
    if not content.basis:
        yield _error("basis_missing")
    for basis in content.basis:
        if not is_provision(basis):
            yield _error("basis_form", basis=basis)
        elif provisions[basis] is None:
            law, article = split_provision(basis)
            if store.find_provisions(session, law, article):
                yield _error("basis_not_in_force", law=law, article=article)
            elif store.versions_of(session, law):
                yield _error("basis_absent", law=law, article=article)
            else:
                yield _warning("law_not_held", law=law)


def _quotes(content: EntryContent, provisions: dict[str, PassageView | None]) -> Iterator[Problem]:
    held = _SPACE.sub("", "".join(view.text for view in provisions.values() if view))
    for quote in _QUOTED.findall(content.answer["zh"]) if held else ():
        if _SPACE.sub("", quote) not in held:
            yield _error("quote_inexact", quote=quote[:40])


def _plain(text: str) -> str:
    return _SPACE.sub("", text).lower()


def _twins(content: EntryContent, session: Session, key: str) -> Iterator[Problem]:
    """Tell wordings that lead to another entry already."""
    own = {(language, _plain(text)) for language in LANGUAGES for text in content.wordings(language)}
    for view in store.indexed_passages(session, kinds=("faq",)):
        known = {(view.language, _plain(text)) for text in (view.heading, *view.search_texts)}
        if view.data.get("id") not in ("", key) and own & known:
            yield _error("question_taken", question=view.heading, key=view.data.get("id"))
