"""The pages of a person and of staff, as one blueprint.

1. ``home`` is the chat, with the person's drafts and filings beside it; it works without JavaScript.
   ``resuming`` takes up a conversation that began on another device.
   ``embed`` is the same chat inside other sites; ``history`` keeps the person's conversations.
2. ``signing`` signs in and out and keeps the text size. ``account`` is the person's own account: for whom
   they act, sessions, second step; ``accounts`` the administrator's view of all.
3. ``filings`` lists filings and shows the web form: fields, receipts, deficiencies, declaration, submission.
   ``certificates`` lists what the enterprise holds, ``notices`` is its inbox.
4. ``items`` shows the guides of service items and asks the routing questions before a filing.
   ``bundles`` leads through matters that take several items.
5. ``staff`` is the console: the queue and one case on one screen; ``canned`` keeps the replies that officers
   use often, ``held`` the answers that wait for one, ``officers`` shows who is on duty; ``processing`` is the
   desk of filings.
6. ``knowledge`` is the desk of knowledge: entries, their editor, review, release, the regression set;
   ``candidates`` the questions that lack an entry, ``improvement`` the follow-up tasks, ``policies`` tags and
   requirements, ``pushes`` who is told of them, ``impact`` drafts
   that a changed law affects, ``recall`` answers that would be others today.
7. ``dashboard`` shows the service's figures to staff; ``open_data`` publishes monthly totals.
8. ``keys`` lets administrators give other systems keys; ``webhooks`` shows the notices sent to them.
9. ``auditing`` shows auditors the audit trail and how an answer came about; ``reasons`` tells the person why
   an answer is as it is. ``verifying`` lets anybody verify a receipt, of a filing or of an answer;
   ``models`` is the register of models and rules, for staff and for everybody; ``reference`` tells how to
   call the API.
10. ``privacy`` tells what is stored about people, gives a person their copy and erases it.
11. ``boundary`` turns errors into pages.
"""

from flask import Blueprint

from forms.service import clause
from web.pages import (
    about,
    account,
    accounts,
    auditing,
    boundary,
    bundles,
    candidates,
    canned,
    certificates,
    dashboard,
    embed,
    filings,
    held,
    history,
    home,
    impact,
    improvement,
    items,
    keys,
    knowledge,
    models,
    notices,
    officers,
    open_data,
    policies,
    privacy,
    processing,
    pushes,
    reasons,
    recall,
    reference,
    resuming,
    signing,
    staff,
    verifying,
    webhooks,
)
from web.pages.filing_input import shown, spelled
from web.pages.viewer import (
    dialled,
    han,
    message_lang,
    said,
    said_attr,
    show_clock,
    show_date,
    show_language,
    show_moment,
    show_number,
)

blueprint = Blueprint("pages", __name__)
blueprint.app_template_filter("day")(show_date)
blueprint.app_template_filter("moment")(show_moment)
blueprint.app_template_filter("language_name")(show_language)
blueprint.app_template_filter("number")(show_number)
blueprint.app_template_filter("han")(han)
blueprint.app_template_filter("message_lang")(message_lang)
blueprint.app_template_filter("said")(said)
blueprint.app_template_filter("said_attr")(said_attr)
blueprint.app_template_filter("clock")(show_clock)
blueprint.app_template_filter("dialled")(dialled)
blueprint.app_template_filter("held")(shown)
blueprint.app_template_filter("clause")(clause)
blueprint.app_template_filter("spelled")(spelled)

for part in (
    home,
    resuming,
    embed,
    history,
    signing,
    account,
    accounts,
    filings,
    certificates,
    notices,
    items,
    bundles,
    staff,
    canned,
    held,
    officers,
    processing,
    knowledge,
    candidates,
    policies,
    impact,
    pushes,
    recall,
    improvement,
    dashboard,
    keys,
    webhooks,
    auditing,
    reasons,
    models,
    verifying,
    open_data,
    reference,
    about,
    privacy,
):
    part.register(blueprint)
boundary.register(blueprint)
