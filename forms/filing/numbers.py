"""Filing numbers and receipt codes.

Filing is complete on submission, so the number is given then, from a counter of its scope: the province and
year for domestic products, the year nationwide for the others. Source: 化妆品注册备案管理办法 第34、62条.
"""

import base64
import hashlib
import hmac

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.database import is_duplicate
from core.errors import InvariantBroken
from core.secrets import get_secrets
from forms.filing.store import Draft
from forms.items.regions import province_of
from forms.models import FilingCounter

_TO_FULL_WIDTH = str.maketrans("()", "\uff08\uff09")


def next_number(session: Session, draft: Draft) -> str:
    """Give the next number of the filing's scope, in the caller's transaction."""
    numbering, known = draft.form.numbering, draft.known
    kind = str(known[numbering.fact])
    province = province_of(str(known["region_code"]))
    if province is None or kind not in numbering.formats:
        raise InvariantBroken("forms.number_impossible", filing=draft.filing.id)
    place = {"province": province, "year": clock.today().year}
    serial = _count(session, numbering.scopes[kind].format_map(place))
    return numbering.formats[kind].format_map({**place, "serial": serial})


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
