"""Keys of other systems on both databases: told once, kept as a hash, ended at once, every act on record."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from core import clock, database
from core.audit.models import AuditEvent
from core.database.engine import Database
from core.errors import InvalidInput, NotAvailable, NotSignedIn
from core.identity import Actor, Role, keys
from core.identity.keys import NewKey
from core.identity.models import ApiKey, ApiKeyAuthority

ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)
OTHERS = [role for role in Role if role is not Role.ADMINISTRATOR]


def wanted(**changes: Any) -> NewKey:
    details: dict[str, Any] = {
        "name": "省政务服务平台",
        "scopes": ["filings:read"],
        "expires_on": clock.today() + timedelta(days=30),
        **changes,
    }
    return NewKey(**details)


def issued() -> keys.IssuedKey:
    return keys.create_key(ADMIN, wanted())


def grant(key_id: str, enterprise_id: str = "ent_1", days: int = 30) -> None:
    last = clock.today() + timedelta(days=days)
    keys.grant_to_key(ADMIN, key_id, enterprise_id=enterprise_id, basis="授权书〔2026〕1号", valid_to=last)


def actions() -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)))


def change(table: Any, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(table).values(**values))


def test_a_key_opens_with_its_scopes_its_limit_and_no_enterprise(store: Database) -> None:
    made = issued()
    holder = keys.authenticate(made.secret)
    assert (holder.actor.account_id, holder.actor.role) == (made.key.id, Role.SYSTEM)
    assert holder.scopes == {"filings:read"}
    assert holder.per_minute == keys.PER_MINUTE_DEFAULT
    assert holder.actor.enterprise_ids == frozenset()
    assert not holder.actor.is_staff


def test_the_whole_key_is_stored_nowhere(store: Database) -> None:
    made = issued()
    with store.engine.connect() as connection:
        rows = [
            str(row)
            for table in ("api_key", "audit_event")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert rows
    assert not [row for row in rows if made.secret in row or made.secret[-43:] in row]


def test_the_name_is_one_line_of_what_can_be_seen(store: Database) -> None:
    made = keys.create_key(ADMIN, wanted(name="  平台\u202e\n\tA\u200b  "))
    assert made.key.name == "平台 A"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " \u200b\n"}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["filings:read", "everything"]}, "scopes"),
        ({"expires_on": clock.today() - timedelta(days=1)}, "expires_on"),
        ({"expires_on": clock.today() + timedelta(days=731)}, "expires_on"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 1201}, "per_minute"),
    ],
)
def test_what_is_wrong_is_named(db: Database, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        keys.create_key(ADMIN, wanted(**changes))
    assert list(caught.value.fields) == [field]
    assert actions() == []


def test_everything_that_is_wrong_is_named_at_once(db: Database) -> None:
    with pytest.raises(InvalidInput) as caught:
        keys.create_key(ADMIN, wanted(name="", scopes=["x"], per_minute=-1))
    assert set(caught.value.fields) == {"name", "scopes", "per_minute"}


@pytest.mark.parametrize("role", OTHERS)
def test_only_administrators_touch_keys(db: Database, role: Role) -> None:
    made, other = issued(), Actor("acct_other", role)
    attempts = [
        lambda: keys.create_key(other, wanted()),
        lambda: keys.list_keys(other),
        lambda: keys.get_key(other, made.key.id),
        lambda: keys.revoke_key(other, made.key.id),
        lambda: keys.end_authority(other, made.key.id, "kauth_1"),
        lambda: keys.grant_to_key(other, made.key.id, enterprise_id="e", basis="b", valid_to=clock.today()),
    ]
    for attempt in attempts:
        with pytest.raises(NotAvailable):
            attempt()
    assert keys.get_key(ADMIN, made.key.id).state == "valid"


def test_a_revoked_key_is_refused_at_once_and_revoking_again_changes_nothing(store: Database) -> None:
    made = issued()
    keys.revoke_key(ADMIN, made.key.id)
    moment = keys.get_key(ADMIN, made.key.id).revoked_at
    keys.revoke_key(ADMIN, made.key.id)
    with pytest.raises(NotSignedIn):
        keys.authenticate(made.secret)
    assert keys.get_key(ADMIN, made.key.id).revoked_at == moment
    assert actions() == ["api_key.created", "api_key.revoked"]


def test_a_key_works_through_its_last_day_and_not_beyond(store: Database) -> None:
    made = issued()
    change(ApiKey, expires_on=clock.today())
    assert keys.authenticate(made.secret).actor.account_id == made.key.id
    change(ApiKey, expires_on=clock.today() - timedelta(days=1))
    with pytest.raises(NotSignedIn):
        keys.authenticate(made.secret)
    assert keys.get_key(ADMIN, made.key.id).state == "expired"


def test_wrong_keys_of_every_kind_fail_alike(db: Database) -> None:
    made, revoked = issued(), issued()
    keys.revoke_key(ADMIN, revoked.key.id)
    last = "A" if made.secret[-1] != "A" else "B"
    wrong = [
        "",
        "yzk_",
        made.secret[:-1],
        made.secret[:-1] + last,
        made.secret + "A",
        made.secret.upper(),
        f"yzk_{'0' * 12}_{made.secret[-43:]}",
        f"{revoked.secret[:17]}{made.secret[-43:]}",
        revoked.secret,
        "yzk_' OR 1=1 --",
    ]
    told = set()
    for token in wrong:
        with pytest.raises(NotSignedIn) as caught:
            keys.authenticate(token)
        told.add((caught.value.code, tuple(caught.value.params)))
    assert told == {("core.key_invalid", ())}


def test_an_unknown_key_is_compared_like_a_known_one(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    real = keys.hmac.compare_digest
    monkeypatch.setattr(
        keys.hmac, "compare_digest", lambda one, other: compared.append(len(other)) or real(one, other)
    )
    made = issued()
    for token in (made.secret[:-1] + "~", f"yzk_{'0' * 12}_{made.secret[-43:]}", "yzk_short", made.secret):
        try:
            keys.authenticate(token)
        except NotSignedIn:
            continue
    assert compared == [64, 64, 64, 64]


def test_the_last_use_is_kept_to_the_minute(store: Database) -> None:
    made = issued()
    assert keys.get_key(ADMIN, made.key.id).last_used_at is None
    keys.authenticate(made.secret)
    first = keys.get_key(ADMIN, made.key.id).last_used_at
    keys.authenticate(made.secret)
    assert first is not None
    assert keys.get_key(ADMIN, made.key.id).last_used_at == first
    change(ApiKey, last_used_at=clock.now() - timedelta(minutes=2))
    keys.authenticate(made.secret)
    assert (keys.get_key(ADMIN, made.key.id).last_used_at or first) >= first


def test_an_enterprise_is_reached_while_its_authority_is_in_force(store: Database) -> None:
    made = issued()
    grant(made.key.id, "ent_1")
    grant(made.key.id, "ent_2")
    assert keys.authenticate(made.secret).actor.enterprise_ids == {"ent_1", "ent_2"}
    one = keys.get_key(ADMIN, made.key.id).authorities[0]
    keys.end_authority(ADMIN, made.key.id, one.id)
    keys.end_authority(ADMIN, made.key.id, one.id)
    assert keys.authenticate(made.secret).actor.enterprise_ids == {"ent_2"}
    change(ApiKeyAuthority, valid_to=clock.today() - timedelta(days=1))
    assert keys.authenticate(made.secret).actor.enterprise_ids == frozenset()
    assert actions() == ["api_key.created", *["api_key.authority_recorded"] * 2, "api_key.authority_ended"]


def test_the_authority_of_one_key_is_not_that_of_another(db: Database) -> None:
    mine, other = issued(), issued()
    grant(mine.key.id)
    assert keys.authenticate(other.secret).actor.enterprise_ids == frozenset()
    authority = keys.get_key(ADMIN, mine.key.id).authorities[0]
    with pytest.raises(NotAvailable):
        keys.end_authority(ADMIN, other.key.id, authority.id)
    assert keys.authenticate(mine.secret).actor.enterprise_ids == {"ent_1"}


@pytest.mark.parametrize(
    ("basis", "days", "field"), [("  ", 1, "basis"), ("b", -1, "valid_to"), ("b", 731, "valid_to")]
)
def test_an_authority_needs_a_paper_and_a_day(db: Database, basis: str, days: int, field: str) -> None:
    made = issued()
    with pytest.raises(InvalidInput) as caught:
        last = clock.today() + timedelta(days=days)
        keys.grant_to_key(ADMIN, made.key.id, enterprise_id="ent_1", basis=basis, valid_to=last)
    assert list(caught.value.fields) == [field]


def test_what_is_absent_cannot_be_changed(db: Database) -> None:
    for attempt in (
        lambda: keys.get_key(ADMIN, "key_none"),
        lambda: keys.revoke_key(ADMIN, "key_none"),
        lambda: keys.end_authority(ADMIN, "key_none", "kauth_none"),
        lambda: grant("key_none"),
    ):
        with pytest.raises(NotAvailable):
            attempt()


@given(st.text(max_size=80))
def test_no_text_has_the_shape_of_a_key_by_chance(token: str) -> None:
    assert (keys.SHAPE.fullmatch(token) is None) or token.startswith(keys.PREFIX)
