"""One-time passwords of staff: setting up, signing in, what does not count, recovery, reset."""

from datetime import datetime, timedelta

import pyotp
import pytest

from core import clock, database
from core.audit.models import AuditEvent
from core.database.engine import Database
from core.errors import Conflict, InvalidInput, NotAvailable, TooMany
from core.identity import Actor, Role, second_step, service, sessions
from core.identity.models import RecoveryCode, SecondStep
from core.identity.second_step import SecondStepNeeded
from core.settings import get_settings

PASSWORD = "a long password"
ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = clock.now().replace(second=5, microsecond=0)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def officer(db: Database) -> Actor:
    with database.transaction() as session:
        account = service.create_account(
            session, login="zhang", password=PASSWORD, role=Role.OFFICER, display_name="张某"
        )
        return service.actor_in(session, account)


@pytest.fixture
def enrolled(officer: Actor, watch: Watch) -> tuple[pyotp.TOTP, list[str]]:
    totp = pyotp.TOTP(second_step.begin(officer).secret)
    codes = second_step.confirm(officer, totp.at(watch.at))
    watch.move(minutes=2)
    return totp, codes


def challenge() -> str:
    with pytest.raises(SecondStepNeeded) as caught:
        service.sign_in("zhang", PASSWORD)
    return caught.value.challenge


def test_until_the_first_code_was_right_the_password_alone_signs_in(officer: Actor, watch: Watch) -> None:
    second_step.begin(officer)
    with pytest.raises(InvalidInput):
        second_step.confirm(officer, "000000")
    assert service.sign_in("zhang", PASSWORD).actor.account_id == officer.account_id


def test_the_password_opens_nothing_and_the_code_does(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch
) -> None:
    token = challenge()
    assert second_step.answer(token, enrolled[0].at(watch.at)).actor.role is Role.OFFICER
    with pytest.raises(NotAvailable):
        second_step.answer(token, enrolled[0].at(watch.at + timedelta(seconds=30)))


def test_login_password_and_code_in_one_request_sign_in_and_a_wrong_code_does_not(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch
) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.sign_in("zhang", PASSWORD, "123456")
    assert caught.value.code == "core.second_step_wrong"
    assert service.sign_in("zhang", PASSWORD, enrolled[0].at(watch.at)).token


def test_a_code_counts_once(enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch) -> None:
    code = enrolled[0].at(watch.at)
    second_step.answer(challenge(), code)
    with pytest.raises(InvalidInput):
        second_step.answer(challenge(), code)


@pytest.mark.parametrize(("drift_s", "counts"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_one_step_of_drift_counts_and_two_do_not(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch, drift_s: int, counts: bool
) -> None:
    code = enrolled[0].at(watch.at + timedelta(seconds=drift_s))
    if counts:
        assert second_step.answer(challenge(), code).token
        return
    with pytest.raises(InvalidInput):
        second_step.answer(challenge(), code)


def test_a_recovery_code_counts_once_in_any_spelling(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch
) -> None:
    code = enrolled[1][0]
    assert second_step.answer(challenge(), f" {code.lower().replace('-', ' ')} ").token
    with pytest.raises(InvalidInput):
        second_step.answer(challenge(), code)
    assert second_step.state_of(service.actor_named("zhang")).codes_left == second_step.RECOVERY_CODES - 1


def test_wrong_codes_lock_the_person_even_for_a_right_code_and_only_for_a_while(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch
) -> None:
    for _ in range(second_step.MAX_FAILURES):
        with pytest.raises(InvalidInput):
            second_step.answer(challenge(), "000000")
    with pytest.raises(TooMany):
        second_step.answer(challenge(), enrolled[0].at(watch.at))
    watch.move(minutes=6)
    assert second_step.answer(challenge(), enrolled[0].at(watch.at)).token


def test_a_challenge_runs_out(enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch) -> None:
    token = challenge()
    watch.move(minutes=5)
    with pytest.raises(NotAvailable) as caught:
        second_step.answer(token, enrolled[0].at(watch.at))
    assert caught.value.code == "core.sign_in_ran_out"


def test_neither_secret_nor_recovery_codes_are_readable_in_the_database(
    enrolled: tuple[pyotp.TOTP, list[str]],
) -> None:
    with database.reading() as session:
        kept = session.query(SecondStep).one()
        assert enrolled[0].secret not in kept.secret
        digests = [row.digest for row in session.query(RecoveryCode)]
    assert len(digests) == second_step.RECOVERY_CODES
    assert not any(code in digest for code in enrolled[1] for digest in digests)


def test_an_administrator_resets_it_with_an_event_and_the_sessions_end(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch
) -> None:
    opened = second_step.answer(challenge(), enrolled[0].at(watch.at))
    with pytest.raises(NotAvailable):
        second_step.reset(opened.actor, opened.actor.account_id)
    second_step.reset(ADMIN, opened.actor.account_id)
    assert sessions.find(opened.token) == sessions.NO_SESSION
    assert service.sign_in("zhang", PASSWORD).token
    with database.reading() as session:
        actions = {(row.actor_id, row.action) for row in session.query(AuditEvent)}
    assert ("acct_admin", "account.second_step_reset") in actions


def test_it_can_be_turned_off_with_a_code_unless_it_is_required(
    enrolled: tuple[pyotp.TOTP, list[str]], watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = service.actor_named("zhang")
    monkeypatch.setenv("YAOZHENG_STAFF_TOTP", "required")
    get_settings.cache_clear()
    with pytest.raises(Conflict):
        second_step.turn_off(actor, enrolled[0].at(watch.at))
    monkeypatch.setenv("YAOZHENG_STAFF_TOTP", "offered")
    get_settings.cache_clear()
    with pytest.raises(InvalidInput):
        second_step.turn_off(actor, "000000")
    second_step.turn_off(actor, enrolled[0].at(watch.at))
    assert not second_step.state_of(actor).is_on


def test_where_it_is_required_staff_without_it_are_nobody(
    officer: Actor, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = service.sign_in("zhang", PASSWORD)
    monkeypatch.setenv("YAOZHENG_STAFF_TOTP", "required")
    get_settings.cache_clear()
    found = sessions.find(opened.token)
    assert (found.actor.role, found.is_pending, found.owner.role) == (Role.ANONYMOUS, True, Role.OFFICER)
    totp = pyotp.TOTP(second_step.begin(found.owner).secret)
    second_step.confirm(found.owner, totp.at(watch.at))
    assert sessions.find(opened.token).actor.role is Role.OFFICER


def test_applicants_have_none(db: Database) -> None:
    with pytest.raises(NotAvailable):
        second_step.begin(Actor("acct_1", Role.APPLICANT))
