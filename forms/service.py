"""Guided filing: from "may I?" to a number and a printed confirmation.

1. ``list_service_items``, ``get_service_item``, ``find_service_items``: what can be done. ``export_guides``
   gives every item's guide to the knowledge base.
2. ``guidance_step`` asks the item's routing questions until it is clear whether this item fits, and which
   facts hold.
3. ``start_filing`` opens a draft (or the one that is open) and proposes values from the applicant's own
   records, each with a receipt. Nothing is pre-filled that is not the applicant's; the declaration never is.
4. ``next_question`` asks for one field at a time; ``answer_field`` reads what people type,
   ``confirm_prefilled``, ``skip_field`` and ``attach_file`` do the rest. Chat and web form change the same
   draft and wake each other (topic ``draft:<filing_id>``); each change raises ``version`` by one and leaves
   an event and an audit entry.
5. ``check_filing`` returns all deficiencies at once, each with field, rule, clause and fix. The one with rule
   ``declaration`` remains until the person gives it with ``confirm_declaration``; a later edit takes it back.
6. ``submit_filing`` hands in exactly once, in one transaction: state, number, key, outbox row, audit event.
7. The worker renders the confirmation; ``document`` tells where it is. ``filing_status`` answers by filing
   number; officers move the filing on with ``move_filing``; a returned one is mended and submitted again
   under its number. Where the item asks for two officers, ``proposed_decision`` tells what waits.
8. ``request_assistance``, ``answer_request``, ``observed``, ``propose_value``, ``answer_proposal``: an
   officer helps with a draft by consent.
9. ``permit_alert``: the applicant allows one message outside the product on what becomes of a filing.

Every call takes the actor of the session. Absent and not-yours raise the same ``NotAvailable``.
"""

from core.database import reading
from core.identity import Actor
from forms.alerts.service import alert_template, permit_alert
from forms.assistance.service import (
    Asker,
    answer_proposal,
    answer_request,
    end_assistance,
    may_be_proposed,
    observed,
    propose_value,
    request_assistance,
    withdraw_consent,
)
from forms.backoffice.base import HEADER as SIGNATURE_HEADER
from forms.backoffice.base import verify as verify_signature
from forms.backoffice.receiving import receive_decision
from forms.checks.precheck import Precheck, precheck
from forms.documents.service import (
    document,
    notice_document,
    request_document,
    word_document,
)
from forms.filing.bundling import filings_of_bundle
from forms.filing.confirmation import confirm_manufacture, pending_confirmations
from forms.filing.copying import copy_filing
from forms.filing.drafts import (
    Origin,
    answer_field,
    cancel_filing,
    confirm_declaration,
    confirm_prefilled,
    named_values,
    skip_field,
    start_filing,
)
from forms.filing.files import attach_file, read_attachment
from forms.filing.holding import get_certificate, list_certificates
from forms.filing.outcomes import Accepted, Rejected
from forms.filing.parsing import read_yes_no
from forms.filing.processing import Move, filings_to_process, move_filing
from forms.filing.questions import next_question, question_for
from forms.filing.second_person import Proposal, proposed_decision
from forms.filing.submission import (
    ReceiptCheck,
    check_filing,
    draft_in_hand,
    filing_status,
    get_filing,
    list_filings,
    submit_filing,
    verify_receipt,
)
from forms.filing.views import (
    AssistanceView,
    CertificateView,
    ChangeView,
    Deadline,
    Deficiency,
    DocumentState,
    EnterpriseView,
    FieldQuestion,
    FieldView,
    FilingStatus,
    FilingSummary,
    FilingTask,
    FilingView,
    GroupView,
    NoticeEntry,
    NoticeView,
    ProposalView,
    Receipt,
    Submission,
    WantedCorrection,
)
from forms.guidance.service import (
    GuidanceOutcome,
    GuidanceQuestion,
    answers_for,
    guidance_step,
    read_choice,
)
from forms.guidance.wishes import Settled, Wish, read_wish
from forms.guidance.wishes import settle as settle_wish
from forms.items.bundles import BundleDefinition
from forms.items.bundles import bundle as get_bundle
from forms.items.bundles import bundles as _bundles
from forms.items.catalogue import item as get_service_item
from forms.items.catalogue import items
from forms.items.citations import clause
from forms.items.definition import ServiceItem
from forms.items.guides import export_guides, guide_entries
from forms.items.linting import Mistake, lint
from forms.items.matching import ItemMatch, find_service_items
from forms.items.overview import ItemOverview, item_overviews
from forms.items.regions import provinces
from forms.prefill.preview import FieldPrefill, Preview, preview
from forms.records.importing import ImportReport, import_records
from forms.records.naming import (
    enterprise_id_with_uscc,
    enterprise_names,
    enterprise_with_uscc,
    enterprises_with_ids,
)
from forms.records.service import enterprises_of
from forms.records.similar import rebuild_similar_answers
from i18n.service import content_language

__all__ = [
    "ItemOverview",
    "item_overviews",
    "Asker",
    "AssistanceView",
    "draft_in_hand",
    "ProposalView",
    "alert_template",
    "permit_alert",
    "answer_proposal",
    "answer_request",
    "end_assistance",
    "may_be_proposed",
    "observed",
    "propose_value",
    "request_assistance",
    "withdraw_consent",
    "Proposal",
    "proposed_decision",
    "SIGNATURE_HEADER",
    "Accepted",
    "BundleDefinition",
    "CertificateView",
    "ChangeView",
    "Deadline",
    "Deficiency",
    "DocumentState",
    "EnterpriseView",
    "FieldPrefill",
    "FieldQuestion",
    "FieldView",
    "FilingStatus",
    "FilingSummary",
    "FilingTask",
    "FilingView",
    "GroupView",
    "GuidanceOutcome",
    "GuidanceQuestion",
    "ImportReport",
    "ItemMatch",
    "Mistake",
    "Move",
    "NoticeEntry",
    "NoticeView",
    "Origin",
    "Precheck",
    "Preview",
    "Receipt",
    "ReceiptCheck",
    "Rejected",
    "ServiceItem",
    "Settled",
    "Submission",
    "WantedCorrection",
    "Wish",
    "answer_field",
    "answers_for",
    "attach_file",
    "cancel_filing",
    "check_filing",
    "clause",
    "confirm_declaration",
    "confirm_manufacture",
    "confirm_prefilled",
    "copy_filing",
    "document",
    "export_guides",
    "filing_status",
    "filings_of_bundle",
    "filings_to_process",
    "find_service_items",
    "get_bundle",
    "get_certificate",
    "get_filing",
    "get_service_item",
    "guide_entries",
    "guidance_step",
    "import_records",
    "lint_items",
    "list_bundles",
    "list_certificates",
    "list_enterprises",
    "list_filings",
    "list_service_items",
    "move_filing",
    "named_values",
    "next_question",
    "notice_document",
    "pending_confirmations",
    "precheck",
    "preview",
    "province_names",
    "question_for",
    "rebuild_similar_answers",
    "receive_decision",
    "read_attachment",
    "read_choice",
    "read_wish",
    "settle_wish",
    "request_document",
    "read_yes_no",
    "skip_field",
    "start_filing",
    "submit_filing",
    "verify_receipt",
    "verify_signature",
    "enterprise_with_uscc",
    "enterprise_id_with_uscc",
    "enterprise_names",
    "enterprises_with_ids",
    "word_document",
]


def list_service_items() -> list[ServiceItem]:
    """Return all service items; those with ``form`` can be filed here."""
    return sorted(items().values(), key=lambda item: (item.form is None, item.domain, item.code))


def lint_items() -> list[Mistake]:
    """Return every mistake in the service items, for those who write them."""
    found = items()
    return [mistake for one in found.values() for mistake in lint(one, found)]


def list_bundles() -> list[BundleDefinition]:
    """Return the matters that take several service items."""
    return list(_bundles().values())


def list_enterprises(actor: Actor) -> list[EnterpriseView]:
    """Return the enterprises for which the actor may act."""
    with reading() as session:
        return [
            EnterpriseView(e.id, e.name, e.uscc, e.province, e.is_synthetic)
            for e in enterprises_of(session, actor)
        ]


def province_names(locale: str) -> dict[str, str]:
    """Return the provinces' full names by their short names (沪), in the order of GB/T 2260."""
    language = content_language(locale)
    return {found["short"]: found[language] for _, found in sorted(provinces().items())}
