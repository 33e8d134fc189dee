"""Sessions that their owner sees and ends, and their limits."""

from datetime import timedelta

import pytest

from core import clock, database
from core.audit.models import AuditEvent
from core.database.engine import Database
from core.errors import InvalidInput, NotAvailable, TooMany
from core.identity import Actor, Role, service, sessions
from core.identity.sessions import Device
from tests.integration.core.test_second_step import ADMIN, PASSWORD, Watch, watch

__all__ = ["watch"]


@pytest.fixture
def people(db: Database) -> dict[str, Actor]:
    with database.transaction() as session:
        made = {
            login: service.create_account(
                session, login=login, password=PASSWORD, role=role, display_name=login
            )
            for login, role in (("li", Role.APPLICANT), ("wang", Role.APPLICANT), ("zhang", Role.OFFICER))
        }
        return {login: service.actor_in(session, account) for login, account in made.items()}


def test_a_person_sees_their_own_sessions_and_no_token(people: dict[str, Actor]) -> None:
    here = service.sign_in("li", PASSWORD, device=Device("Firefox · Linux", "203.0.113.*"))
    service.sign_in("wang", PASSWORD)
    current = sessions.find(here.token)
    (mine,) = sessions.list_own(current.actor, current.id)
    assert (mine.device, mine.address, mine.is_current) == ("Firefox · Linux", "203.0.113.*", True)
    assert here.token not in repr(mine)


def test_one_session_is_ended_and_nobody_ends_anothers(people: dict[str, Actor]) -> None:
    first, second = service.sign_in("li", PASSWORD), service.sign_in("li", PASSWORD)
    wanted = sessions.find(first.token).id
    for actor, session_id in ((people["wang"], wanted), (people["li"], "ses_absent")):
        with pytest.raises(NotAvailable) as caught:
            sessions.end_own(actor, session_id)
        assert caught.value.code == "core.not_available"
    sessions.end_own(people["li"], wanted)
    assert sessions.find(first.token) == sessions.NO_SESSION
    assert sessions.find(second.token).actor == people["li"]


def test_all_others_end_and_this_one_stays(people: dict[str, Actor]) -> None:
    opened = [service.sign_in("li", PASSWORD) for _ in range(3)]
    other = service.sign_in("wang", PASSWORD)
    assert sessions.end_others(people["li"], sessions.find(opened[0].token).id) == 2
    assert [bool(sessions.find(one.token).id) for one in (*opened, other)] == [True, False, False, True]


def test_a_new_password_ends_all_other_sessions(people: dict[str, Actor]) -> None:
    here, there = service.sign_in("li", PASSWORD), service.sign_in("li", PASSWORD)
    service.change_password(people["li"], PASSWORD, "another password", sessions.find(here.token).id)
    assert sessions.find(here.token).actor == people["li"]
    assert sessions.find(there.token) == sessions.NO_SESSION
    with pytest.raises(InvalidInput):
        service.sign_in("li", PASSWORD)
    assert service.sign_in("li", "another password").token


@pytest.mark.parametrize("new", ["short", PASSWORD, "x" * 129])
def test_a_password_that_is_weak_or_the_old_one_is_refused(people: dict[str, Actor], new: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.change_password(people["li"], PASSWORD, new)
    assert caught.value.code == "core.password_weak"


def test_guessing_the_old_password_locks_the_account(people: dict[str, Actor]) -> None:
    for _ in range(service.MAX_FAILURES):
        with pytest.raises(InvalidInput):
            service.change_password(people["li"], "wrong", "another password")
    with pytest.raises(TooMany):
        service.change_password(people["li"], PASSWORD, "another password")


def test_a_session_of_staff_ends_when_idle_and_that_of_an_applicant_does_not(
    people: dict[str, Actor], watch: Watch
) -> None:
    staff, applicant = service.sign_in("zhang", PASSWORD), service.sign_in("li", PASSWORD)
    for _ in range(3):
        watch.move(minutes=50)
        assert sessions.find(staff.token).actor == people["zhang"]
    watch.move(minutes=60)
    assert sessions.find(staff.token) == sessions.NO_SESSION
    assert sessions.list_own(people["zhang"]) == []
    assert sessions.find(applicant.token).actor == people["li"]


def test_every_session_ends_at_its_absolute_limit(people: dict[str, Actor], watch: Watch) -> None:
    staff, applicant = service.sign_in("zhang", PASSWORD), service.sign_in("li", PASSWORD)
    for _ in range(13):
        watch.move(minutes=50)
        found = [bool(sessions.find(one.token).id) for one in (staff, applicant)]
    assert found == [False, True]
    watch.move(hours=2)
    assert sessions.find(applicant.token) == sessions.NO_SESSION
    assert (staff.life, applicant.life) == (timedelta(hours=10), timedelta(hours=12))


def test_an_administrator_ends_a_persons_sessions_with_an_event(people: dict[str, Actor]) -> None:
    opened = service.sign_in("li", PASSWORD)
    for actor, wanted in ((people["zhang"], people["li"].account_id), (ADMIN, "acct_absent")):
        with pytest.raises(NotAvailable):
            sessions.end_of_person(actor, wanted)
    assert sessions.end_of_person(ADMIN, people["li"].account_id) == 1
    assert sessions.find(opened.token) == sessions.NO_SESSION
    with database.reading() as session:
        found = [row for row in session.query(AuditEvent) if row.action == "account.sessions_ended"]
    assert [(row.actor_id, row.subject_id) for row in found] == [("acct_admin", people["li"].account_id)]


def test_the_chosen_enterprise_counts_as_long_as_the_authority_does(people: dict[str, Actor]) -> None:
    with database.transaction() as session:
        service.grant_authority(
            session,
            account_id=people["li"].account_id,
            enterprise_id="ent_1",
            scope="proxy",
            valid_to=clock.today(),
        )
    opened = service.sign_in("li", PASSWORD)
    current = sessions.find(opened.token)
    with pytest.raises(NotAvailable):
        sessions.choose_enterprise(current.actor, current.id, "ent_2")
    sessions.choose_enterprise(current.actor, current.id, "ent_1")
    assert sessions.find(opened.token).enterprise_id == "ent_1"
