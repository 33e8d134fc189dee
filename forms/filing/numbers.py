"""Filing numbers, certificate numbers and receipt codes.

1. Every filing gets a filing number at submission. Where handing in completes the matter (备案), that
   is the certificate's own number; else it is province, domain, day and serial.
2. ``certificate_number`` gives the number of what is issued, from a counter of its scope; a change or a
   renewal keeps the number that the form names.

Source: 化妆品注册备案管理办法 第34、62条; 医疗器械注册与备案管理办法 第115、116条; 药品生产监督管理办法
第76条; 药品经营和使用质量监督管理办法 第76条; 化妆品生产经营监督管理办法 第65条.
"""

import base64
import hashlib
import hmac
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.database import is_duplicate
from core.errors import InvariantBroken
from core.secrets import get_secrets
from forms.filing.conditions import holds
from forms.filing.store import Draft
from forms.items.regions import province_of
from forms.models import FilingCounter

_TO_FULL_WIDTH = str.maketrans("()", "\uff08\uff09")


DOMAIN_LETTERS = {"drug": "YP", "device": "QX", "cosmetic": "HZ"}
INITIAL = "initial"


def next_number(session: Session, draft: Draft) -> str:
    """Give the next filing number, in the caller's transaction."""
    if is_complete_at_submission(draft) and not keeps_number(draft):
        return certificate_number(session, draft)
    day = f"{clock.today():%Y%m%d}"
    region = str(draft.known["region_code"])[:2]
    letters = DOMAIN_LETTERS[draft.item.domain]
    serial = _count(session, f"filing:{letters}:{region}:{day}")
    return f"{letters}{region}{day}{serial:05d}"


def certificate_number(session: Session, draft: Draft) -> str:
    """Return the number of what is issued: the one that the form names, or the next of its scope."""
    certificate, known = draft.form.certificate, draft.known
    if keeps_number(draft):
        return str(known[certificate.number_field])
    region = str(known["region_code"])
    province = province_of(region)
    kind = _kind(draft)
    if province is None or kind not in certificate.formats:
        raise InvariantBroken("forms.number_impossible", filing=draft.filing.id)
    place = {"province": province, "year": clock.today().year, "area": region[2:6], **_parts(known)}
    serial = _count(session, certificate.scopes[kind].format_map(place))
    return certificate.formats[kind].format_map({**place, "serial": serial})


def is_complete_at_submission(draft: Draft) -> bool:
    """Whether handing in completes the matter, so that the certificate is given at once."""
    certificate = draft.form.certificate
    if certificate.given == "submission":
        return True
    return bool(certificate.at_submission_when) and holds(certificate.at_submission_when, draft.known)


def keeps_number(draft: Draft) -> bool:
    """Whether the certificate has its number already: a change, a renewal, a replacement of one on record."""
    field = draft.form.certificate.number_field
    return bool(field) and draft.known.get("operation") != INITIAL and bool(draft.known.get(field))


def _kind(draft: Draft) -> str:
    certificate = draft.form.certificate
    if certificate.fact:
        return str(draft.known.get(certificate.fact))
    return next(iter(certificate.formats))


def _parts(known: dict[str, Any]) -> dict[str, str]:
    """Values that a format may name besides the place: the first two digits of a catalogue code."""
    code = str(known.get("catalog_code") or "")
    return {"catalogue": code[:2]}


def _count(session: Session, scope: str) -> int:
    counter = session.get(FilingCounter, scope, with_for_update=True)
    if counter is None:
        try:
            with session.begin_nested():
                session.add(FilingCounter(scope=scope, last=0))
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
        counter = session.get_one(FilingCounter, scope, with_for_update=True, populate_existing=True)
    counter.last += 1
    return counter.last


def receipt_code(filing_id: str, filing_no: str) -> str:
    """Return the code by which a printed document is checked: 12 characters, keyed to this installation."""
    key = get_secrets().audit_key.encode()
    digest = hmac.new(key, f"filing:{filing_id}:{filing_no}".encode(), hashlib.sha256).digest()
    code = base64.b32encode(digest).decode()[:12]
    return "-".join(code[start : start + 4] for start in (0, 4, 8))


def tidy_filing_no(raw: str) -> str:
    """Write a filing number as it is issued: no blanks, full-width brackets, capital G."""
    return "".join(raw.split()).translate(_TO_FULL_WIDTH).replace("g", "G")
