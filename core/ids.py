"""Opaque identifiers and secrets."""

import hashlib
import secrets
import uuid


def new_id(prefix: str) -> str:
    """Return an unguessable id such as ``conv_5f0c…`` (122 random bits)."""
    return f"{prefix}_{uuid.uuid4().hex}"


def new_token() -> str:
    """Return a bearer token of 256 random bits, safe in URLs."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token, the only form in which it is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
