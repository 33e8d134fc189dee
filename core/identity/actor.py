"""The actor of an operation, decided by the session alone and never by what a person types."""

from dataclasses import dataclass, field
from datetime import date
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


class Act(StrEnum):
    """What a person may do for an enterprise beside reading: prepare a filing, hand it in."""

    PREPARE = "prepare"
    SUBMIT = "submit"


@dataclass(frozen=True)
class Limit:
    """What an authority over an enterprise is limited to; an empty set limits nothing."""

    enterprise_id: str
    acts: frozenset[str] = frozenset()
    service_items: frozenset[str] = frozenset()

    def allows(self, act: str, item_code: str) -> bool:
        """Whether the authority covers an act ("" for reading) on a service item ("" for any)."""
        is_act_right = not act or not self.acts or act in self.acts
        return is_act_right and (not item_code or not self.service_items or item_code in self.service_items)


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
        limits: what the authority over some of the enterprises is limited to.
        ended: enterprises this account could act for, each with its last day.
    """

    account_id: str = ""
    role: Role = Role.ANONYMOUS
    display_name: str = ""
    enterprise_ids: frozenset[str] = field(default_factory=frozenset)
    province: str = ""
    competences: frozenset[str] = field(default_factory=frozenset)
    limits: tuple[Limit, ...] = ()
    ended: tuple[tuple[str, date], ...] = ()

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for the authority."""
        return self.role in STAFF

    @property
    def handles_cases(self) -> bool:
        """Whether the actor may claim and answer cases."""
        return self.role in CASE_HANDLERS

    def may_act_for(self, enterprise_id: str) -> bool:
        """Whether the actor has authority over an enterprise, limited or not."""
        return enterprise_id in self.enterprise_ids

    def may(self, act: str, enterprise_id: str, item_code: str = "") -> bool:
        """Whether the actor's authority over an enterprise covers an act ("" for reading) on an item."""
        limits = (one for one in self.limits if one.enterprise_id == enterprise_id)
        return self.may_act_for(enterprise_id) and all(one.allows(act, item_code) for one in limits)

    def ended_on(self, enterprise_id: str) -> date | None:
        """Return the last day of an authority that has ended, None where there was none."""
        return dict(self.ended).get(enterprise_id)


ANONYMOUS = Actor()
