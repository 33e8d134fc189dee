"""The words of a push, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from knowledge_base.curation.content import clean
from knowledge_base.models import SourceDocument
from knowledge_base.push.auditing import Verdict, verdict
from knowledge_base.push.expressions import LONGEST, compile_condition
from knowledge_base.push.models import PolicyPush
from knowledge_base.push.schema import Schema
from knowledge_base.push.tags import TOPIC, tags

LANGUAGES = ("zh", "en")
EVERYBODY = "true"
LONGEST_TITLE, LONGEST_TEXT, LONGEST_WHY, LONGEST_LINK = 120, 2000, 300, 300
BY_LANGUAGE = {"title": LONGEST_TITLE, "text": LONGEST_TEXT, "why": LONGEST_WHY}


@dataclass(frozen=True)
class PushProblem:
    """What is wrong; an error keeps a push from review, a warning is for the reviewer to weigh."""

    code: str
    is_error: bool
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PushContent:
    """What an editor writes; ``why`` is empty where the condition's own words serve."""

    title: dict[str, str]
    text: dict[str, str]
    why: dict[str, str]
    link: str
    topic: str
    condition: str
    is_urgent: bool
    document_id: str

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> "PushContent":
        """Take typed fields (``title_zh`` …), without invisible signs, each of its length."""

        def both(name: str, longest: int, *, is_line: bool = True) -> dict[str, str]:
            found = {}
            for language in LANGUAGES:
                words = clean(str(fields.get(f"{name}_{language}") or ""))
                found[language] = (" ".join(words.split()) if is_line else words)[:longest]
            return found

        return cls(
            title=both("title", LONGEST_TITLE),
            text=both("text", LONGEST_TEXT, is_line=False),
            why=both("why", LONGEST_WHY),
            link=str(fields.get("link") or "").strip()[:LONGEST_LINK],
            topic=str(fields.get("topic") or ""),
            condition=str(fields.get("condition") or "").strip()[: LONGEST + 1],
            is_urgent=bool(fields.get("is_urgent")),
            document_id=str(fields.get("document_id") or "")[:40],
        )

    @classmethod
    def of_row(cls, row: PolicyPush) -> "PushContent":
        """Return what a row holds."""
        fields = {f"{name}_{one}": getattr(row, f"{name}_{one}") for name in BY_LANGUAGE for one in LANGUAGES}
        rest = ("link", "topic", "condition", "is_urgent", "document_id")
        return cls.of({**fields, **{name: getattr(row, name) for name in rest}})


def fill(row: PolicyPush, content: PushContent) -> None:
    """Write the words into a row."""
    for name in BY_LANGUAGE:
        for language in LANGUAGES:
            setattr(row, f"{name}_{language}", getattr(content, name)[language])
    row.link, row.topic, row.condition = content.link, content.topic, content.condition
    row.is_urgent, row.document_id = content.is_urgent, content.document_id


def problems(session: Session, content: PushContent, schema: Schema) -> list[PushProblem]:
    """Return what is wrong with a push, errors first."""
    found = []
    if not all((*content.title.values(), *content.text.values())):
        found.append(PushProblem("push.words_missing", True))
    if any(content.why.values()) and not all(content.why.values()):
        found.append(PushProblem("push.why_both", True))
    if content.topic not in tags() or tags()[content.topic].facet != TOPIC:
        found.append(PushProblem("push.topic_missing", True))
    if content.link and not is_safe_link(content.link):
        found.append(PushProblem("push.link_wrong", True))
    if content.document_id and session.get(SourceDocument, content.document_id) is None:
        found.append(PushProblem("push.document_absent", True))
    found += doubts(content.condition, schema)
    return sorted(found, key=lambda one: not one.is_error)


def is_safe_link(link: str) -> bool:
    """Whether a link leads to a page of ours or to https, and nothing else."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if any(ord(sign) <= 32 for sign in link) or "\\" in link:
        return False
    is_own = link.startswith("/") and not link.startswith("//")
    return is_own or (parts.scheme == "https" and bool(parts.netloc) and "@" not in parts.netloc)


def doubts(
    condition: str, schema: Schema, audience: int | None = None, population: int | None = None
) -> list[PushProblem]:
    """Return what is wrong with a condition by itself, and by what a dry run counted."""
    try:
        known = verdict(compile_condition(condition, schema).tree, schema)
    except InvalidInput as error:
        return [PushProblem(error.code, True, dict(error.params))]
    if known is Verdict.NEVER:
        return [PushProblem("push.condition.never", True)]
    if known is Verdict.ALWAYS:
        return [] if condition == EVERYBODY else [PushProblem("push.condition.always", False)]
    if audience == 0:
        return [PushProblem("push.condition.met_nobody", False)]
    if audience is not None and audience == population:
        return [PushProblem("push.condition.met_all", False)]
    return []
