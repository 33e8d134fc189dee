"""Canaries: made-up personal data planted wherever people write, looked for wherever it must not be."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

from docx import Document
from sqlalchemy import select, text

from bot.conversations import service as conversations
from core.audit import service as audit
from core.audit.service import record
from core.database import Base, transaction
from core.database.engine import Database
from core.identity import Actor
from core.privacy.inventory import load_inventory
from core.queue.service import enqueue
from forms import service as forms
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.steps.normalise import normalise
from knowledge_base.answering.views import AskedIn, Question
from knowledge_base.traces.service import keep_trace, record_feedback
from tests.benchmarks.privacy_people import MAKERS, disguises_of

CARRIERS = {
    "id_number": "我的身份证号码是{x}",
    "mobile": "联系电话：{x}",
    "landline": "办公室电话{x}",
    "bank_card": "银行卡号{x}",
    "passport": "我的护照号是{x}",
    "travel_permit": "港澳居民来往内地通行证{x}",
    "email": "邮箱：{x} ",
    "address": "我住在{x}",
    "plate": "我的车牌是{x}",
    "wechat": "微信号：{x}",
    "qq": "我的QQ号：{x}",
}
ANSWERS = {
    "special": "no",
    "kind": "cosmetic",
    "matter": "first",
    "new_ingredient": "no",
    "production": "self",
    "origin": "domestic",
}
STEM = 6  # characters by which canaries are told apart at first
# Stores that hold what people said, masked: here no column may hold a canary.
MASKED_STORES = {
    "answer_trace", "answer_feedback", "candidate_question", "knowledge_candidate", "improvement_task",
    "audit_event", "outbox", "webhook_delivery", "notice_delivery", "similar_answer",
}  # fmt: skip


@dataclass
class Canary:
    """One made-up datum: as it is, as it was written, and the sentence that carries it."""

    plain: str
    written: str
    sentence: str


def canaries(count: int, seed: int) -> list[Canary]:
    """Make canaries of all kinds, every second one in disguise, no two alike."""
    rng, made, known = Random(seed), [], set[str]()
    kinds = list(CARRIERS)
    while len(made) < count:
        kind = kinds[len(made) % len(kinds)]
        plain = MAKERS[kind](rng)
        if plain in known or len(re.sub(r"\W", "", plain)) < 7:
            continue
        known.add(plain)
        ways = list(disguises_of(kind).values())
        written = rng.choice(ways)(plain, rng) if len(made) % 2 else plain
        made.append(Canary(plain, written, CARRIERS[kind].replace("{x}", written)))
    return made


def messages(planted: list[Canary], at_once: int = 8) -> Iterator[str]:
    """Put the sentences into messages."""
    for first in range(0, len(planted), at_once):
        yield (
            "请问化妆品备案怎么办？"
            + "；".join(one.sentence for one in planted[first : first + at_once])
            + "。"
        )


def say_all(conversation_id: str, actor: Actor, planted: list[Canary], knowledge: object) -> None:
    """Send the messages through the gateway; ask the knowledge base the same; tell feedback the same."""
    for number, said in enumerate(messages(planted)):
        conversations.post_message(conversation_id, client_message_id=f"m{number}", text=said, actor=actor)
        question = Question(said, "zh-CN", asked_in=AskedIn(conversation_id, "web", ""))
        context = Context(question, knowledge, shipped_rules())  # type: ignore[arg-type]
        normalise(context)
        context.draft = context.draft or Draft(AnswerStatus.ANSWERED, [])
        trace_id = keep_trace(context, 1.0).trace_id
        record_feedback(
            trace_id,
            useful=False,
            reason=said[:900],
            account_id=f"p{number}",
            conversation_id=conversation_id,
        )


def fill_form(actor: Actor, planted: list[Canary]) -> None:
    """Write into a draft's fields, and attach Word files that hold the rest and are named after them."""
    (enterprise_id,) = actor.enterprise_ids
    filing = forms.start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code="cosmetic_filing",
        answers=ANSWERS,
        idempotency_key="planted",
        origin=forms.Origin("web"),
    )
    files = [field.key for field in filing.fields if field.type in ("file", "files")]
    texts = [field.key for field in filing.fields if field.type in ("string", "text")]
    for number, one in enumerate(planted):
        if number % 2 and files:
            key, name = files[number % len(files)], f"{one.written.replace('/', '')}.docx"
            forms.attach_file(actor, filing.id, key, name, word_file(one.sentence))
        else:
            key = texts[number % len(texts)]
            forms.answer_field(actor, filing.id, key, one.sentence, source="web", locale="zh-CN")
    forms.check_filing(actor, filing.id, "zh-CN")


def word_file(said: str) -> BytesIO:
    """Return a small Word file."""
    made = BytesIO()
    paper = Document()
    paper.add_paragraph(said)
    paper.save(made)
    made.seek(0)
    return made


def misuse_all(planted: list[Canary]) -> None:
    """Hand the sentences to sinks that should only get ids: the trail and the queue."""
    with transaction() as session:
        for number, one in enumerate(planted):
            record(
                session,
                actor_id="acct_1",
                action="test.misuse",
                subject_type="test",
                subject_id=str(number),
                data={"said": one.sentence, "deep": [{"again": one.sentence}]},
            )
            enqueue(session, "core.queue.nothing", {"said": one.sentence}, wakes=False)
    audit.seal()
    audit.checkpoint()


def needles(planted: list[Canary]) -> list[str]:
    """Return what is looked for: as it is and as it was written."""
    return sorted({one.plain for one in planted} | {one.written for one in planted})


def look(planted: list[Canary], places: dict[str, str]) -> list[tuple[str, str]]:
    """Return where which canary lies; each place is gone through once, whatever the number of canaries."""
    by_start: dict[str, list[str]] = {}
    for needle in needles(planted):
        by_start.setdefault(needle[:STEM], []).append(needle)
    found: set[tuple[str, str]] = set()
    for place, held in places.items():
        for start in range(len(held)):
            for needle in by_start.get(held[start : start + STEM], ()):
                if held.startswith(needle, start):
                    found.add((place, needle))
    return sorted(found)


def tables(database: Database) -> dict[str, str]:
    """Return the text of every column that is not told as a person's, and all of the masked stores."""
    personal = {one.table: set(one.personal) for one in load_inventory()}
    found: dict[str, str] = {}
    with database.engine.connect() as connection:
        for name, table in Base.metadata.tables.items():
            kept = [
                column
                for column in table.columns
                if name in MASKED_STORES or column.name not in personal[name]
            ]
            rows = connection.execute(select(*kept)).all() if kept else []
            found[name] = "\n".join(str(list(row)) for row in rows)
    return found


def file_bytes_without_personal_columns(database: Database, work: Path) -> str:
    """Return the bytes of the SQLite file once the columns told as personal are emptied: indexes and all."""
    assert database.is_sqlite
    with database.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    copy = work / "copy.sqlite3"
    shutil.copy(str(database.engine.url.database), copy)
    opened = sqlite3.connect(copy)
    for one in load_inventory():
        if one.table not in MASKED_STORES and one.personal:
            opened.execute("DELETE FROM " + one.table)
    opened.commit()
    opened.execute("VACUUM")
    opened.close()
    return copy.read_bytes().decode("utf-8", errors="replace")


def files_of(home: Path) -> dict[str, str]:
    """Return every file of the installation but the database's and people's attachments."""
    left_out = ("database.sqlite3", "uploads")
    return {
        str(path.relative_to(home)): path.read_bytes().decode("utf-8", errors="replace")
        for path in home.rglob("*")
        if path.is_file() and not str(path.relative_to(home)).startswith(left_out)
    }
