"""A desk full of hostile text: whatever people may type is markup, scripts, turned words and endless ones.

Everything is written through the services, by this process, into the database of the installation under test.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bot.conversations.service import NewMessage, append, locked, open_conversation
from bot.handoff import service as handoff
from bot.notices.inbox import list_notices
from bot.notices.telling import Content, Words, content_row, tell
from core import clock, database
from core.audit.models import AuditEvent
from core.blocks import paragraph
from core.database import transaction
from core.database.model_modules import load_models
from core.identity import Actor, Role, keys
from core.identity.service import actor_named, actor_of, create_account, grant_authority
from core.ids import new_id
from core.model_register import lifecycle
from core.model_register.states import Step
from core.realtime import reset_bus
from core.settings import get_settings
from core.webhooks import endpoints
from core.webhooks.events import SUBSCRIBED
from forms import service as forms
from forms.models import Enterprise, Filing
from forms.sandbox.filled import routing_answers
from knowledge_base.improvement import service as improvement
from knowledge_base.improvement.models import CandidateQuestion, KnowledgeCandidate
from knowledge_base.models import AnswerTrace
from knowledge_base.push import requirements, tagging
from knowledge_base.push import service as pushes
from knowledge_base.served import switching
from knowledge_base.service import AskedIn, ingest, record_feedback
from tests.integration.forms.complete import write_values

ITEM, PASSWORD = "cosmetic_filing", "a password of the tests"
TURNED = "\u202e"
MARKUP = f"<img src=x onerror='window.struck=1'><script>window.struck=1</script>{TURNED}{{{{7*7}}}}"
ENDLESS = "W" * 150
TEXT = f'{MARKUP} "&amp;" {ENDLESS}'
NAME = MARKUP[:80]
TOPIC_WORD = "zwölfkämpferin"


@dataclass
class Desk:
    """What was written: ids by what they are, and the applicant who can sign in."""

    ids: dict[str, str] = field(default_factory=dict)
    login: str = ""


@contextmanager
def inside(home: Path) -> Iterator[None]:
    """Let this process work in an installation as one of its own does."""
    before = os.environ.get("YAOZHENG_HOME")
    _enter(str(home))
    load_models()
    try:
        yield
    finally:
        _enter(before)


def _enter(home: str | None) -> None:
    if home is None:
        os.environ.pop("YAOZHENG_HOME", None)
    else:
        os.environ["YAOZHENG_HOME"] = home
    get_settings.cache_clear()
    database.reset()
    reset_bus()


def build() -> Desk:
    """Write the desk; the applicant acts for an enterprise of the first officer's province."""
    officer, desk = actor_named("officer1"), Desk(login=new_id("login"))
    applicant = _applicant(desk, officer.province)
    _filings(desk, applicant)
    _cases(desk, applicant, officer)
    _held(desk, applicant, actor_named("supervisor1"))
    _knowledge(desk, applicant)
    _other_system(desk)
    _policies(desk, applicant)
    desk.ids["model"] = _model()
    return desk


def _model() -> str:
    """An endpoint whose card is hostile, tried without success."""
    card = {
        "id": NAME[:60],
        "version": new_id("v")[-12:],
        "purpose": TEXT,
        "limits": TEXT,
        "training_data": [{"name": TEXT, "licence": NAME, "use": TEXT}],
        "evaluation": {NAME: {TEXT[:80]: 0.5}},
        "base_url": f"http://127.0.0.1:9/{new_id('x')}",
        "model": "m",
    }
    entry_id = lifecycle.propose(actor_named("editor1"), "endpoint", card)
    switching.at_once(actor_named("editor1"), entry_id, Step.EVALUATE)
    return entry_id


def clear(desk: Desk) -> None:
    """Take from the desk what later visits would stumble over."""
    supervisor = actor_named("supervisor1")
    handoff.delete_canned(supervisor, desk.ids["canned"])
    handoff.delete_topic(supervisor, desk.ids["topic"])
    handoff.decline_held(supervisor, desk.ids["held"])
    for case in handoff.list_cases(supervisor, most=1000):
        if case.enterprise_name.startswith(MARKUP):
            handoff.close_case(supervisor, case.case_id, resolution="-")


def _applicant(desk: Desk, province: str) -> Actor:
    enterprise_id = new_id("ent")
    with transaction() as session:
        session.add(
            Enterprise(
                id=enterprise_id,
                uscc=new_id("")[-18:],
                name=f"{MARKUP}{ENDLESS}"[:120],
                province=province,
                region_code="310115",
                profile={"kind": "cosmetics_maker", "registered_on": "2020-01-01"},
            )
        )
        account = create_account(
            session, login=desk.login, password=PASSWORD, role=Role.APPLICANT, display_name=NAME
        )
        grant_authority(session, account_id=account.id, enterprise_id=enterprise_id, scope="proxy")
    desk.ids["enterprise"] = enterprise_id
    return actor_of(account.id)


def _filings(desk: Desk, applicant: Actor) -> None:
    """One that was handed in, then a draft: an enterprise has one draft of an item at a time."""
    for name in ("handed_in", "draft"):
        made = forms.start_filing(
            applicant,
            enterprise_id=desk.ids["enterprise"],
            item_code=ITEM,
            answers=routing_answers(ITEM, "initial"),
            idempotency_key=new_id("key"),
            origin=forms.Origin("web"),
        )
        desk.ids[name] = made.id
        write_values(applicant, made.id, {"product_name_zh": NAME[:60]})
        if name == "handed_in":
            with transaction() as session:
                row = session.get_one(Filing, made.id)
                row.state, row.filing_no, row.submitted_at = "submitted", new_id("no")[:20], clock.now()


def _talk(desk: Desk, applicant: Actor) -> str:
    opened = open_conversation(
        channel="web", locale="zh-CN", actor=applicant, enterprise_id=desk.ids["enterprise"]
    )
    with transaction() as session:
        new = NewMessage("applicant", "text", TEXT, account_id=applicant.account_id)
        append(session, locked(session, opened.conversation_id), new)
    return opened.conversation_id


def _cases(desk: Desk, applicant: Actor, officer: Actor) -> None:
    facts = [{"label": NAME, "value": TEXT}]
    for name in ("queued", "claimed", "assisted", "closed"):
        desk.ids["talk"] = talk = _talk(desk, applicant)
        case_id = handoff.request_handoff(
            talk,
            "asked_for",
            unanswered=TEXT,
            confirmed_facts=facts,
            filing_id=desk.ids["draft"] if name == "assisted" else None,
            service_item_code=ITEM,
        ).case_id
        desk.ids[name] = case_id
        handoff.add_note(officer, case_id, TEXT)
        if name != "queued":
            handoff.claim_case(officer, case_id)
            handoff.reply(officer, case_id, client_message_id="r1", text=TEXT)
    handoff.request_assistance(officer, desk.ids["assisted"])
    handoff.answer_assistance(applicant, desk.ids["draft"], True)
    made = handoff.propose_value(officer, desk.ids["assisted"], "product_name_zh", NAME[:60], note=TEXT[:400])
    assert not isinstance(made, forms.Rejected), made
    handoff.close_case(officer, desk.ids["closed"], resolution=TEXT)
    handoff.rate(talk, level=1, comment=TEXT)


def _held(desk: Desk, applicant: Actor, supervisor: Actor) -> None:
    desk.ids["topic"] = handoff.save_topic(supervisor, name=NAME, words=f"{TOPIC_WORD}，{TEXT}")
    message = {"text": TEXT, "blocks": [paragraph(TEXT)], "answer": {"citations": []}}
    assert handoff.hold_answer(_talk(desk, applicant), f"{TEXT} {TOPIC_WORD}", message, new_id("turn"))
    desk.ids["held"] = max(handoff.list_held(supervisor), key=lambda one: one.created_at).id
    desk.ids["canned"] = handoff.save_canned(supervisor, locale="zh-CN", domain="", title=NAME, text=TEXT)


def _other_system(desk: Desk) -> None:
    """A key whose name is hostile, with the authority of the enterprise."""
    admin, last = actor_named("admin1"), clock.today()
    made = keys.create_key(admin, keys.NewKey(NAME, list(keys.Scope), last))
    desk.ids["key"] = made.key.id
    wanted = endpoints.NewEndpoint("https://example.cn/" + "x" * 400, SUBSCRIBED, TEXT[:200])
    desk.ids["webhook"] = endpoints.register(admin, wanted).endpoint.id
    endpoints.send_test(admin, desk.ids["webhook"])
    endpoints.disable(admin, desk.ids["webhook"])
    keys.grant_to_key(
        admin, made.key.id, enterprise_id=desk.ids["enterprise"], basis=TEXT[:200], valid_to=last
    )


def _knowledge(desk: Desk, applicant: Actor) -> None:
    """A question without an answer, a word that it did not help, two candidates and an entry's draft."""
    asked_in, now = AskedIn(_talk(desk, applicant), "web"), clock.now()
    trace_id, editor = new_id("ans"), actor_named("editor1")
    with transaction() as session:
        session.add(
            AnswerTrace(
                id=trace_id,
                answered_at=now,
                question=TEXT,
                question_hmac="-",
                locale="zh-CN",
                language="zh",
                as_of=clock.today(),
                status="unanswerable_no_source",
                aspects=[],
                support=0.0,
                passages=[],
                citations=[],
                thresholds={},
                timings_ms={},
                latency_ms=1.0,
                conversation_id=asked_in.conversation_id,
                channel=asked_in.channel,
            )
        )
        for name in ("candidate", "drafted"):
            desk.ids[name] = new_id("cand")
            session.add(
                KnowledgeCandidate(
                    id=desk.ids[name],
                    language="zh",
                    question=TEXT,
                    state="open",
                    count=1,
                    first_at=now,
                    last_at=now,
                )
            )
            session.flush()
            for kind in ("trace", "case"):
                session.add(
                    CandidateQuestion(
                        source_id=new_id("src"),
                        source_kind=kind,
                        candidate_id=desk.ids[name],
                        text=TEXT,
                        answer=TEXT,
                        replies=TEXT,
                        basis=[],
                        asked_at=now,
                    )
                )
    _told(desk, asked_in.conversation_id, trace_id)
    desk.ids["entry"] = improvement.open_draft(editor, desk.ids["drafted"])
    record_feedback(trace_id, useful=False, reason=TEXT, account_id=applicant.account_id)
    tasks = improvement.list_tasks(actor_named("supervisor1"))
    for kind in ("rating", "feedback"):
        own = [one for one in tasks if one.kind == kind]
        desk.ids[kind] = max(own, key=lambda one: one.opened_at).task_id


def _told(desk: Desk, conversation_id: str, trace_id: str) -> None:
    """Tell an answer in its conversation, and name an event of the trail."""
    answer = {"status": "unanswerable_no_source", "citations": [], "trace_id": trace_id, "receipt_code": "A"}
    with transaction() as session:
        new = NewMessage("assistant", "answer", TEXT, details={"answer": answer})
        message = append(session, locked(session, conversation_id), new)
        event = session.scalars(select(AuditEvent.id).order_by(AuditEvent.at.desc()).limit(1)).one()
        desk.ids |= {
            "answer": trace_id,
            "answer_talk": conversation_id,
            "answer_seq": str(message.seq),
            "event": event,
        }


LAW = """# 某省药品召回办法

（2026年3月1日某省药品监督管理局公布 自2026年{month}月1日起施行）

第一条 为了管理药品召回，制定本办法{more}。

第二条 持有人应当在2027年1月1日前建立召回制度。

第三条 本办法自2026年{month}月1日起施行。
"""


def _policies(desk: Desk, applicant: Actor) -> None:
    """A law that changed, a push of hostile words that reached the applicant, an answer that changed."""
    editor = actor_named("admin1")
    with TemporaryDirectory() as folder:
        for month, more in ((5, ""), (8, "和细则")):
            path = Path(folder) / f"law{month}.md"
            path.write_text(LAW.format(month=month, more=more), "utf-8")
            ingest([path])
    desk.ids["policy"] = tagging.get_document(editor, "某省药品召回办法").document_id
    words = {"zh": TEXT, "en": TEXT}
    requirements.add(editor, desk.ids["policy"], words, due_on=clock.today())
    fields = {f"{name}_{language}": TEXT for name in ("title", "text", "why") for language in words}
    rest = {"topic": "topic/recall", "condition": "true", "document_id": desk.ids["policy"]}
    desk.ids["push"] = pushes.create(editor, {**fields, **rest})
    with transaction() as session:
        told = Words(TEXT[:200], TEXT[:200])
        content = Content("push", desk.ids["push"], "topic/recall", told, Words(TEXT, TEXT), "/about")
        tell(session, content_row(session, content), {desk.ids["enterprise"]: Words(TEXT, TEXT)})
    desk.ids["notice"] = list_notices(applicant, "en")[0][0].id
