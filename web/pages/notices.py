"""The inbox of a person's enterprises, and how they wish to be told."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.notices import service as notices
from core.errors import AssistantError, Conflict, InvalidInput, TooMany
from knowledge_base.push import service as pushes
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

HOME = "/notices"
SHOWN = ("all", "unread")
HOURS = range(24)


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(HOME)(inbox)
    blueprint.post(f"{HOME}/reading")(read_all)
    blueprint.get(f"{HOME}/preferences")(preferences_page)
    blueprint.add_url_rule(f"{HOME}/preferences", "choose_preferences", choose, methods=["POST"])
    blueprint.post(f"{HOME}/email")(ask_email)
    blueprint.post(f"{HOME}/email/confirmation")(confirm_email)
    blueprint.post(f"{HOME}/email/deletion")(forget_email)
    blueprint.get(f"{HOME}/<notice_id>")(notice)
    blueprint.post(f"{HOME}/<notice_id>/action")(act)


@access(Access.SIGNED_IN)
def inbox() -> Response:
    """List notices, the newest first."""
    who, args = viewer(), request.args
    shown = args.get("show", "all") if args.get("show", "all") in SHOWN else "all"
    topic = args.get("topic", "") if args.get("topic", "") in notices.topics() else ""
    given = args.get("page", "1")
    number = min(max(int(given), 1), 1000) if given.isdecimal() and len(given) < 6 else 1
    found, has_more = notices.list_notices(
        who.actor, who.locale, is_unread=shown == "unread", topic=topic, page=number
    )
    return page(
        "notices/list.html",
        notices=found,
        has_more=has_more,
        shown=shown,
        topic=topic,
        number=number,
        topics=notices.topics(),
        topic_name=notices.topic_name,
    )


@access(Access.SIGNED_IN)
def notice(notice_id: str) -> Response:
    """Show one notice; it counts as read."""
    who = viewer()
    found = notices.open_notice(who.actor, notice_id, who.locale)
    demands = pushes.demands(found.source_id) if found.kind == "push" else []
    return page("notices/notice.html", notice=found, demands=demands, topic_name=notices.topic_name)


@access(Access.SIGNED_IN)
def act(notice_id: str) -> BaseResponse:
    """Go on from a notice to where it leads; it counts as acted on."""
    return to(notices.act_on(viewer().actor, notice_id) or f"{HOME}/{notice_id}")


@access(Access.SIGNED_IN)
def read_all() -> BaseResponse:
    """Count all as read."""
    notices.read_all(viewer().actor)
    return to(HOME)


@access(Access.SIGNED_IN)
def preferences_page() -> Response:
    """Show how the person wishes to be told."""
    return _preferences()


def _preferences(error: AssistantError | None = None) -> Response:
    who = viewer()
    return page(
        "notices/preferences.html",
        error.http_status if error else 200,
        chosen=notices.preferences(who.actor),
        topics=notices.topics(),
        topic_name=notices.topic_name,
        rhythms=notices.RHYTHMS,
        hours=HOURS,
        is_saved="saved" in request.args,
        problem=who.t(error.code, **error.params) if error else "",
    )


@access(Access.SIGNED_IN)
def choose() -> BaseResponse:
    """Keep the choice; a topic left unticked is muted."""
    who, form = viewer(), request.form
    wanted = form.getlist("topic")
    try:
        notices.choose(
            who.actor,
            who.locale,
            muted=[topic for topic in notices.topics() if topic not in wanted],
            rhythm=form.get("rhythm", ""),
            quiet=(_hour("quiet_from"), _hour("quiet_to")),
            by_email=bool(form.get("by_email")),
            by_wechat=bool(form.get("by_wechat")),
        )
    except InvalidInput as error:
        return _preferences(error)
    return to(f"{HOME}/preferences?saved=1")


def _hour(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 3 else -1


@access(Access.SIGNED_IN)
def ask_email() -> BaseResponse:
    """Send a code to an address."""
    who = viewer()
    try:
        notices.ask_email(who.actor, who.locale, request.form.get("email", ""))
    except (InvalidInput, TooMany) as error:
        return _preferences(error)
    return to(f"{HOME}/preferences")


@access(Access.SIGNED_IN)
def confirm_email() -> BaseResponse:
    """Take the code."""
    try:
        notices.confirm_email(viewer().actor, request.form.get("code", ""))
    except (InvalidInput, Conflict) as error:
        return _preferences(error)
    return to(f"{HOME}/preferences?saved=1")


@access(Access.SIGNED_IN)
def forget_email() -> BaseResponse:
    """Drop the address."""
    notices.forget_email(viewer().actor)
    return to(f"{HOME}/preferences?saved=1")
