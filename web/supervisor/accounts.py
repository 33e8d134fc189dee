"""The demo accounts of the sandbox: their passwords are made once and kept in a file of the owner's."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from core.database import reading
from core.identity.models import Account
from core.ids import new_token
from core.settings import Settings

FILE = "demo-accounts.json"


@dataclass(frozen=True)
class KnownAccount:
    """A login that the start prints."""

    login: str
    password: str
    role: str
    display_name: str
    enterprise: str


def read(settings: Settings) -> list[KnownAccount]:
    """Return the accounts of earlier starts."""
    path = settings.home / FILE
    return [KnownAccount(**row) for row in json.loads(path.read_text())] if path.exists() else []


def all_exist(settings: Settings) -> bool:
    """Whether the database holds every account of the file, and the file holds any."""
    logins = [account.login for account in read(settings)]
    with reading() as session:
        found = session.scalar(select(func.count(Account.id)).where(Account.login.in_(logins)))
    return bool(logins) and found == len(logins)


def seed(settings: Settings) -> list[KnownAccount]:
    """Fill the sandbox with the passwords that are known; an account whose password was lost gets another."""
    from forms.sandbox.seed import seed_sandbox

    known = {account.login: account.password for account in read(settings)}
    made = seed_sandbox(settings.sandbox_enterprises, passwords=known)
    lost = {account.login: new_token()[:14] for account in made if not account.password}
    if lost:
        renewed = seed_sandbox(settings.sandbox_enterprises, passwords=lost)
        known |= lost
        made = [again if again.login in lost else first for first, again in zip(made, renewed, strict=True)]
    rows = [KnownAccount(**asdict(account)) for account in made]
    _keep(settings.home / FILE, rows)
    return rows


def _keep(path: Path, rows: list[KnownAccount]) -> None:
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump([asdict(row) for row in rows], stream, ensure_ascii=False, indent=1)
    temporary.replace(path)
