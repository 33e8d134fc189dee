"""Enterprises by their code and by their id, for those who administer the installation."""

from collections.abc import Iterable

from sqlalchemy import select

from core.database import reading
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor, Role
from forms.filing.views import EnterpriseView
from forms.models import Enterprise
from forms.records.service import enterprise_with_code


def enterprise_with_uscc(actor: Actor, uscc: str) -> EnterpriseView:
    """Return the enterprise with a unified social credit code.

    Raises:
        NotAvailable: the actor is no administrator.
        InvalidInput: no record of it is held.
    """
    _administrator(actor)
    with reading() as session:
        found = enterprise_with_code(session, uscc.strip().upper())
        if found is None:
            raise InvalidInput("forms.no_such_enterprise")
        return _view(found)


def enterprises_with_ids(actor: Actor, ids: Iterable[str]) -> dict[str, EnterpriseView]:
    """Return enterprises by their ids.

    Raises:
        NotAvailable: the actor is no administrator.
    """
    _administrator(actor)
    with reading() as session:
        rows = session.scalars(select(Enterprise).where(Enterprise.id.in_(set(ids)))).all()
        return {row.id: _view(row) for row in rows}


def _administrator(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise NotAvailable


def _view(row: Enterprise) -> EnterpriseView:
    return EnterpriseView(row.id, row.name, row.uscc, row.province, row.is_synthetic)


def enterprise_names(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of enterprises for which the person acts or could act once; others are left out."""
    own = actor.enterprise_ids | {enterprise_id for enterprise_id, _ in actor.ended}
    with reading() as session:
        query = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(own & set(ids)))
        return {enterprise_id: name for enterprise_id, name in session.execute(query)}


def enterprise_id_with_uscc(uscc: str) -> str:
    """Return the id of the enterprise that a unified identity platform names, "" where no record is held."""
    with reading() as session:
        found = enterprise_with_code(session, uscc)
        return found.id if found is not None else ""
