"""Accounts, authority over enterprises, browser sessions, links to WeChat, keys of other systems."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Account(Base):
    """Someone who can sign in."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    mobile: Mapped[str] = mapped_column(String(20), default="")
    id_number: Mapped[str] = mapped_column(String(18), default="")
    province: Mapped[str] = mapped_column(String(4), default="")
    competences: Mapped[list[str]] = mapped_column(default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class EnterpriseAuthority(Base):
    """An account's authority to act for an enterprise (法定代表人 or 授权经办人).

    ``acts`` and ``service_items`` limit it; an empty list limits nothing.
    """

    __tablename__ = "enterprise_authority"
    __table_args__ = (UniqueConstraint("account_id", "enterprise_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    enterprise_id: Mapped[str] = mapped_column(String(40), index=True)
    scope: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    acts: Mapped[list[str]] = mapped_column(default=list)
    service_items: Mapped[list[str]] = mapped_column(default=list)
    granted_by: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]


class WebSession(Base):
    """A signed-in browser; the token is kept as its SHA-256 alone.

    ``id`` names it to its owner. ``device`` and ``address`` tell browser and network roughly, so that people
    know their own. ``enterprise_id`` is the enterprise that the person chose to act for.
    """

    __tablename__ = "web_session"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(12))
    device: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(45))
    enterprise_id: Mapped[str] = mapped_column(String(40), default="")


class SecondStep(Base):
    """An account's time-based one-time passwords; the secret is encrypted with the installation's key.

    ``last_step`` is the time step of the last code that counted: no code counts twice.
    """

    __tablename__ = "second_step"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that stands once for a one-time password; kept as its SHA-256 alone."""

    __tablename__ = "recovery_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    used_at: Mapped[datetime | None]


class SignInChallenge(Base):
    """Someone whose password was right and whose one-time password is still to come."""

    __tablename__ = "sign_in_challenge"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    method: Mapped[str] = mapped_column(String(12))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OidcAttempt(Base):
    """A sign-in at the unified identity platform that has begun; ``state`` is kept as its SHA-256 alone."""

    __tablename__ = "oidc_attempt"

    state_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_digest: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    account_id: Mapped[str] = mapped_column(String(40), default="")
    target: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OidcLink(Base):
    """A person of the unified identity platform who linked an account; ``subject`` is its name of them."""

    __tablename__ = "oidc_link"

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    linked_at: Mapped[datetime]


class WeChatLink(Base):
    """A WeChat user of the mini-program who has bound an account; ``openid`` is WeChat's own name of them."""

    __tablename__ = "wechat_link"

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    linked_at: Mapped[datetime]


class ApiKey(Base):
    """A key by which another system calls the API; its secret is kept as its SHA-256 alone."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    lookup: Mapped[str] = mapped_column(String(12), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str]]
    per_minute: Mapped[int]
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    expires_on: Mapped[date]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKeyAuthority(Base):
    """An enterprise's written authority for another system; ``basis`` names the paper."""

    __tablename__ = "api_key_authority"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), index=True)
    enterprise_id: Mapped[str] = mapped_column(String(40), index=True)
    basis: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]
    valid_to: Mapped[date]
    ended_at: Mapped[datetime | None]
