"""All that is stored about one person, as data and as a text to read.

Source: 个人信息保护法 article 45 (copies and transfer of one's own data).
"""

import json
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message
from bot.handoff.models import CaseCallback, HandoffCase, Rating
from bot.notices.models import NoticePreference, NoticeReading
from core import clock
from core.identity.models import Account, EnterpriseAuthority, WebSession, WeChatLink
from core.settings import get_settings
from forms.models import Filing, FilingEvent, FilingFile, FilingValue
from i18n.service import translate
from knowledge_base.models import AnswerFeedback

HIDDEN = frozenset({"password_hash", "token_digest", "csrf_token", "stored_as"})
Section = list[dict[str, Any]]
CONVERSATIONS = select(Conversation.id)


def collect(session: Session, account_id: str) -> dict[str, Section]:
    """Return what is stored about a person: section → rows of column → value. Secrets are left out."""
    own = Conversation.account_id == account_id
    talks = select(Conversation.id).where(own)
    filings = select(Filing.id).where(Filing.account_id == account_id)
    cases = select(HandoffCase.id).where(HandoffCase.conversation_id.in_(talks))
    wanted: dict[str, Any] = {
        "account": select(Account).where(Account.id == account_id),
        "authorities": select(EnterpriseAuthority).where(EnterpriseAuthority.account_id == account_id),
        "wechat": select(WeChatLink).where(WeChatLink.account_id == account_id),
        "sessions": select(WebSession).where(WebSession.account_id == account_id),
        "conversations": select(Conversation).where(own),
        "messages": select(Message)
        .where(Message.conversation_id.in_(talks))
        .order_by(Message.conversation_id, Message.seq),
        "cases": select(HandoffCase).where(HandoffCase.id.in_(cases)),
        "callbacks": select(CaseCallback).where(CaseCallback.case_id.in_(cases)),
        "ratings": select(Rating).where(Rating.conversation_id.in_(talks)),
        "feedback": select(AnswerFeedback).where(AnswerFeedback.account_id == account_id),
        "filings": select(Filing).where(Filing.account_id == account_id),
        "filing_values": select(FilingValue).where(FilingValue.filing_id.in_(filings)),
        "filing_events": select(FilingEvent).where(FilingEvent.filing_id.in_(filings)),
        "files": select(FilingFile).where(FilingFile.filing_id.in_(filings)),
        "notice_preferences": select(NoticePreference).where(NoticePreference.account_id == account_id),
        "notices_read": select(NoticeReading).where(NoticeReading.account_id == account_id),
    }
    return {name: [_row(found) for found in session.execute(query)] for name, query in wanted.items()}


def _row(found: Row[Any]) -> dict[str, Any]:
    entity = found[0]
    return {
        column.key: _plain(getattr(entity, column.key))
        for column in type(entity).__table__.columns
        if column.key not in HIDDEN
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def bundle(session: Session, account_id: str, locale: str) -> bytes:
    """Return a zip file: ``data.json``, the same to read as ``data.txt``, and the person's attachments."""
    sections = collect(session, account_id)
    body = {"exported_at": clock.isoformat(clock.now()), "account_id": account_id, "sections": sections}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(body, ensure_ascii=False, indent=1))
        archive.writestr("data.txt", "\ufeff" + to_read(sections, locale))
        for file_id, name, stored_as in session.execute(
            select(FilingFile.id, FilingFile.name, FilingFile.stored_as).where(
                FilingFile.filing_id.in_(select(Filing.id).where(Filing.account_id == account_id))
            )
        ):
            path = get_settings().folder("uploads") / stored_as
            if path.exists():
                archive.write(path, f"files/{file_id}/{name}")
    return packed.getvalue()


def to_read(sections: dict[str, Section], locale: str) -> str:
    """Write the sections out for a person; what is empty is left out."""
    lines = [translate("web.page.my_data.export_title", locale), ""]
    for name, rows in sections.items():
        title = translate(f"web.page.my_data.section.{name}", locale)
        lines += [f"== {title} ({len(rows)}) =="]
        for row in rows:
            lines += [
                f"{key}: {_spelled(value)}" for key, value in row.items() if value not in (None, "", [], {})
            ]
            lines.append("")
    return "\n".join(lines)


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
