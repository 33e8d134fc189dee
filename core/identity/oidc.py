"""Signing in at a unified identity platform (统一身份认证) by OpenID Connect.

1. ``begin`` asks the platform's discovery document where to go, and keeps what the answer is held to: state
   (as its SHA-256), nonce, PKCE verifier, and the browser, which holds a token of its own in a cookie.
2. ``complete`` uses the attempt up before anything else, exchanges the code, verifies the ID token against
   the platform's keys (signature, issuer, audience, nonce, time), and only then looks at who it is.
3. Only a person who linked an account signs in by it: nobody becomes an account because of a name or number
   that a platform tells. Linking is begun by the signed-in person and ends in the same session.
4. A legal person's code (USCC) in the claims becomes authority over that enterprise, for
   ``AUTHORITY_LIFE`` from each sign-in; it ends when the platform does not say so any more. What a legal
   representative granted is left as it is.

Source: OpenID Connect Core 1.0 §3.1, RFC 7636 (PKCE), RFC 9207 (issuer in the answer), GB 32100-2015 (USCC).
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from stdnum.cn import uscc as uscc_number

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, DependencyFailed, InvalidInput, NotAvailable
from core.identity import second_step, sessions
from core.identity.actor import Actor
from core.identity.authority import LEGAL_REPRESENTATIVE, PROXY
from core.identity.models import Account, EnterpriseAuthority, OidcAttempt, OidcLink
from core.identity.sessions import Device, SignedIn
from core.ids import new_id, new_token, token_digest
from core.settings import Settings, get_settings

NAME = "oidc"
TIMEOUT_S = 8.0
ATTEMPT_LIFE = timedelta(minutes=10)
AUTHORITY_LIFE = timedelta(days=30)
LEEWAY_S = 60
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "EdDSA"]
CLAIMS = {"name": "name", "mobile": "phone_number", "uscc": "uscc", "relation": "relation", "legal": "legal"}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and the token that it keeps in a cookie until it is back."""

    url: str
    browser_token: str


@dataclass(frozen=True)
class Person:
    """Whom the platform names, by its verified ID token."""

    issuer: str
    subject: str
    name: str
    mobile: str
    uscc: str
    is_legal_representative: bool


@dataclass(frozen=True)
class Completed:
    """``signed_in`` is None where the person linked an account; ``target`` is where they wanted to go."""

    signed_in: SignedIn | None
    target: str


def is_set_up() -> bool:
    """Whether this installation knows a unified identity platform."""
    settings = get_settings()
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def redirect_uri() -> str:
    """Return the address to which the platform sends people back; it is registered there."""
    return f"{get_settings().public_url.rstrip('/')}/sign-in/platform/return"


def begin(target: str, actor: Actor | None = None) -> Begun:
    """Start a sign-in, or with ``actor`` the linking of that account.

    Raises:
        NotAvailable: no platform is set up.
        DependencyFailed: the platform does not answer as it should.
    """
    settings = _settings()
    state, nonce, verifier, browser = new_token(), new_token(), new_token(), new_token()
    with _client(settings) as client:
        metadata = _metadata(client, settings)
        url, _ = client.create_authorization_url(
            metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    moment = clock.now()
    with transaction() as session:
        session.execute(delete(OidcAttempt).where(OidcAttempt.expires_at <= moment))
        session.add(
            OidcAttempt(
                state_digest=token_digest(state),
                browser_digest=token_digest(browser),
                nonce=nonce,
                verifier=verifier,
                account_id=actor.account_id if actor else "",
                target=target[:500],
                expires_at=moment + ATTEMPT_LIFE,
            )
        )
    return Begun(url, browser)


def complete(
    given: Mapping[str, str],
    browser_token: str,
    actor: Actor,
    *,
    enterprise_of: Callable[[str], str],
    device: Device | None = None,
) -> Completed:
    """Take the platform's answer.

    Args:
        given: the query of the return address.
        browser_token: what the cookie holds.
        actor: who is signed in now, for linking.
        enterprise_of: returns the id of the enterprise with a USCC, "" for none.
        device: browser and network, roughly.

    Raises:
        InvalidInput: the answer belongs to no sign-in of this browser, was used already, is not the
            platform's, or names a person without a linked account.
        SecondStepNeeded: the account has a second step.
        Conflict: the person is linked to another account.
        DependencyFailed: the platform does not answer as it should.
    """
    settings = _settings()
    attempt = _spend(given.get("state", ""), browser_token)
    if given.get("error") or not given.get("code"):
        raise InvalidInput("core.oidc_refused")
    person = _person(settings, given, attempt)
    if attempt.account_id:
        _link(person, attempt, actor)
        return Completed(None, attempt.target)
    with transaction() as session:
        link = session.get(OidcLink, (person.issuer, person.subject))
        account = session.get(Account, link.account_id) if link else None
        if account is None or not account.is_active:
            raise InvalidInput("core.oidc_not_linked")
        _take_authority(session, account.id, person, enterprise_of)
        needs_code = second_step.is_on(session, account.id)
        if not needs_code:
            opened = sessions.open_for(session, account, method=sessions.PLATFORM, device=device)
            return Completed(opened, attempt.target)
    raise second_step.challenge(account.id, sessions.PLATFORM)


def _spend(state: str, browser_token: str) -> OidcAttempt:
    """Take the attempt away, so that no answer counts twice; then hold it to this browser."""
    with transaction() as session:
        found = session.get(OidcAttempt, token_digest(state), with_for_update=True)
        if found is not None:
            session.delete(found)
    is_this = found is not None and hmac.compare_digest(found.browser_digest, token_digest(browser_token))
    if found is None or not is_this or found.expires_at <= clock.now():
        raise InvalidInput("core.oidc_stale")
    return found


def _person(settings: Settings, given: Mapping[str, str], attempt: OidcAttempt) -> Person:
    with _client(settings) as client:
        metadata = _metadata(client, settings)
        named = given.get("iss", "")
        is_named = bool(metadata.get("authorization_response_iss_parameter_supported"))
        if (named or is_named) and named != settings.oidc_issuer:
            raise InvalidInput("core.oidc_untrusted")
        try:
            tokens = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=given["code"],
                code_verifier=attempt.verifier,
            )
            keys = _json(client, metadata["jwks_uri"])
        except AuthlibBaseError as error:
            log.info("identity.oidc_code_refused", error=error.error)
            raise InvalidInput("core.oidc_untrusted") from error
        except (httpx.HTTPError, ValueError) as error:
            raise DependencyFailed("core.oidc_silent", dependency=NAME) from error
    return _named(settings, _verified(settings, tokens.get("id_token"), keys, attempt.nonce))


def _verified(settings: Settings, id_token: object, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token that is the platform's, for us, for this sign-in, and in time."""
    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        token = jwt.decode(str(id_token or ""), KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        rules.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        log.warning("identity.oidc_token_refused", kind=type(error).__name__)
        raise InvalidInput("core.oidc_untrusted") from error
    claims = token.claims
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    is_for_us = claims.get("azp", settings.oidc_client_id) == settings.oidc_client_id
    if not is_for_us or (len(audience) > 1 and "azp" not in claims) or not str(claims["sub"]):
        raise InvalidInput("core.oidc_untrusted")
    return dict(claims)


def _named(settings: Settings, claims: dict[str, Any]) -> Person:
    names = CLAIMS | dict(pair.split("=", 1) for pair in settings.oidc_claims.split() if "=" in pair)
    given = str(claims.get(names["uscc"]) or "")
    return Person(
        issuer=settings.oidc_issuer,
        subject=str(claims["sub"])[:200],
        name=str(claims.get(names["name"]) or "")[:80],
        mobile=str(claims.get(names["mobile"]) or "")[:20],
        uscc=uscc_number.compact(given) if uscc_number.is_valid(given) else "",
        is_legal_representative=str(claims.get(names["relation"]) or "") == names["legal"],
    )


def _link(person: Person, attempt: OidcAttempt, actor: Actor) -> None:
    if not actor.account_id or actor.account_id != attempt.account_id:
        raise InvalidInput("core.oidc_stale")
    with transaction() as session:
        found = session.get(OidcLink, (person.issuer, person.subject))
        if found is not None and found.account_id != actor.account_id:
            raise Conflict("core.oidc_linked_elsewhere")
        link = OidcLink(
            issuer=person.issuer,
            subject=person.subject,
            account_id=actor.account_id,
            linked_at=clock.now(),
        )
        session.merge(link)
        _note(session, actor.account_id, "oidc_linked")


def unlink(actor: Actor) -> None:
    """Take every link of the person's account away."""
    with transaction() as session:
        session.execute(delete(OidcLink).where(OidcLink.account_id == actor.account_id))
        _note(session, actor.account_id, "oidc_unlinked")


def is_linked(actor: Actor) -> bool:
    """Whether the person's account is linked to somebody of the platform."""
    with reading() as session:
        query = select(OidcLink.subject).where(OidcLink.account_id == actor.account_id)
        return session.scalars(query).first() is not None


def _take_authority(
    session: Session, account_id: str, person: Person, enterprise_of: Callable[[str], str]
) -> None:
    """Keep what the platform says of the person and an enterprise, and end what it does not say any more."""
    named = enterprise_of(person.uscc) if person.uscc else ""
    authority, today = EnterpriseAuthority, clock.today()
    rows = session.scalars(select(authority).where(authority.account_id == account_id)).all()
    for row in rows:
        if row.granted_by == NAME and row.enterprise_id != named and row.ended_at is None:
            row.ended_at = clock.now()
            _note(session, account_id, "oidc_authority_ended", enterprise_id=row.enterprise_id)
    found = next((row for row in rows if row.enterprise_id == named), None)
    if not named or (found is not None and found.granted_by != NAME):
        return
    row = found or authority(id=new_id("auth"), account_id=account_id, enterprise_id=named)
    row.scope = LEGAL_REPRESENTATIVE if person.is_legal_representative else PROXY
    row.acts, row.service_items, row.granted_by, row.ended_at = [], [], NAME, None
    row.valid_from, row.valid_to = today, today + AUTHORITY_LIFE
    session.add(row)
    session.flush()
    _note(session, account_id, "oidc_authority", enterprise_id=named, scope=row.scope)


def _settings() -> Settings:
    if not is_set_up():
        raise NotAvailable("core.oidc_absent")
    return get_settings()


def _client(settings: Settings) -> OAuth2Client:
    secret = settings.oidc_client_secret
    if settings.oidc_client_secret_file:
        secret = Path(settings.oidc_client_secret_file).read_text("utf-8").strip()
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=secret or None,
        scope=settings.oidc_scope,
        redirect_uri=redirect_uri(),
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        timeout=TIMEOUT_S,
        follow_redirects=False,
    )


def _metadata(client: OAuth2Client, settings: Settings) -> dict[str, Any]:
    """Return the discovery document, of this issuer alone and with safe addresses alone."""
    url = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        found = _json(client, url)
        addresses = [found[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise DependencyFailed("core.oidc_silent", dependency=NAME) from error
    if found.get("issuer") != settings.oidc_issuer or not all(map(_is_safe, addresses)):
        log.warning("identity.oidc_discovery_refused")
        raise DependencyFailed("core.oidc_silent", dependency=NAME)
    return found


def _is_safe(address: object) -> bool:
    parts = urlsplit(str(address))
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _json(client: OAuth2Client, url: str) -> dict[str, Any]:
    answer = client.request("GET", url, withhold_token=True)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _note(session: Session, account_id: str, action: str, **data: object) -> None:
    record(
        session,
        actor_id=account_id,
        action=f"account.{action}",
        subject_type="account",
        subject_id=account_id,
        data=data,
    )
