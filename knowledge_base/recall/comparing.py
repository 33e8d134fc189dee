"""Whether an answer given earlier would be another today."""

import hashlib
from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.database import reading
from knowledge_base.answering.service import answer
from knowledge_base.answering.views import Answer, Question
from knowledge_base.models import AnswerTrace, Passage
from knowledge_base.passages import store
from knowledge_base.passages.standing import CURRENT

STATUS, PROVISIONS, WORDS = "status", "provisions", "words"


def again(trace: AnswerTrace) -> Answer:
    """Ask a stored question anew, as it was asked; no trace is kept."""
    question = Question(trace.question, trace.locale, service_item_code=trace.asked_item or None)
    return answer(question, is_traced=False)


def is_askable(trace: AnswerTrace) -> bool:
    """Whether the stored words are the question: not masked, and not leaning on the talk before."""
    is_masked = any(mark in trace.question for mark in ("[id_number]", "[mobile]", "[bank_card]", "[email]"))
    return bool(trace.question) and not is_masked and not trace.leans_back


def compare(trace: AnswerTrace, now: Answer, old_words: Mapping[str, str]) -> list[str]:
    """Return how today's answer differs from the one that was given, nothing where it is the same.

    Args:
        old_words: the words of the passages that were cited then, by passage id.
    """
    kinds = []
    if trace.status != now.status.value:
        kinds.append(STATUS)
    before = {(one["title"], str(one["article"])): str(one.get("passage_id", "")) for one in trace.citations}
    after = {(one.title, str(one.article)): one.passage_id for one in now.citations}
    if set(before) != set(after):
        kinds.append(PROVISIONS)
    if trace.answer_sha256:
        is_other = trace.answer_sha256 != digest(now.text)
    else:
        with reading() as session:
            new_words = words_of(session, list(after.values()))
        is_other = any(
            old_words.get(before[key], "") != new_words.get(after[key], "")
            for key in set(before) & set(after)
        )
    return [*kinds, WORDS] if is_other and not kinds else kinds


def changed_words(session: Session, trace: AnswerTrace) -> str:
    """Return a hash of today's words of the cited provisions where these changed or are gone, else ""."""
    ids = [str(one.get("passage_id", "")) for one in trace.citations if one.get("passage_id")]
    held, today, is_other = store.views(session, ids), [], False
    for view in held.values():
        if view.kind != "law":
            continue
        current = [p for p in store.find_provisions(session, view.title, view.article) if p.status == CURRENT]
        words = current[0].text if current else ""
        is_other = is_other or words != view.text
        today.append(f"{view.title}#{view.article}:{words}")
    return digest("\n".join(sorted(today))) if is_other else ""


def cited_before_hashes(trace: AnswerTrace) -> list[str]:
    """Return the passages that an answer cited, where it was kept without its hash; else none are needed."""
    if trace.answer_sha256:
        return []
    return [str(one["passage_id"]) for one in trace.citations if one.get("passage_id")]


def words_of(session: Session, passage_ids: list[str]) -> dict[str, str]:
    """Return the words of passages by id."""
    rows = (session.get(Passage, one) for one in set(passage_ids) if one)
    return {row.id: row.text for row in rows if row is not None}


def digest(text: str) -> str:
    """Return the hash by which two answers are told apart."""
    return hashlib.sha256(text.encode()).hexdigest()
