"""Work that Celery does for filings."""

from celery import shared_task

from forms.alerts import service as alerts
from forms.backoffice import service as backoffice
from forms.documents import service as documents
from forms.filing.expiry import expire_drafts as _expire_drafts
from forms.records.similar import rebuild_similar_answers as _rebuild_similar_answers


@shared_task(name="forms.render_document")  # type: ignore[untyped-decorator]
def render_document(filing_id: str, version: int) -> None:
    """Make a submitted filing's printed confirmation."""
    documents.render(filing_id, version)


@shared_task(name="forms.announce")  # type: ignore[untyped-decorator]
def announce(filing_id: str, version: int, event: str) -> None:
    """Tell the authority's processing system of a change."""
    backoffice.deliver(filing_id, version, event)


@shared_task(name="forms.alert")  # type: ignore[untyped-decorator]
def alert(filing_id: str, version: int) -> None:
    """Tell the applicant, who asked for it, what a filing has come to."""
    alerts.deliver(filing_id, version)


@shared_task(name="forms.expire_drafts")  # type: ignore[untyped-decorator]
def expire_drafts() -> int:
    """Withdraw drafts that nobody touched for too long."""
    return _expire_drafts()


@shared_task(name="forms.rebuild_similar_answers")  # type: ignore[untyped-decorator]
def rebuild_similar_answers() -> int:
    """Count anew what most enterprises answer alike."""
    return _rebuild_similar_answers()
