"""Secrets of one installation, made on first use and kept readable by its owner alone."""

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

from core.ids import new_token
from core.settings import get_settings


@dataclass(frozen=True)
class Secrets:
    """Keys that the processes of one installation share.

    Attributes:
        channel_secret: web → rasa and rasa → actions.
        cookie_key: signs cookies and short-lived tickets.
        audit_key: HMAC key of audit checkpoints and receipt codes.
        webhook_key: the secrets of webhook endpoints are derived from it.
        identity_key: encrypts the secrets of one-time passwords.
    """

    channel_secret: str
    cookie_key: str
    audit_key: str
    webhook_key: str
    identity_key: str


@lru_cache(maxsize=4)
def _load(path: Path) -> Secrets:
    known = json.loads(path.read_text()) if path.exists() else {}
    names = [field.name for field in fields(Secrets)]
    secrets = Secrets(**{name: known.get(name) or new_token() for name in names})
    if asdict(secrets) != known:
        _write_private(path, json.dumps(asdict(secrets), indent=1))
    return secrets


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    temporary.replace(path)


def get_secrets() -> Secrets:
    """Return the installation's secrets from ``YAOZHENG_HOME/secrets.json``.

    YAOZHENG_CHANNEL_SECRET stands above the file where it is set: Rasa on another machine has no such file.
    """
    home = get_settings().home
    home.mkdir(parents=True, exist_ok=True)
    kept = _load(home / "secrets.json")
    given = os.environ.get("YAOZHENG_CHANNEL_SECRET", "")
    return replace(kept, channel_secret=given) if given else kept
