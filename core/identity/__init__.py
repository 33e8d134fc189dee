"""Who acts: accounts, roles, sessions, authority over enterprises."""

from core.identity.actor import ANONYMOUS, Act, Actor, Role

__all__ = ["ANONYMOUS", "Act", "Actor", "Role"]
