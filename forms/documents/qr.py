"""The receipt code as a QR picture: whoever scans it comes to the page that verifies the filing."""

from io import BytesIO
from urllib.parse import urlencode

import segno

from core.settings import get_settings


def verification_address(filing_no: str, receipt_code: str) -> str:
    """Return the public address at which number and receipt code are verified together."""
    query = urlencode({"filing_no": filing_no, "code": receipt_code})
    return f"{get_settings().public_url}/verify?{query}"


def as_data_uri(address: str) -> str:
    """Return the picture as a data address for HTML."""
    return str(segno.make(address, error="m").svg_data_uri(scale=3, border=1))


def as_png(address: str) -> BytesIO:
    """Return the picture as PNG for Word."""
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=6, border=1)
    picture.seek(0)
    return picture
