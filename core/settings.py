"""All settings, read once from the environment into one frozen object. Documented in docs/settings.md."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from core.errors import InvalidInput

PREFIX = "YAOZHENG_"
REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What differs between installations. Each field is the variable ``YAOZHENG_<NAME>``."""

    home: Path
    host: str = "127.0.0.1"
    web_port: int = 8000
    rasa_port: int = 5005
    actions_port: int = 5055
    rasa_url: str = ""
    actions_url: str = ""
    public_url: str = ""
    office_phone: str = ""
    database_url: str = ""
    redis_url: str = ""
    embedding_model: str = ""
    rasa_python: str = ""
    rasa_tracker_url: str = ""
    laws: str = ""
    locales: str = ""
    web_workers: int = 1
    web_threads: int = 384
    worker_processes: int = 2
    turn_budget_s: float = 15.0
    action_budget_s: float = 8.0
    cookie_secure: bool = False
    embed_origins: str = ""
    rate_limit_factor: float = 1.0
    trusted_proxies: int = 0
    log_level: str = "INFO"
    draft_days: int = 90
    upload_scanner: str = ""
    keep_conversation_days: int = 1095
    keep_trace_days: int = 1095
    keep_delivery_days: int = 180
    keep_webhook_days: int = 30
    keep_outbox_days: int = 14
    backoffice_url: str = ""
    backoffice_secret: str = ""
    webhook_networks: str = ""
    staff_totp: str = "offered"
    session_hours: float = 12.0
    staff_session_hours: float = 10.0
    staff_idle_minutes: float = 60.0
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_client_secret_file: str = ""
    oidc_scope: str = "openid profile"
    oidc_claims: str = ""
    wechat_app_id: str = ""
    wechat_secret: str = ""
    wechat_url: str = "https://api.weixin.qq.com"
    wechat_template: str = ""
    wechat_template_fields: str = ""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"
    smtp_from: str = ""
    rewrite_url: str = ""
    rewrite_model: str = ""
    rewrite_key: str = ""
    rewrite_key_file: str = ""
    rewrite_limit_s: float = 4.0
    rewrite_daily_calls: int = 2000
    rewrite_daily_tokens: int = 2_000_000
    sandbox: bool = True
    sandbox_enterprises: int = 240

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises:
            InvalidInput: a number or a yes/no setting cannot be read; the code names the variable.
        """
        values: dict[str, object] = {}
        for name, field in cls.__dataclass_fields__.items():
            raw = env.get(PREFIX + name.upper(), "").strip()
            if raw and name != "home":
                values[name] = _parse(PREFIX + name.upper(), raw, str(field.type))
        home = Path(env.get(PREFIX + "HOME", "") or REPOSITORY / "var").expanduser().resolve()
        return cls(home=home, **values).completed()  # type: ignore[arg-type]

    def completed(self) -> "Settings":
        """Fill the addresses that follow from others."""
        return replace(
            self,
            rasa_url=self.rasa_url or f"http://127.0.0.1:{self.rasa_port}",
            actions_url=self.actions_url or f"http://127.0.0.1:{self.actions_port}/webhook",
            public_url=self.public_url or f"http://{self.host}:{self.web_port}",
            rasa_python=self.rasa_python or str(REPOSITORY / ".venv-rasa" / "bin" / "python"),
            laws=self.laws or str(REPOSITORY.parent / "shared" / "laws"),
            database_url=self.database_url or f"sqlite:///{self.home / 'database.sqlite3'}",
        )

    def folder(self, name: str) -> Path:
        """Return a folder under ``home``, made if absent."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def _parse(variable: str, raw: str, kind: str) -> object:
    try:
        if "bool" in kind:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                raw.lower()
            ]
        if "int" in kind:
            return int(raw)
        return float(raw) if "float" in kind else raw
    except (KeyError, ValueError) as error:
        raise InvalidInput("core.setting_invalid", variable=variable, value=raw) from error


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return this process's settings; ``get_settings.cache_clear()`` reads them anew (tests)."""
    return Settings.from_env(os.environ)
