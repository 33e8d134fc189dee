"""Who acts: accounts, roles, sessions, authority over enterprises."""

from core.identity.actor import ANONYMOUS, Actor, Role

__all__ = ["ANONYMOUS", "Actor", "Role"]
