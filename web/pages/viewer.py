"""Who looks at a page, in which language, and what every template may use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from bot.insights.service import READERS
from bot.notices import service as notices
from core import clock
from core.clock import CHINA
from core.identity import Actor, Role
from core.settings import get_settings
from i18n import service as i18n
from knowledge_base.curation.states import EDITORS, PROPOSERS
from knowledge_base.improvement.causes import IMPROVERS
from web.locale import current_locale
from web.security.sessions import csrf_token, current_actor

TEXT_COOKIE = "yaozheng_text"
YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Viewer:
    """The person at the screen."""

    actor: Actor
    csrf_token: str
    locale: str
    has_large_text: bool

    def t(self, code: str, **params: object) -> str:
        """Return a message in the person's language."""
        return i18n.translate(code, self.locale, **params)


def viewer() -> Viewer:
    """Return the viewer of this request."""
    if "viewer" not in g:
        is_large = request.cookies.get(TEXT_COOKIE) == "large"
        g.viewer = Viewer(current_actor(), csrf_token(), current_locale(), is_large)
    found: Viewer = g.viewer
    return found


def safe_next(target: str | None, default: str = "/") -> str:
    """Return a path of our own to go on to; never another host."""
    wanted = (target or "").strip()
    parts = urlsplit(wanted)
    is_own = wanted.startswith("/") and not parts.scheme and not parts.netloc
    has_trick = wanted.startswith("//") or "\\" in wanted or any(ord(c) < 32 for c in wanted)
    return wanted if is_own and not has_trick else default


def to(path: str) -> BaseResponse:
    """Go on to a page after a form was taken."""
    return redirect(path, code=303)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Render a page with what every template uses."""
    return Response(render_template(template, **common(), **context), status=status, mimetype="text/html")


def common() -> dict[str, Any]:
    """Return the names that templates share."""
    who = viewer()
    return {
        "viewer": who,
        "actor": who.actor,
        "locale": who.locale,
        "t": who.t,
        "csrf_token": who.csrf_token,
        "has_large_text": who.has_large_text,
        "is_curator": who.actor.role in PROPOSERS,
        "is_editor": who.actor.role in EDITORS,
        "is_improver": who.actor.role in IMPROVERS,
        "unread_notices": notices.unread(who.actor) if who.actor.role is Role.APPLICANT else 0,
        "reads_figures": who.actor.role in READERS,
        "is_sandbox": get_settings().sandbox,
        "office_phone": get_settings().office_phone,
        "nonce": g.csp_nonce,
        "here": _here(),
        "other_language": _here(lang="zh-CN" if who.locale == "en" else "en"),
        "client_data": client_data(who),
    }


def _here(**more: str) -> str:
    """Return the address of this page; of its list where the page answers a form."""
    if request.method != "GET":
        return f"/?{urlencode(more)}" if more else "/"
    kept = {key: value for key, value in request.args.items() if key != "lang"} | more
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def client_data(who: Viewer) -> dict[str, Any]:
    """Return what the browser's code needs to know."""
    return {
        "api": "/api/v1",
        "channel": "web",
        "locale": who.locale,
        "csrf_token": who.csrf_token,
        "account": who.actor.account_id,
        "role": who.actor.role.value,
        "strings": i18n.messages("web.page.js.", who.locale),
    }


def texts(prefix: str) -> list[str]:
    """Return the texts below a prefix, in the order of their codes."""
    found = i18n.messages(prefix, viewer().locale)
    return [found[code] for code in sorted(found)]


def dialled(phone: str) -> str:
    """Return a telephone number as links dial it: digits and a leading plus alone."""
    return "".join(sign for sign in phone if sign.isdecimal() or sign == "+")


def show_date(value: date | str | None) -> str:
    """Write a date for the viewer; "" where there is none."""
    if not value:
        return ""
    moment = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return i18n.format_date(moment, viewer().locale)


def show_moment(value: datetime | str | None) -> str:
    """Write a moment in China's time for the viewer."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return i18n.format_moment(moment if moment.tzinfo else moment.replace(tzinfo=CHINA), viewer().locale)


def show_clock(value: datetime | str) -> str:
    """Write a moment for the viewer: the hour alone where it is today's."""
    day, _, hour = show_moment(value).partition(" ")
    return hour if day == clock.today().isoformat() else f"{day} {hour}"
