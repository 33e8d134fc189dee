"""A receipt code verified: what anybody may know who holds it. Never the question, never who asked.

It tells when the answer was given, on which wording of which provision it rests and whether that still holds,
whether its hashes are those of the audit trail, whether a recall found that it would be another today, and,
for a text that is shown, whether that is the answer word for word.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from core.errors import NotAvailable
from knowledge_base.models import AnswerTrace
from knowledge_base.passages import store
from knowledge_base.passages.views import PassageView
from knowledge_base.recall.models import RecalledAnswer, RecallTelling
from knowledge_base.traces.rebuilding import Outcome, Seal, rebuild, seal_of

_CODE = re.compile(r"[A-Z2-7]{16}")
CHANGED, CONFIRMED = "changed", "confirmed"


class Standing(StrEnum):
    """What a provision that an answer cites says today."""

    IN_FORCE = "in_force"
    CHANGED = "changed"
    ENDED = "ended"
    NOT_HELD = "not_held"


@dataclass(frozen=True)
class CitedThen:
    """A provision as it was cited, and as it stands today.

    Attributes:
        in_force_from: from when the cited wording applied.
        version: the number of that wording's version among those held of its document.
        sha256: hash of the file that it was read from.
    """

    title: str
    article: str
    article_label: str
    document_number: str
    in_force_from: date | None
    standing: Standing
    sha256: str = ""


@dataclass(frozen=True)
class AnswerReceipt:
    """An answer of which somebody holds the receipt code.

    Attributes:
        seal: whether trace and audit trail agree.
        outcome: whether the answer can be rebuilt word for word.
        recalled: ``changed`` where a recall found another answer, ``confirmed`` where staff told so, else "".
        is_word_for_word: whether the text shown is the answer, blanks aside; None where none was shown.
    """

    code: str
    answered_at: datetime
    status: str
    as_of: date
    answer_sha256: str
    citations: list[CitedThen]
    seal: Seal
    outcome: Outcome
    recalled: str
    is_word_for_word: bool | None

    @property
    def still_holds(self) -> bool:
        """Whether nothing that it cites has changed and no recall found it to be another today."""
        return not self.recalled and all(
            one.standing in (Standing.IN_FORCE, Standing.NOT_HELD) for one in self.citations
        )


def verify(code: str, text: str = "") -> AnswerReceipt:
    """Verify a receipt code, and a text that is said to be the answer.

    Args:
        code: as printed; case, blanks and hyphens do not matter.
        text: the answer as somebody holds it, "" for none.

    Raises:
        NotAvailable: no answer has this code.
    """
    tidy = tidy_code(code)
    with reading() as session:
        trace = session.scalars(select(AnswerTrace).where(AnswerTrace.receipt_code == tidy).limit(1)).first()
        if not tidy or trace is None:
            raise NotAvailable
        citations = cited_then(session, trace)
        seal, recalled = seal_of(session, trace).seal, recalled_state(session, trace.id)
    made = rebuild(trace.id)
    is_same = _is_word_for_word(made.text, text, tidy) if text.strip() else None
    return AnswerReceipt(
        code=tidy,
        answered_at=trace.answered_at,
        status=trace.status,
        as_of=trace.as_of,
        answer_sha256=trace.answer_sha256,
        citations=citations,
        seal=seal,
        outcome=made.outcome,
        recalled=recalled,
        is_word_for_word=is_same if made.text else None,
    )


def _is_word_for_word(given: str, shown: str, code: str) -> bool:
    """Whether a text is the answer, blanks aside; the mark and the code that stand below a copy do not count.

    They stand on the lines after the answer, the last of which holds this very code.
    """
    lines = shown.strip().splitlines()
    copied = lines[:-2] if len(lines) > 2 and code in lines[-1] else lines
    own = _bare(given)
    return any(compare_digest(own, _bare("".join(one))) for one in (lines, copied))


def _bare(text: str) -> bytes:
    return "".join(text.split()).encode()


def tidy_code(raw: str) -> str:
    """Write a receipt code of an answer as it is issued; "" where it cannot be one."""
    bare = "".join(sign for sign in raw.upper() if sign.isalnum())
    if not _CODE.fullmatch(bare):
        return ""
    return "-".join(bare[start : start + 4] for start in (0, 4, 8, 12))


def cited_then(session: Session, trace: AnswerTrace) -> list[CitedThen]:
    """Return what an answer cites, as it was and as it stands today."""
    held = store.views(session, [one["passage_id"] for one in trace.citations if one.get("passage_id")])
    return [_cited(session, one, held.get(one.get("passage_id", ""))) for one in trace.citations]


def _cited(session: Session, cited: dict[str, str], passage: PassageView | None) -> CitedThen:
    if passage is None:
        return CitedThen(cited["title"], str(cited["article"]), "", "", None, Standing.NOT_HELD)
    return CitedThen(
        title=passage.title,
        article=passage.article,
        article_label=passage.article_label,
        document_number=passage.document_number,
        in_force_from=passage.in_force_from,
        standing=_standing(session, passage),
        sha256=passage.sha256,
    )


def _standing(session: Session, passage: PassageView) -> Standing:
    today = clock.today()
    if passage.applies_on(today):
        return Standing.IN_FORCE
    wordings = store.find_provisions(session, passage.title, passage.article)
    current = [one for one in wordings if one.applies_on(today)]
    if not current:
        return Standing.ENDED
    return Standing.IN_FORCE if any(one.text == passage.text for one in current) else Standing.CHANGED


def recalled_state(session: Session, trace_id: str) -> str:
    """Return whether a recall found that an answer would be another today: changed, confirmed or ""."""
    told = (
        select(RecalledAnswer.state)
        .join(RecallTelling, RecallTelling.recalled_id == RecalledAnswer.id)
        .where(RecallTelling.trace_id == trace_id)
    )
    found = select(RecalledAnswer.state).where(RecalledAnswer.trace_id == trace_id)
    states = {*session.scalars(told), *session.scalars(found)}
    return next((state for state in (CONFIRMED, CHANGED) if state in states), "")
