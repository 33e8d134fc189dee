"""What an enterprise holds: certificates on record, their terms, and when they can be renewed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from core.errors import NotAvailable
from core.identity import Actor
from forms.checks.dates import before
from forms.filing.store import Draft
from forms.filing.views import CertificateView
from forms.items.catalogue import items
from forms.items.definition import ServiceItem
from forms.items.form import CheckSpec
from forms.models import Enterprise, HistoricalRecord
from forms.records.service import EXPIRED, LICENCE, VALID, RecordView, view_of
from i18n.service import CONTENT_LOCALES

MOST_LISTED, MOST_AT_ONCE = 200, 1000
RENEWAL = "renewal"


def list_certificates(actor: Actor, locale: str) -> list[CertificateView]:
    """Return the certificates of the actor's enterprises: those in force first, the soonest to end first."""
    if not actor.enterprise_ids:
        return []
    with reading() as session:
        query = select(HistoricalRecord, Enterprise).join(
            Enterprise, Enterprise.id == HistoricalRecord.enterprise_id
        )
        query = query.where(
            HistoricalRecord.enterprise_id.in_(actor.enterprise_ids), HistoricalRecord.kind == LICENCE
        )
        is_valid = case((HistoricalRecord.status == VALID, 0), else_=1)
        newest = (is_valid, HistoricalRecord.as_of.desc(), HistoricalRecord.id)
        found = [
            certificate_view(view_of(row), enterprise, row.is_synthetic, locale)
            for row, enterprise in session.execute(query.order_by(*newest).limit(MOST_LISTED))
            if actor.may("", row.enterprise_id, row.service_item_code)
        ]
    return sorted(found, key=lambda one: (one.state != VALID, one.expires_on or date.max, one.number))


def get_certificate(actor: Actor, record_id: str, locale: str) -> CertificateView:
    """Return one certificate.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with reading() as session:
        row = session.get(HistoricalRecord, record_id)
        if row is None or row.kind != LICENCE:
            raise NotAvailable
        if not actor.may("", row.enterprise_id, row.service_item_code):
            raise NotAvailable
        enterprise = session.get_one(Enterprise, row.enterprise_id)
        return certificate_view(view_of(row), enterprise, row.is_synthetic, locale)


def certificate_of(session: Session, draft: Draft, locale: str) -> CertificateView | None:
    """Return the certificate that a filing led to."""
    row = session.get(HistoricalRecord, draft.filing.certificate_id) if draft.filing.certificate_id else None
    if row is None:
        return None
    return certificate_view(view_of(row), draft.enterprise, row.is_synthetic, locale)


def certificate_view(
    record: RecordView, enterprise: Enterprise, is_synthetic: bool, locale: str
) -> CertificateView:
    """Return a licence on record as people see it."""
    service_item = items().get(record.service_item_code)
    form = service_item.form if service_item else None
    title = str(record.data.get(form.title_field) or "") if form and form.title_field else ""
    window = _renewal_window(service_item, record.expires_on)
    is_expired = record.status == VALID and not record.is_in_force(clock.today())
    return CertificateView(
        id=record.id,
        item_code=record.service_item_code,
        name=form.certificate.name.get(locale) if form else record.service_item_code,
        title=title,
        number=record.number,
        enterprise_id=enterprise.id,
        enterprise_name=enterprise.name,
        issued_on=record.issued_on,
        expires_on=record.expires_on,
        state=EXPIRED if is_expired else record.status,
        renew_from=window[0],
        renew_until=window[1],
        ways=_ways(service_item) if record.is_in_force(clock.today()) else [],
        is_synthetic=is_synthetic,
    )


def _ways(service_item: ServiceItem | None) -> list[tuple[str, str]]:
    """Return what can be begun from a certificate: (item, operation), in its own item and its dossier."""
    if service_item is None:
        return []
    others = [found for code in service_item.family[1:] if (found := items().get(code)) and found.facts]
    return [
        (one.code, name) for one in (service_item, *others) for name in one.operations if name != "initial"
    ]


def _window_spec(service_item: ServiceItem | None) -> CheckSpec | None:
    """Return the check that lays down when the certificate can be renewed."""
    for code, operation in _ways(service_item):
        form = items()[code].form
        checks = form.checks if form and operation == RENEWAL else []
        found = next((one for one in checks if one.check == "renewal_window"), None)
        if found is not None:
            return found
    return None


def _renewal_window(service_item: ServiceItem | None, end: date | None) -> tuple[date | None, date | None]:
    """Return the first and the last day on which renewal can be applied for, by the item's own check."""
    spec = _window_spec(service_item)
    if spec is None or end is None:
        return None, None
    opens = before(end, spec.params["opens"]) if "opens" in spec.params else None
    return opens, before(end, spec.params["closes"])


@dataclass(frozen=True)
class CertificateTerm:
    """The term of one certificate in force, for the system's own reminders; ``name`` by locale."""

    record_id: str
    enterprise_id: str
    number: str
    name: dict[str, str]
    expires_on: date
    renew_from: date | None
    renew_until: date | None
    renewal_item: str


def expiring_certificates(first: date, last: date) -> Iterator[list[CertificateTerm]]:
    """Yield certificates in force whose term ends between two days, a batch at a time."""
    row = HistoricalRecord
    query = (
        select(row.id, row.enterprise_id, row.service_item_code, row.number, row.expires_on)
        .where(row.kind == LICENCE, row.status == VALID, row.expires_on.between(first, last))
        .order_by(row.id)
        .limit(MOST_AT_ONCE)
    )
    after = ""
    while True:
        with reading() as session:
            rows = session.execute(query.where(row.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield [
            _term(one.id, one.enterprise_id, one.service_item_code, one.number, one.expires_on)
            for one in rows
        ]


def _term(record_id: str, enterprise_id: str, code: str, number: str, end: date | None) -> CertificateTerm:
    assert end is not None  # the query names a span
    service_item = items().get(code)
    form = service_item.form if service_item else None
    window = _renewal_window(service_item, end)
    renewal = next((item for item, operation in _ways(service_item) if operation == RENEWAL), "")
    return CertificateTerm(
        record_id=record_id,
        enterprise_id=enterprise_id,
        number=number,
        name={
            locale: form.certificate.name.get(locale) if form else code for locale in CONTENT_LOCALES.values()
        },
        expires_on=end,
        renew_from=window[0],
        renew_until=window[1],
        renewal_item=renewal,
    )
