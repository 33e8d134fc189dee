"""Which cases an officer is competent for.

An officer handles the cases of the province and field; a case of unknown province or field is everyone's. A
supervisor handles all fields of the province.
"""

from sqlalchemy import ColumnElement, and_, or_, true

from bot.handoff.models import HandoffCase
from core.identity import Actor, Role


def is_supervisor(actor: Actor) -> bool:
    """Whether the actor may take over from officers."""
    return actor.role is Role.SUPERVISOR


def is_competent(actor: Actor, case: HandoffCase) -> bool:
    """Whether the actor may handle the case."""
    return serves(actor, case.province, case.domain)


def serves(actor: Actor, province: str, domain: str) -> bool:
    """Whether the actor handles cases of a province and a field, "" where they are unknown."""
    in_province = not actor.province or not province or actor.province == province
    in_field = is_supervisor(actor) or not actor.competences or not domain or domain in actor.competences
    return actor.handles_cases and in_province and in_field


def competence_filter(actor: Actor) -> ColumnElement[bool]:
    """Return ``is_competent`` as a condition on ``HandoffCase``."""
    province: ColumnElement[bool] = true()
    if actor.province:
        province = HandoffCase.province.in_(["", actor.province])
    domain: ColumnElement[bool] = true()
    if actor.competences and not is_supervisor(actor):
        domain = or_(HandoffCase.domain == "", HandoffCase.domain.in_(actor.competences))
    return and_(province, domain)
