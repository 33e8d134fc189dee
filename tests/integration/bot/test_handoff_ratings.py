"""Ratings: five levels, one for each closed case."""

import pytest
from sqlalchemy import select

from bot.conversations import service as conversations
from bot.handoff import service
from bot.handoff.models import Rating
from core import database
from core.errors import Conflict, InvalidInput, NotAvailable

from .conftest import People


def _closed(conversation: str, people: People) -> str:
    ticket = service.request_handoff(conversation, "asked_for")
    service.claim_case(people.officer, ticket.case_id)
    service.close_case(people.officer, ticket.case_id, resolution="done")
    return ticket.case_id


def _ratings() -> list[tuple[str, int, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Rating).order_by(Rating.at))
        return [(row.case_id, row.level, row.comment) for row in rows]


def test_a_closed_case_is_rated_once(conversation: str, people: People) -> None:
    case_id = _closed(conversation, people)
    service.rate(conversation, level=4, comment=" 很快 ")
    with pytest.raises(Conflict) as refused:
        service.rate(conversation, level=1)
    assert refused.value.code == "handoff.already_rated"
    assert _ratings() == [(case_id, 4, "很快")]
    assert service.get_case(people.officer, case_id).rating_level == 4
    assert conversations.read_messages(conversation)[-1].role == "system"


def test_each_case_has_its_own_rating(conversation: str, people: People) -> None:
    first = _closed(conversation, people)
    service.rate(conversation, level=5)
    second = _closed(conversation, people)
    service.rate(conversation, level=2)
    assert _ratings() == [(first, 5, ""), (second, 2, "")]


def test_a_conversation_without_staff_can_be_rated(conversation: str, people: People) -> None:
    service.rate(conversation, level=3)
    assert _ratings() == [("", 3, "")]


@pytest.mark.parametrize("level", [0, 6, -1])
def test_there_are_five_levels(conversation: str, level: int) -> None:
    with pytest.raises(InvalidInput):
        service.rate(conversation, level=level)


@pytest.mark.parametrize("comment", ["x" * 1001, "a\x00b"])
def test_a_comment_that_cannot_be_taken_is_refused(conversation: str, comment: str) -> None:
    with pytest.raises(InvalidInput):
        service.rate(conversation, level=5, comment=comment)
    assert _ratings() == []


def test_an_absent_conversation_is_not_available(people: People) -> None:
    with pytest.raises(NotAvailable):
        service.rate("conv_absent", level=5)
