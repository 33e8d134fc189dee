"""The actor of an operation, decided by the session alone and never by what a person types."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; ``SYSTEM`` is no account but another system with a key."""

    ANONYMOUS = "anonymous"
    APPLICANT = "applicant"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SYSTEM = "system"


STAFF = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.EDITOR, Role.ADMINISTRATOR, Role.AUDITOR})
CASE_HANDLERS = frozenset({Role.OFFICER, Role.SUPERVISOR})


@dataclass(frozen=True)
class Actor:
    """Someone who acts.

    Attributes:
        account_id: the account, or "" for an anonymous person.
        role: the account's role.
        display_name: shown to others (officers to applicants).
        enterprise_ids: enterprises this account may act for, in force today.
        province: short name of the officer's province, or "" for all.
        competences: fields of an officer (drug, device, cosmetic), empty for all.
    """

    account_id: str = ""
    role: Role = Role.ANONYMOUS
    display_name: str = ""
    enterprise_ids: frozenset[str] = field(default_factory=frozenset)
    province: str = ""
    competences: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for the authority."""
        return self.role in STAFF

    @property
    def handles_cases(self) -> bool:
        """Whether the actor may claim and answer cases."""
        return self.role in CASE_HANDLERS

    def may_act_for(self, enterprise_id: str) -> bool:
        """Whether the actor has authority over an enterprise."""
        return enterprise_id in self.enterprise_ids


ANONYMOUS = Actor()
