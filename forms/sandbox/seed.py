"""Put the synthetic regulator into the database, once.

1. Enterprises and records with stable ids: what is there already stays as it is.
2. One applicant account an enterprise (its legal representative, who cannot sign in) and the demo logins.
3. Staff: three officers, a supervisor, an editor, an administrator, an auditor.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core import clock
from core.database import transaction
from core.identity import Role
from core.identity.models import Account, EnterpriseAuthority
from core.identity.service import create_account, grant_authority, set_password
from core.ids import new_token
from forms.models import Enterprise, HistoricalRecord
from forms.records.service import add_records
from forms.sandbox.enterprises import NAMESPACE
from forms.sandbox.generator import build_world
from forms.sandbox.world import SyntheticEnterprise, vocabulary


@dataclass(frozen=True)
class DemoAccount:
    """A login of the sandbox. ``password`` is "" for one that was made earlier and keeps its password."""

    login: str
    password: str = field(repr=False)
    role: str
    display_name: str
    enterprise: str


def seed_sandbox(
    enterprises: int = 240, seed: int = 20260515, passwords: Mapping[str, str] | None = None
) -> list[DemoAccount]:
    """Fill the sandbox and return its demo accounts. Doing it again changes nothing but the given passwords.

    Args:
        enterprises: how many synthetic enterprises there shall be, at least 20.
        seed: the generator's seed.
        passwords: password by login; a login without one gets a generated password when it is first made.
    """
    world = build_world(max(enterprises, 20), seed, clock.today())
    with transaction() as session:
        fresh = _missing(session, world)
        if fresh:
            session.execute(insert(Enterprise), [_enterprise_row(made) for made in fresh])
            add_records(session, [record for made in fresh for record in _records(made)])
            _legal_representatives(session, fresh)
        return [*_applicants(session, world, passwords or {}), *_staff(session, passwords or {})]


def _missing(session: Session, world: list[SyntheticEnterprise]) -> list[SyntheticEnterprise]:
    there = set(session.scalars(select(Enterprise.id).where(Enterprise.is_synthetic)))
    return [made for made in world if made.id not in there]


def _enterprise_row(made: SyntheticEnterprise) -> dict[str, Any]:
    return {
        "id": made.id,
        "uscc": made.uscc,
        "name": made.name,
        "province": made.province,
        "region_code": made.region_code,
        "profile": {"kind": made.kind, "registered_on": made.registered_on.isoformat()},
        "is_synthetic": True,
    }


def _records(made: SyntheticEnterprise) -> list[HistoricalRecord]:
    return [
        HistoricalRecord(
            id=f"rec_{uuid.uuid5(NAMESPACE, f'{made.id}:{number}').hex}",
            enterprise_id=made.id,
            kind=record.kind,
            service_item_code=record.item,
            number=record.number,
            status=record.status,
            issued_on=record.issued_on,
            expires_on=record.expires_on,
            as_of=record.as_of,
            data=record.data,
            is_synthetic=True,
        )
        for number, record in enumerate(made.records)
    ]


def _legal_representatives(session: Session, fresh: list[SyntheticEnterprise]) -> None:
    """Accounts with authority that nobody can sign in to: they are inactive."""
    moment, today = clock.now(), clock.today()
    nobody = PasswordHasher().hash(new_token())
    accounts, authorities = [], []
    for made in fresh:
        account_id = f"acct_{uuid.uuid5(NAMESPACE, f'{made.id}:legal').hex}"
        accounts.append(
            {
                "id": account_id,
                "login": f"synthetic-{made.index:05d}-{made.id[-6:]}",
                "display_name": made.legal_rep.name,
                "password_hash": nobody,
                "role": Role.APPLICANT.value,
                "mobile": made.legal_rep.mobile,
                "id_number": made.legal_rep.id_number,
                "province": "",
                "competences": [],
                "is_active": False,
                "is_synthetic": True,
                "failed_sign_ins": 0,
                "locked_until": None,
                "created_at": moment,
            }
        )
        authorities.append(
            {
                "id": f"auth_{uuid.uuid5(NAMESPACE, f'{made.id}:legal').hex}",
                "account_id": account_id,
                "enterprise_id": made.id,
                "scope": "legal_representative",
                "valid_from": today,
                "valid_to": None,
                "acts": [],
                "service_items": [],
                "granted_by": "",
                "ended_at": None,
            }
        )
    session.execute(insert(Account), accounts)
    session.execute(insert(EnterpriseAuthority), authorities)


def _applicants(
    session: Session, world: list[SyntheticEnterprise], passwords: Mapping[str, str]
) -> list[DemoAccount]:
    made_accounts = []
    for spec in vocabulary()["applicants"]:
        acts_for = [world[index] for index in spec["enterprises"]]
        first = acts_for[0]
        person = first.legal_rep if spec["scope"] == "legal_representative" else first.proxy
        account, password = _account(
            session,
            passwords,
            login=spec["login"],
            role=Role.APPLICANT,
            display_name=person.name,
            mobile=person.mobile,
            id_number=person.id_number,
        )
        if account is not None:
            for made in acts_for:
                grant_authority(session, account_id=account.id, enterprise_id=made.id, scope=spec["scope"])
        names = " / ".join(made.name for made in acts_for)
        made_accounts.append(DemoAccount(spec["login"], password, Role.APPLICANT.value, person.name, names))
    return made_accounts


def _staff(session: Session, passwords: Mapping[str, str]) -> list[DemoAccount]:
    made_accounts = []
    for spec in vocabulary()["staff"]:
        _, password = _account(
            session,
            passwords,
            login=spec["login"],
            role=Role(spec["role"]),
            display_name=spec["name"],
            province=spec["province"],
            competences=spec["competences"],
        )
        made_accounts.append(DemoAccount(spec["login"], password, spec["role"], spec["name"], ""))
    return made_accounts


def _account(
    session: Session,
    passwords: Mapping[str, str],
    *,
    login: str,
    role: Role,
    display_name: str,
    **details: Any,
) -> tuple[Account | None, str]:
    """Make an account, or give an existing one the password that was asked for; (None, …) if it was there."""
    wanted = passwords.get(login, "")
    if session.scalars(select(Account.id).where(Account.login == login)).first() is not None:
        if wanted:
            set_password(session, login, wanted)
        return None, wanted
    password = wanted or new_token()[:14]
    account = create_account(
        session,
        login=login,
        password=password,
        role=role,
        display_name=display_name,
        is_synthetic=True,
        **{"mobile": "", "id_number": "", "province": "", "competences": [], **details},
    )
    return account, password
