"""The blueprints of the API, in one visible list."""

from web.api import (
    after_filing,
    assistance,
    conversations,
    document,
    filing_fields,
    filings,
    miniprogram,
    open_data,
    resuming,
    service_items,
    sessions,
    staff,
    streams,
    webhooks,
)
from web.api.streams import sock

BLUEPRINTS = (
    sessions.blueprint,
    conversations.blueprint,
    streams.blueprint,
    resuming.blueprint,
    miniprogram.blueprint,
    service_items.blueprint,
    open_data.blueprint,
    filings.blueprint,
    filing_fields.blueprint,
    after_filing.blueprint,
    assistance.blueprint,
    staff.blueprint,
    webhooks.blueprint,
    document.blueprint,
)

__all__ = ["BLUEPRINTS", "sock"]
