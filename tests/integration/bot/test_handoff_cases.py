"""A case from the queue to its close, and who may do what with it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.handoff import service
from core import database
from core.audit.models import AuditEvent
from core.errors import AssistantError, Conflict, InvalidInput, InvariantBroken, NotAvailable
from core.identity import ANONYMOUS, Actor
from core.realtime import subscribe

from .conftest import People, RasaStub


@pytest.fixture
def case_id(conversation: str) -> str:
    """A queued case of the applicant's conversation, in Shanghai's field of cosmetics."""
    ticket = service.request_handoff(conversation, "asked_for", service_item_code="cosmetic_filing")
    return ticket.case_id


def _write(conversation: str, people: People, text: str = "还在吗", client_id: str = "m1") -> None:
    conversations.post_message(conversation, client_message_id=client_id, text=text, actor=people.applicant)


def _said(conversation: str) -> list[tuple[str, str]]:
    return [(m.role, m.text) for m in conversations.read_messages(conversation)]


def _owner(conversation: str, people: People) -> str:
    return conversations.authorise(conversation, actor=people.applicant).owner


def test_calling_staff_queues_the_conversation_and_tells_the_person(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    ticket = service.request_handoff(conversation, "asked_for")
    assert (ticket.position, ticket.state, ticket.reason) == (1, "queued", "asked_for")
    assert ticket.expected_wait_s >= 60
    assert ticket.case_no.startswith("GD")
    assert ticket.case_no.endswith("-0001")
    assert _owner(conversation, people) == "queue"
    told = conversations.read_messages(conversation)[-1]
    assert (told.role, told.kind) == ("system", "handoff")
    assert ticket.case_no in told.text
    assert told.handoff == ticket.to_json()


def test_calling_staff_again_returns_the_open_case(conversation: str, people: People) -> None:
    with ThreadPoolExecutor(4) as pool:
        tickets = list(pool.map(lambda _n: service.request_handoff(conversation, "asked_for"), range(4)))
    assert len({ticket.case_id for ticket in tickets}) == 1
    assert len(conversations.read_messages(conversation)) == 1
    assert service.case_of_conversation(conversation) == tickets[0]


def test_a_reason_outside_the_set_is_our_bug(conversation: str) -> None:
    with pytest.raises(InvariantBroken):
        service.request_handoff(conversation, "boredom")
    assert service.case_of_conversation(conversation) is None


def test_an_absent_conversation_is_not_available(people: People) -> None:
    with pytest.raises(NotAvailable):
        service.request_handoff("conv_absent", "asked_for")


def test_the_open_question_is_the_one_before_the_call_for_staff(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    _write(conversation, people, "进口化妆品由谁备案")
    service.request_handoff(conversation, "asked_for", unanswered="转人工")
    assert service.list_cases(people.officer)[0].unanswered == "进口化妆品由谁备案"


def test_what_an_action_names_as_unanswered_is_kept(conversation: str, people: People) -> None:
    service.request_handoff(conversation, "judgement_needed", unanswered="这个算特殊化妆品吗")
    assert service.list_cases(people.officer)[0].unanswered == "这个算特殊化妆品吗"


def test_a_case_is_seen_by_the_competent_province_and_field(case_id: str, people: People) -> None:
    for sees in (people.officer, people.colleague, people.supervisor):
        assert [case.case_id for case in service.list_cases(sees)] == [case_id]
    for blind in (people.drug_officer, people.elsewhere):
        assert service.list_cases(blind) == []
        with pytest.raises(NotAvailable):
            service.get_case(blind, case_id)


def test_a_case_of_unknown_province_and_field_is_everyones(people: People) -> None:
    opened = conversations.open_conversation(channel="web", locale="en", actor=ANONYMOUS)
    service.request_handoff(opened.conversation_id, "asked_for")
    for officer in (people.officer, people.drug_officer, people.elsewhere, people.supervisor):
        assert len(service.list_cases(officer)) == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda actor, case_id: service.get_case(actor, case_id),
        lambda actor, case_id: service.claim_case(actor, case_id),
        lambda actor, case_id: service.reply(actor, case_id, client_message_id="r", text="hi"),
        lambda actor, case_id: service.add_note(actor, case_id, "note"),
        lambda actor, case_id: service.transfer_case(actor, case_id, to_province="粤", note="why"),
        lambda actor, case_id: service.release_case(actor, case_id),
        lambda actor, case_id: service.close_case(actor, case_id, resolution="done"),
    ],
)
def test_absent_and_not_yours_answer_alike(
    case_id: str, people: People, act: Callable[[Actor, str], object]
) -> None:
    for actor, wanted in (
        (people.officer, "case_absent"),
        (people.elsewhere, case_id),
        (people.applicant, case_id),
        (ANONYMOUS, case_id),
    ):
        with pytest.raises(NotAvailable) as refused:
            act(actor, wanted)
        assert refused.value.code == "core.not_available"


def test_applicants_see_no_queue(people: People) -> None:
    with pytest.raises(NotAvailable):
        service.list_cases(people.applicant)
    with pytest.raises(NotAvailable):
        service.list_officers(people.applicant)


def test_two_write_to_each_other_and_the_assistant_is_silent(
    conversation: str, case_id: str, people: People, rasa: RasaStub
) -> None:
    service.claim_case(people.officer, case_id)
    assert _owner(conversation, people) == "officer"
    answered = service.reply(people.officer, case_id, client_message_id="r1", text="请讲")
    _write(conversation, people, "需要检验报告吗")
    assert answered.handoff is not None
    assert answered.handoff["officer_name"] == "Officer"
    assert _said(conversation)[-2:] == [("officer", "请讲"), ("applicant", "需要检验报告吗")]
    assert rasa.turns == []


def test_a_reply_sent_twice_is_written_once(conversation: str, case_id: str, people: People) -> None:
    service.claim_case(people.officer, case_id)
    first = service.reply(people.officer, case_id, client_message_id="r1", text="请讲")
    assert service.reply(people.officer, case_id, client_message_id="r1", text="请讲") == first
    assert [role for role, _ in _said(conversation)].count("officer") == 1


def test_the_applicants_and_the_officers_message_ids_do_not_collide(
    conversation: str, case_id: str, people: People
) -> None:
    service.claim_case(people.officer, case_id)
    _write(conversation, people, "hello", "same")
    assert service.reply(people.officer, case_id, client_message_id="same", text="hi").role == "officer"


def test_only_the_claiming_officer_writes(case_id: str, people: People) -> None:
    for officer in (people.officer, people.supervisor):
        with pytest.raises(Conflict):
            service.reply(officer, case_id, client_message_id="r", text="hi")
    service.claim_case(people.officer, case_id)
    for other in (people.colleague, people.supervisor):
        with pytest.raises(Conflict):
            service.reply(other, case_id, client_message_id="r", text="hi")


def test_two_threads_claim_and_exactly_one_wins(case_id: str, people: People) -> None:
    gate = threading.Barrier(2)

    def claim(officer: Actor) -> str:
        gate.wait(5)
        try:
            service.claim_case(officer, case_id)
        except Conflict as error:
            return error.code
        return "won"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(claim, (people.officer, people.colleague)))
    assert results == ["handoff.already_claimed", "won"]
    assert service.list_cases(people.supervisor)[0].state == "claimed"


def test_claiming_ones_own_case_again_changes_nothing(
    conversation: str, case_id: str, people: People
) -> None:
    service.claim_case(people.officer, case_id)
    before = _said(conversation)
    service.claim_case(people.officer, case_id)
    assert _said(conversation) == before


def test_a_supervisor_takes_over(conversation: str, case_id: str, people: People) -> None:
    service.claim_case(people.officer, case_id)
    service.claim_case(people.supervisor, case_id)
    with pytest.raises(Conflict):
        service.reply(people.officer, case_id, client_message_id="r", text="hi")
    assert service.reply(people.supervisor, case_id, client_message_id="r", text="hi").text == "hi"
    assert "Supervisor" in _said(conversation)[-2][1]


def test_a_released_case_is_queued_again_and_the_assistant_stays_silent(
    conversation: str, case_id: str, people: People, rasa: RasaStub
) -> None:
    service.claim_case(people.officer, case_id)
    service.release_case(people.officer, case_id)
    _write(conversation, people)
    assert _owner(conversation, people) == "queue"
    assert rasa.turns == []
    with pytest.raises(Conflict):
        service.release_case(people.officer, case_id)
    service.claim_case(people.colleague, case_id)
    assert _owner(conversation, people) == "officer"


def test_a_case_is_given_to_a_colleague_with_a_note(conversation: str, case_id: str, people: People) -> None:
    service.claim_case(people.officer, case_id)
    service.transfer_case(
        people.officer, case_id, to_account_id=people.colleague.account_id, note="药品问题较多"
    )
    view = service.get_case(people.colleague, case_id)
    assert view.summary.officer_id == people.colleague.account_id
    assert [(note.author, note.text) for note in view.notes] == [("Officer", "药品问题较多")]
    assert "药品问题较多" not in str(_said(conversation))


def test_a_case_moves_to_another_provinces_queue(case_id: str, people: People) -> None:
    service.claim_case(people.officer, case_id)
    service.transfer_case(people.officer, case_id, to_province="粤", note="企业住所在广东")
    assert [case.case_id for case in service.list_cases(people.elsewhere)] == [case_id]
    assert service.list_cases(people.officer) == []


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({}, "transfer_target"),
        ({"to_account_id": "acct_colleague", "to_province": "粤"}, "transfer_target"),
        ({"to_account_id": "acct_absent"}, "transfer_not_competent"),
        ({"to_account_id": "acct_applicant"}, "transfer_not_competent"),
        ({"to_account_id": "acct_drugs"}, "transfer_not_competent"),
        ({"to_account_id": "acct_officer"}, "transfer_not_competent"),
        ({"to_province": "沪"}, "transfer_no_officer"),
        ({"to_province": "Atlantis"}, "transfer_no_officer"),
    ],
)
def test_an_impossible_transfer_is_refused_and_changes_nothing(
    case_id: str, people: People, target: dict[str, str], code: str
) -> None:
    service.claim_case(people.officer, case_id)
    with pytest.raises(InvalidInput) as refused:
        service.transfer_case(people.officer, case_id, note="why", **target)
    assert refused.value.code == f"handoff.{code}"
    view = service.get_case(people.officer, case_id)
    assert view.summary.is_mine
    assert view.notes == []


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\x00b"])
def test_a_note_that_is_none_is_refused(case_id: str, people: People, text: str) -> None:
    for act in (
        lambda: service.add_note(people.officer, case_id, text),
        lambda: service.close_case(people.officer, case_id, resolution=text),
        lambda: service.transfer_case(people.officer, case_id, to_province="粤", note=text),
    ):
        with pytest.raises(InvalidInput):
            act()


def test_a_note_keeps_wide_blanks_and_loses_what_would_turn_its_line(case_id: str, people: People) -> None:
    service.add_note(people.officer, case_id, "见附件\u3000第 2\u00a0页\u202e。\r\n已电话告知\u200b")
    [note] = service.get_case(people.officer, case_id).notes
    assert note.text == "见附件\u3000第 2\u00a0页。\n已电话告知"


def test_closing_gives_the_conversation_back_with_a_fresh_session_and_asks_for_a_rating(
    conversation: str, people: People, rasa: RasaStub
) -> None:
    _write(conversation, people, "before", "m1")
    case_id = service.request_handoff(conversation, "asked_for").case_id
    service.claim_case(people.officer, case_id)
    service.close_case(people.officer, case_id, resolution="已说明检验报告要求")
    asked = conversations.read_messages(conversation)[-1]
    assert asked.handoff is not None
    assert [one["level"] for one in asked.handoff["rating"]["levels"]] == [5, 4, 3, 2, 1]
    assert asked.handoff["rating"]["levels"][0]["label"] == "非常满意"
    assert "已说明检验报告要求" not in asked.text
    _write(conversation, people, "after", "m2")
    assert rasa.texts() == ["before", "after"]
    assert rasa.turns[0]["sender"] != rasa.turns[1]["sender"]
    assert service.case_of_conversation(conversation) is None


def test_a_closed_case_takes_no_more_acts_but_notes(case_id: str, people: People) -> None:
    service.claim_case(people.officer, case_id)
    service.close_case(people.officer, case_id, resolution="done")
    acts: list[Callable[[], object]] = [
        lambda: service.claim_case(people.colleague, case_id),
        lambda: service.reply(people.officer, case_id, client_message_id="r", text="hi"),
        lambda: service.release_case(people.officer, case_id),
        lambda: service.close_case(people.supervisor, case_id, resolution="again"),
        lambda: service.transfer_case(people.supervisor, case_id, to_province="粤", note="why"),
    ]
    for act in acts:
        with pytest.raises(Conflict):
            act()
    service.add_note(people.officer, case_id, "called back")
    assert service.get_case(people.officer, case_id).actions == ["note"]
    assert [case.case_no[-4:] for case in service.list_cases(people.officer, state="closed")] == ["0001"]


def test_only_who_holds_the_case_or_a_supervisor_closes_it(case_id: str, people: People) -> None:
    with pytest.raises(Conflict):
        service.close_case(people.officer, case_id, resolution="done")
    service.close_case(people.supervisor, case_id, resolution="duplicate of an earlier case")
    assert service.list_cases(people.officer) == []


def test_after_a_close_staff_can_be_called_again(conversation: str, case_id: str, people: People) -> None:
    service.close_case(people.supervisor, case_id, resolution="done")
    again = service.request_handoff(conversation, "asked_for")
    assert again.case_id != case_id
    assert again.case_no.endswith("-0002")


def test_the_queues_watchers_are_woken_by_what_the_queue_shows_and_by_nothing_else(
    conversation: str, people: People
) -> None:
    def wakes(act: Callable[[], object]) -> bool:
        with subscribe("queue:all") as feed:
            act()
            return feed.wait(0)

    def reply(key: str) -> None:
        service.reply(people.officer, case_id, client_message_id=key, text="hi")

    assert wakes(lambda: service.request_handoff(conversation, "asked_for"))
    case_id = service.list_cases(people.officer)[0].case_id
    assert not wakes(lambda: _write(conversation, people))
    assert wakes(lambda: service.claim_case(people.officer, case_id))
    assert wakes(lambda: reply("r1"))
    assert not wakes(lambda: reply("r2"))
    assert wakes(lambda: _write(conversation, people, client_id="m2"))
    assert not wakes(lambda: _write(conversation, people, client_id="m3"))
    assert not wakes(lambda: service.add_note(people.officer, case_id, "for colleagues"))
    assert not wakes(lambda: service.get_case(people.officer, case_id))
    assert wakes(lambda: service.close_case(people.officer, case_id, resolution="done"))
    assert not wakes(lambda: service.rate(conversation, level=5))


def test_every_act_is_audited_without_words(conversation: str, case_id: str, people: People) -> None:
    service.claim_case(people.officer, case_id)
    service.reply(people.officer, case_id, client_message_id="r", text="秘书电话 13912345678")
    service.add_note(people.officer, case_id, "private")
    service.get_case(people.officer, case_id)
    service.close_case(people.officer, case_id, resolution="finished")
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == case_id)).all()
    actions = [event.action for event in sorted(events, key=lambda event: event.at)]
    assert actions == [
        "case.opened",
        "case.claimed",
        "case.replied",
        "case.note_added",
        "case.viewed",
        "case.closed",
    ]
    data = str([event.data for event in events])
    assert not any(word in data for word in ("13912345678", "private", "finished"))


def test_an_act_that_fails_leaves_neither_change_nor_event(case_id: str, people: People) -> None:
    with pytest.raises(AssistantError):
        service.transfer_case(people.supervisor, case_id, to_account_id="acct_drugs", note="why")
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == case_id)).all()
    assert [event.action for event in events] == ["case.opened"]
