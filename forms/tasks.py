"""Work that Celery does for filings."""

from celery import shared_task

from forms.backoffice import service as backoffice
from forms.documents import service as documents


@shared_task(name="forms.render_document")  # type: ignore[untyped-decorator]
def render_document(filing_id: str, version: int) -> None:
    """Make a submitted filing's printed confirmation."""
    documents.render(filing_id, version)


@shared_task(name="forms.announce")  # type: ignore[untyped-decorator]
def announce(filing_id: str, version: int, event: str) -> None:
    """Tell the authority's processing system of a change."""
    backoffice.deliver(filing_id, version, event)
