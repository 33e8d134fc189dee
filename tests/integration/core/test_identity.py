"""Signing in, authority over enterprises, the end of a session."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core import clock, database
from core.database.engine import Database
from core.errors import InvalidInput, TooMany
from core.identity import ANONYMOUS, Role, service
from core.identity.models import EnterpriseAuthority, WebSession


@pytest.fixture
def account_id(db: Database) -> str:
    with database.transaction() as session:
        account = service.create_account(
            session, login="li", password="correct horse", role=Role.APPLICANT, display_name="李某"
        )
        service.grant_authority(
            session, account_id=account.id, enterprise_id="ent_1", scope="legal_representative"
        )
        return account.id


def test_a_right_password_opens_a_session_with_todays_authority(account_id: str) -> None:
    signed_in = service.sign_in("li", "correct horse")
    actor, csrf_token = service.resolve(signed_in.token)
    assert actor.account_id == account_id
    assert actor.may_act_for("ent_1")
    assert not actor.may_act_for("ent_2")
    assert csrf_token == signed_in.csrf_token


@pytest.mark.parametrize(("login", "password"), [("li", "wrong"), ("nobody", "correct horse")])
def test_a_wrong_password_and_an_unknown_login_answer_alike(
    account_id: str, login: str, password: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.sign_in(login, password)
    assert caught.value.code == "core.sign_in_failed"


def test_repeated_failures_lock_the_account_even_for_the_right_password(account_id: str) -> None:
    for _ in range(service.MAX_FAILURES):
        with pytest.raises(InvalidInput):
            service.sign_in("li", "wrong")
    with pytest.raises(TooMany):
        service.sign_in("li", "correct horse")


def test_authority_that_has_ended_is_gone(account_id: str) -> None:
    token = service.sign_in("li", "correct horse").token
    with database.transaction() as session:
        session.execute(update(EnterpriseAuthority).values(valid_to=clock.today() - timedelta(days=1)))
    assert service.resolve(token)[0].enterprise_ids == frozenset()


def test_signing_out_and_expiry_end_the_session(account_id: str) -> None:
    first, second = (service.sign_in("li", "correct horse").token for _ in range(2))
    service.sign_out(first)
    assert service.resolve(first) == (ANONYMOUS, "")
    with database.transaction() as session:
        session.execute(update(WebSession).values(expires_at=clock.now()))
    assert service.resolve(second) == (ANONYMOUS, "")


def test_tokens_are_not_stored(account_id: str) -> None:
    token = service.sign_in("li", "correct horse").token
    with database.reading() as session:
        assert all(token not in (row.token_digest, row.csrf_token) for row in session.query(WebSession))
