"""Notices to enterprises.

1. An editor's push (``knowledge_base.push``) is tried by ``dry_run`` over the profiles of all enterprises,
   and sent on its day (``sending``): each enterprise that its condition names gets one notice, with why.
2. The system's own notices: terms of certificates (``reminders``), drafts that a changed law affects
   (``impact``).
3. People who act for an enterprise find them in the inbox: ``list_notices``, ``unread``, ``open_notice``,
   ``act_on``, ``read_all``.
4. ``preferences`` and ``choose`` keep muted topics, rhythm, quiet hours and channels; ``ask_email`` and
   ``confirm_email`` prove an address. What goes out by e-mail or WeChat leaves by the outbox
   (``delivering``).
5. ``effects`` counts what pushes led to: delivered, read, acted.
"""

from bot.notices.audience import Audience, Sampled, dry_run
from bot.notices.effect import Effect, effects
from bot.notices.impact import Change, get_change, list_changes, tell_affected
from bot.notices.inbox import NoticeView, act_on, list_notices, open_notice, read_all, unread
from bot.notices.preferences import (
    Preferences,
    ask_email,
    choose,
    confirm_email,
    forget_email,
    preferences,
)
from bot.notices.profiles import schema
from bot.notices.rhythm import RHYTHMS
from bot.notices.topics import topic_name, topics

__all__ = [
    "RHYTHMS",
    "Audience",
    "Change",
    "Effect",
    "NoticeView",
    "Preferences",
    "Sampled",
    "act_on",
    "ask_email",
    "choose",
    "confirm_email",
    "dry_run",
    "effects",
    "forget_email",
    "get_change",
    "list_changes",
    "list_notices",
    "open_notice",
    "preferences",
    "read_all",
    "schema",
    "tell_affected",
    "topic_name",
    "topics",
    "unread",
]
