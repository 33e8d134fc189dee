"""The catalogue of service items at a glance, made from their data."""

from collections.abc import Iterator
from dataclasses import dataclass

from forms.items.basics import Sourced
from forms.items.catalogue import items
from forms.items.definition import ServiceItem
from forms.items.guides import entries_of


@dataclass(frozen=True)
class ItemOverview:
    """One item in the catalogue.

    Attributes:
        certificate: what is issued; "" where the item cannot be filed online.
        completes: ``submission`` where handing in completes the matter (备案), ``approval`` where officers
        decide.
        limits: statutory and promised times, each with its title.
        provisions: how many different provisions its facts, fields and checks rest on.
        unverified: how many of them are still to be verified.
    """

    code: str
    name: str
    domain: str
    operations: list[str]
    certificate: str
    completes: str
    limits: list[tuple[str, str]]
    materials: int
    fields: int
    checks: int
    provisions: int
    unverified: int


def item_overviews(locale: str) -> list[ItemOverview]:
    """Return all items, by field and name as the catalogue has them."""
    return [_overview(item, locale) for item in items().values()]


def _overview(item: ServiceItem, locale: str) -> ItemOverview:
    form = item.form
    told = list(_told(item))
    limits = [
        (entry.title.get(locale) if entry.title else "", entry.text.get(locale))
        for entry in entries_of(item, "time_limit")
    ]
    return ItemOverview(
        code=item.code,
        name=item.name.get(locale),
        domain=item.domain,
        operations=item.operations,
        certificate=form.certificate.name.get(locale) if form else "",
        completes=form.certificate.given if form else "",
        limits=limits,
        materials=len(entries_of(item, "materials")),
        fields=len(form.fields) if form else 0,
        checks=len(form.checks) if form else 0,
        provisions=len({(source.law, source.article) for one in told for source in one.source}),
        unverified=sum(not one.verified for one in told),
    )


def _told(item: ServiceItem) -> Iterator[Sourced]:
    for entries in item.guide.values():
        yield from entries
    yield from item.decision_points
    if item.form is not None:
        yield from item.form.fields
        yield from item.form.checks
        yield from item.form.time_limits
        yield item.form.certificate
