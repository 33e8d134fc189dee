"""What a deficiency notice says on paper. Source: 行政许可法 第32条."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotAvailable
from forms.documents.content import head_lines
from forms.filing.store import Draft
from forms.items.citations import clause
from forms.models import DeficiencyNotice
from i18n.service import format_date, format_moment, translate


@dataclass(frozen=True)
class NoticePaper:
    """The whole notice; ``rows`` are number, what it is about, what is wrong, how to mend it, provision."""

    title: str
    item_name: str
    enterprise: str
    head: list[tuple[str, str]]
    opening: str
    columns: list[str]
    rows: list[list[str]]
    closing: list[str]
    filing_no: str
    receipt_code: str
    mark: str


def newest_notice(session: Session, filing_id: str) -> DeficiencyNotice:
    """Return the newest notice of a filing.

    Raises:
        NotAvailable: there is none.
    """
    query = select(DeficiencyNotice).where(DeficiencyNotice.filing_id == filing_id)
    found = session.scalars(query.order_by(DeficiencyNotice.at.desc())).first()
    if found is None:
        raise NotAvailable
    return found


def notice_paper(draft: Draft, notice: DeficiencyNotice, locale: str) -> NoticePaper:
    """Put a notice together."""
    filing = draft.filing
    due = format_date(notice.due_on, locale)
    columns = ("number", "about", "problem", "fix", "clause")
    return NoticePaper(
        title=translate("forms.notice.title", locale),
        item_name=draft.item.name.get(locale),
        enterprise=draft.enterprise.name,
        head=[
            *head_lines(draft, locale),
            (translate("forms.notice.at", locale), format_moment(notice.at, locale)),
        ],
        opening=translate("forms.notice.opening", locale, enterprise=draft.enterprise.name, due=due),
        columns=[translate(f"forms.notice.column.{name}", locale) for name in columns],
        rows=[_row(draft, number, raw, locale) for number, raw in enumerate(notice.entries, 1)],
        closing=[translate(f"forms.notice.closing_{name}", locale, due=due) for name in ("once", "rights")],
        filing_no=filing.filing_no or "",
        receipt_code=filing.receipt_code or "",
        mark=translate("forms.document.synthetic", locale) if filing.is_synthetic else "",
    )


def _row(draft: Draft, number: int, raw: dict[str, str], locale: str) -> list[str]:
    field = draft.form.field(raw["key"]) if raw["key"] else None
    about = field.label.get(locale) if field else translate("forms.notice_whole", locale)
    basis = clause(field.source, locale) if field and field.source else ""
    return [str(number), about, raw["message"], raw["fix"], basis]
