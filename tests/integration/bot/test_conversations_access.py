"""Whose conversation it is."""

import pytest

from bot.conversations import service
from core.errors import InvalidInput, NotAvailable
from core.identity import ANONYMOUS

from .conftest import People, RasaStub


def _open(people: People, **changes: object) -> service.OpenedConversation:
    given = {"channel": "web", "locale": "zh", "actor": ANONYMOUS, **changes}
    return service.open_conversation(**given)  # type: ignore[arg-type]


def test_the_token_opens_an_anonymous_conversation(people: People) -> None:
    opened = _open(people)
    view = service.authorise(opened.conversation_id, token=opened.token)
    assert (view.owner, view.locale, view.account_id, view.last_seq) == ("bot", "zh-CN", "", 0)


def test_absent_and_not_yours_answer_alike(people: People) -> None:
    mine = _open(people, actor=people.applicant)
    other = _open(people)
    for conversation_id, token, actor in (
        ("conv_absent", mine.token, people.applicant),
        (mine.conversation_id, "", ANONYMOUS),
        (mine.conversation_id, other.token, ANONYMOUS),
        (mine.conversation_id, "", people.stranger),
        (mine.conversation_id, "", people.officer),
        (mine.conversation_id, mine.token, people.stranger),
    ):
        with pytest.raises(NotAvailable) as refused:
            service.authorise(conversation_id, token=token, actor=actor)
        assert refused.value.code == "core.not_available"


def test_the_account_opens_its_own_conversation_without_the_token(people: People) -> None:
    mine = _open(people, actor=people.applicant)
    assert service.authorise(mine.conversation_id, actor=people.applicant).id == mine.conversation_id


def test_after_signing_in_the_conversation_is_the_accounts(people: People, rasa: RasaStub) -> None:
    opened = _open(people)
    service.attach_account(opened.conversation_id, people.applicant)
    assert [one.id for one in service.list_conversations(people.applicant)] == [opened.conversation_id]
    assert service.list_conversations(people.stranger) == []
    with pytest.raises(NotAvailable):
        service.attach_account(opened.conversation_id, people.stranger)
    with pytest.raises(NotAvailable):
        service.post_message(
            opened.conversation_id, client_message_id="m", text="hello", actor=people.stranger
        )
    assert rasa.turns == []


def test_writing_signed_in_makes_the_conversation_the_accounts(people: People) -> None:
    opened = _open(people)
    service.post_message(opened.conversation_id, client_message_id="m", text="hello", actor=people.applicant)
    view = service.authorise(opened.conversation_id, actor=people.applicant)
    assert view.account_id == people.applicant.account_id


def test_staff_do_not_become_owners_of_a_conversation(people: People) -> None:
    opened = _open(people, actor=people.officer)
    assert service.authorise(opened.conversation_id, token=opened.token).account_id == ""
    assert service.list_conversations(people.officer) == []


def test_an_enterprise_needs_authority(people: People) -> None:
    with pytest.raises(NotAvailable):
        _open(people, actor=people.stranger, enterprise_id=people.enterprise_id)
    opened = _open(people, actor=people.applicant)
    service.set_enterprise(opened.conversation_id, people.applicant, people.enterprise_id)
    view = service.authorise(opened.conversation_id, token=opened.token)
    assert view.enterprise_id == people.enterprise_id
    with pytest.raises(NotAvailable):
        service.set_enterprise(opened.conversation_id, people.stranger, people.enterprise_id)
    service.set_enterprise(opened.conversation_id, people.applicant, None)
    assert service.authorise(opened.conversation_id, token=opened.token).enterprise_id is None


def test_an_unknown_channel_is_refused(people: People) -> None:
    with pytest.raises(InvalidInput):
        _open(people, channel="telepathy")


def test_an_absent_conversation_takes_no_message(people: People) -> None:
    with pytest.raises(NotAvailable):
        service.post_message("conv_absent", client_message_id="m", text="hello", actor=people.applicant)
