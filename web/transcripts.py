"""A conversation as plain text to keep: who said what and when, the clauses cited, that an AI assists."""

from collections.abc import Sequence

from bot.conversations.service import MessageView, read_messages
from core import clock
from i18n.service import format_moment, translate

PAGE = 500


def all_messages(conversation_id: str) -> list[MessageView]:
    """Return all messages of a conversation, oldest first."""
    found: list[MessageView] = []
    while True:
        part = read_messages(conversation_id, after=found[-1].seq if found else 0, limit=PAGE)
        found += part
        if len(part) < PAGE:
            return found


def as_text(messages: Sequence[MessageView], locale: str) -> str:
    """Return a transcript in plain text."""
    head = [
        translate("web.transcript.title", locale),
        translate("web.transcript.made", locale, at=format_moment(clock.now(), locale)),
        translate("web.page.caution", locale),
    ]
    return "\n".join([*head, "", *(_said(one, locale) for one in messages), ""])


def _said(message: MessageView, locale: str) -> str:
    role = translate(f"web.page.js.role.{message.role}", locale)
    if message.role == "officer":
        role = (message.handoff or {}).get("officer_name", role)
    label = translate("web.transcript.machine", locale) if message.role == "assistant" else ""
    lines = [f"[{format_moment(message.at, locale)}] {role}{label}", message.text]
    cited = (message.answer or {}).get("citations", [])
    lines += [_cited(one, locale) for one in cited if one["quote"] or one.get("note")]
    receipt = (message.answer or {}).get("receipt_code")
    if receipt:
        lines.append(translate("web.transcript.receipt", locale, number=receipt))
    return "\n".join([*lines, ""])


def _cited(citation: dict[str, object], locale: str) -> str:
    cited = translate(
        "web.transcript.citation",
        locale,
        title=citation["title"],
        article=citation.get("article_label") or citation.get("article") or "",
        quote=citation["quote"],
    )
    return "\n".join(
        [cited, *(str(citation[key]) for key in ("name", "summary", "note") if citation.get(key))]
    )
