"""Who looks at a page, in which language, and what every template may use."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, g, redirect, render_template, request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from bot.insights.service import READERS
from bot.notices import service as notices
from core import clock
from core.clock import CHINA
from core.identity import Actor, Role, authority
from core.model_register.states import READERS as REGISTER_READERS
from core.settings import get_settings
from forms import service as forms
from i18n import service as i18n
from knowledge_base.curation.states import EDITORS, PROPOSERS
from knowledge_base.improvement.causes import IMPROVERS
from web.locale import current_locale
from web.security.sessions import csrf_token, current_actor, current_session

_HOLDER = "\ue000"
_HAN = re.compile(r"[\u3400-\u9fff]")
_RUN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]+")
_WORD = re.compile(r"[A-Za-z]{2,}")
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
        """Return a message in the person's language; what is marked up already (``said``) keeps its marks."""
        marked = {name: value for name, value in params.items() if isinstance(value, Markup)}
        if not marked:
            return i18n.translate(code, self.locale, **params)
        holders = {name: f"{_HOLDER}{number}{_HOLDER}" for number, name in enumerate(marked)}
        text = str(escape(i18n.translate(code, self.locale, **{**params, **holders})))
        for name, holder in holders.items():
            text = text.replace(holder, marked[name])
        return Markup(text)  # noqa: S704 - escaped above, but for what was marked up

    @property
    def lang(self) -> str:
        """What the page is marked with: ``zh-Hans``, ``zh-Hant``, ``en``."""
        return i18n.language(self.locale).html

    @property
    def content_lang(self) -> Markup:
        """The mark of guides, questions and forms where the page is in another language, as an attribute."""
        content = i18n.language(i18n.CONTENT_LOCALES[i18n.content_language(self.locale)]).html
        return Markup("") if content == self.lang else Markup(' lang="{}"').format(content)


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
    return Response(render_template(template, **{**common(), **context}), status=status, mimetype="text/html")


def common() -> dict[str, Any]:
    """Return the names that templates share."""
    who = viewer()
    return {
        "viewer": who,
        "actor": who.actor,
        "locale": who.locale,
        "lang": who.lang,
        "content_lang": who.content_lang,
        "content_language": i18n.content_language(who.locale),
        "t": who.t,
        "csrf_token": who.csrf_token,
        "has_large_text": who.has_large_text,
        "is_curator": who.actor.role in PROPOSERS,
        "is_editor": who.actor.role in EDITORS,
        "is_improver": who.actor.role in IMPROVERS,
        "unread_notices": notices.unread(who.actor) if who.actor.role is Role.APPLICANT else 0,
        "reads_figures": who.actor.role in READERS,
        "is_administrator": who.actor.role is Role.ADMINISTRATOR,
        "is_auditor": who.actor.role is Role.AUDITOR,
        "reads_register": who.actor.role in REGISTER_READERS,
        "is_sandbox": get_settings().sandbox,
        "office_phone": get_settings().office_phone,
        "nonce": g.csp_nonce,
        **acting(who.actor),
        "here": _here(),
        "other_languages": other_languages(who.locale, _here),
        "client_data": client_data(who),
    }


def acting(actor: Actor) -> dict[str, Any]:
    """Return for which enterprises the person may act, for which they do, which authority ends or ended."""
    if actor.role is not Role.APPLICANT:
        return {"acting_choices": [], "acting": None}
    held = authority.of_person(actor)
    found = forms.list_enterprises(actor)
    chosen = current_session().enterprise_id
    return {
        "acting_choices": found,
        "acting": next((one for one in found if one.id == chosen or len(found) == 1), None),
        "acting_until": {one.enterprise_id: one.valid_to for one in held if one.state == "soon"},
        "acting_ended": [one for one in held if one.state == "ended"] if not found else [],
    }


def other_languages(locale: str, address: Callable[..., str]) -> list[dict[str, str]]:
    """Return the languages that one may change to, each with its own name and the same page in it."""
    return [
        {"tag": one.tag, "lang": one.html, "name": one.name, "href": address(lang=one.tag)}
        for one in i18n.languages()
        if one.tag != locale
    ]


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
        "lang": who.lang,
        "content_lang": i18n.language(i18n.CONTENT_LOCALES[i18n.content_language(who.locale)]).html,
        "csrf_token": who.csrf_token,
        "account": who.actor.account_id,
        "role": who.actor.role.value,
        "strings": i18n.messages("web.page.js.", who.locale)
        | i18n.counted_messages("web.page.js.", who.locale),
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
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(CHINA)
    write = i18n.format_time if local.date() == clock.today() else i18n.format_moment
    return write(local, viewer().locale)


def show_number(value: float) -> str:
    """Write a number for the viewer."""
    return i18n.format_number(value, viewer().locale)


def show_language(tag: str) -> str:
    """Write the name of a language for the viewer."""
    return i18n.language_name(tag, viewer().locale)


def said(text: object) -> Markup:
    """Mark what people or registers wrote: not to be translated, and Chinese where it is Chinese."""
    given = str(text if text is not None else "")
    lang = Markup(' lang="{}"').format(i18n.AUTHORITATIVE) if _HAN.search(given) else ""
    return Markup('<span translate="no"{}>{}</span>').format(lang, given) if given else Markup("")


def han(text: object) -> Markup:
    """Mark the Chinese words of a text in another language: names of laws, examples."""
    given = str(escape(text))
    if viewer().lang.startswith("zh"):
        return Markup(given)  # noqa: S704 - escaped above
    return Markup(_RUN.sub(rf'<span lang="{i18n.AUTHORITATIVE}">\g<0></span>', given))  # noqa: S704


def message_lang(text: str) -> Markup:
    """Return the language of a message as an attribute, where it is not the page's."""
    signs, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    language = i18n.AUTHORITATIVE if signs > words else "en"
    is_same = not signs + words or language[:2] == viewer().lang[:2]
    return Markup("") if is_same else Markup(' lang="{}"').format(language)


def said_attr(text: object) -> Markup:
    """Return the same marks as attributes, for elements that hold nothing else."""
    lang = Markup(' lang="{}"').format(i18n.AUTHORITATIVE) if _HAN.search(str(text or "")) else ""
    return Markup(' translate="no"{}').format(lang)
