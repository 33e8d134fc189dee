"""Build the synthetic regulator from a seed."""

from datetime import date
from random import Random

from forms.sandbox.cosmetics import ORIGINS, add_filings
from forms.sandbox.dossiers import add_dossiers
from forms.sandbox.enterprises import make_enterprise
from forms.sandbox.licences import add_licences
from forms.sandbox.world import SyntheticEnterprise


def build_world(enterprises: int, seed: int, today: date) -> list[SyntheticEnterprise]:
    """Return synthetic enterprises with records and truth.

    Args:
        enterprises: how many; the first twenty hold every kind.
        seed: the same seed gives the same enterprises.
        today: the date that terms of validity are laid around.
    """
    world = [make_enterprise(index, seed, today) for index in range(enterprises)]
    for made in world:
        add_licences(made, _rng(seed, made.index, "licences"), today)
    makers = [made for made in world if made.kind == "cosmetic_maker" and not made.flaws]
    for made in world:
        add_filings(made, makers, _rng(seed, made.index, "filings"), today)
        add_dossiers(made, _rng(seed, made.index, "dossiers"), today)
        made.truth |= _enterprise_truth(made)
    return world


def _rng(seed: int, index: int, part: str) -> Random:
    return Random(f"{seed}:{index}:{part}")  # noqa: S311 - synthetic data, not a secret


def _enterprise_truth(made: SyntheticEnterprise) -> dict[str, object]:
    origin = ORIGINS.get(made.kind)
    return {
        "ent_name": made.name,
        "uscc": made.uscc,
        "ent_type": made.entity_type,
        "legal_rep": made.legal_rep.name,
        "legal_rep_id": made.legal_rep.id_number,
        "domicile": made.domicile,
        "region_code": made.region_code,
        "origin": origin,
        "filer_role": "domestic_filer" if origin == "domestic" else "responsible_person",
    }
