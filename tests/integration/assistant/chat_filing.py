"""A person who files by chat alone: says what they want, presses what fits, types what is asked.

1. ``ChatFiling.open`` goes from the first words through the routing questions to the draft.
2. ``fill`` answers what the newest reply asks, until the person's own declaration is asked for. What is
   asked is read from the reply; a file goes over HTTP, since a chat cannot carry bytes.
3. ``declare_and_submit`` presses the last two buttons and returns the number that the reply tells.

``Officer`` is at the desk of filings at the same time.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx
from lxml import html

from forms.filing.display import show
from forms.items.catalogue import item
from forms.items.form import FieldDefinition
from i18n.service import translate
from tests.integration.assistant.conftest import Applicant, Message
from tests.integration.forms.every_item import (
    FILES,
    answers_for,
    as_typed,
    form_of,
    paper_text,
)
from tests.integration.forms.logins import filing_enterprise, login_for, values_to_file
from tests.integration.forms.papers import make_pdf
from web.supervisor.stack import Stack

MOST_TURNS = 40
UNFINISHED = ("draft", "checked", "returned_for_correction")
ASKED = ("enum", "multi_enum", "table", "object", "boolean")


def asking_for(one: FieldDefinition, locale: str) -> list[str]:
    """The sentences with which the form asks for a field."""
    kind = one.type if one.type in ASKED else "file" if one.type in FILES else "text"
    label = one.label.get(locale)
    parts = translate("assistant.list_separator", locale).join(part.label.get(locale) for part in one.parts)
    return [
        translate(f"assistant.filing.ask.{kind}", locale, field=label, parts=parts),
        translate("assistant.filing.is_this_right", locale, field=label),
    ]


@dataclass
class ChatFiling:
    """One conversation about one filing, and what the enterprise has before it."""

    stack: Stack
    code: str
    operation: str
    locale: str
    id: str = ""
    turns: int = 0
    said: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.made = filing_enterprise(self.code)
        self.person = Applicant(self.stack, login_for(self.made), self.locale, self.made.id)
        self.person.http.headers["Accept-Language"] = self.locale
        self.values = values_to_file(self.code, self.operation)
        fields = form_of(self.code).fields
        self.asking = {sentence: one for one in fields for sentence in asking_for(one, self.locale)}
        for filing in self.person.json("GET", "/filings")["filings"]:
            if filing["state"] in UNFINISHED:
                self.person.json("DELETE", f"/filings/{filing['id']}")

    def t(self, code: str, **params: object) -> str:
        """A text in the person's language."""
        return translate(f"assistant.{code}", self.locale, **params)

    def say(self, text: str) -> None:
        self._hear(self.person.say(text))

    def press(self, code: str, **params: object) -> None:
        self._hear(self.person.press(self.t(f"button.{code}", **params)))

    def _hear(self, replies: list[Message]) -> None:
        """Take what answers a turn: something, nothing refused, no failure, no handover."""
        self.turns += 1
        assert replies, "nothing was answered"
        assert not [one for one in replies if one["kind"] in ("notice", "handoff")], self.person.heard
        assert self.turns <= MOST_TURNS, self.person.heard

    def offers(self, code: str) -> bool:
        return self.t(f"button.{code}") in self.person.buttons

    def open(self, first_words: str) -> None:
        """Say what is wanted and answer the routing questions, until the draft is open."""
        self.say(first_words)
        name = item(self.code).name.get(self.locale)
        if name in self.person.buttons:
            self._hear(self.person.press(name))
        if self.offers("start"):
            self.press("start")
        answers = answers_for(self.code, self.operation)
        for point in item(self.code).decision_points:
            labels = [
                one.label.get(self.locale) for one in point.options if one.value == answers.get(point.key)
            ]
            if labels and point.ask.get(self.locale) in self.person.heard:
                self._hear(self.person.press(labels[0]))
        opened = [one["filing"]["filing_id"] for one in self.person.replies if one["kind"] == "filing"]
        assert opened, (self.person.heard, self.person.buttons)
        self.id = opened[0]

    def fill(self) -> None:
        """Answer until the declaration is asked for."""
        if self.offers("confirm_all"):
            self.press("confirm_all")
        while not self.offers("declare"):
            self.answer(self.asked() or self._choose_what_to_mend())

    def asked(self) -> FieldDefinition | None:
        """The field that the newest reply asks for, if it asks for one."""
        told = [block.get("text") for block in self.person.replies[-1]["blocks"]]
        return next((self.asking[text] for text in told if text in self.asking), None)

    def _choose_what_to_mend(self) -> FieldDefinition:
        for one in form_of(self.code).fields:
            label = one.label.get(self.locale)
            if self.t("button.mend", field=label) in self.person.buttons:
                self.press("mend", field=label)
                return one
        raise AssertionError(f"nothing is asked: {self.person.heard} {self.person.buttons}")

    def answer(self, one: FieldDefinition) -> None:
        """Confirm what is right, leave what is not known, else give the value."""
        value = self.values.get(one.key)
        if self._is_right(one, value):
            self.press("confirm_value")
        elif value is None:
            self.press("skip")
        elif one.type in FILES:
            self.attach(one.key)
            self.press("attached")
        else:
            self.say(self._typed(one, value))
            self.said[one.key] = value

    def _is_right(self, one: FieldDefinition, value: Any) -> bool:
        """Whether the reply puts forward what the person would say; papers are attached anew."""
        put = [block for block in self.person.replies[-1]["blocks"] if block["type"] == "field"]
        if not put or one.type in FILES:
            return False
        return value is None or put[0]["value"] == show(one, value, self.locale)

    def _typed(self, one: FieldDefinition, value: Any) -> str:
        typed = as_typed(one, value, self.locale)
        return typed if isinstance(typed, str) else show(one, value, self.locale)

    def attach(self, key: str) -> None:
        """Upload a paper as the web form does."""
        paper = make_pdf(paper_text(self.code, self.values))
        path, where = f"/filings/{self.id}/files", {"field": key}
        sent = self.person.http.post(path, params=where, files={"file": (f"{key}.pdf", paper)})
        assert sent.status_code < 300, sent.text
        assert "accepted" in sent.json(), sent.text

    def declare_and_submit(self) -> str:
        """Make the declaration and hand in; return the number."""
        self.press("declare")
        self.press("submit")
        return str(self.person.replies[-1]["filing"]["filing_no"])

    def kept(self) -> dict[str, Any]:
        """The filing as the web form shows it."""
        found: dict[str, Any] = self.person.json("GET", f"/filings/{self.id}")["filing"]
        return found

    def shown_of(self, key: str) -> str:
        """How what was typed into a field reads on the screen."""
        one = form_of(self.code).field(key)
        assert one is not None
        return show(one, self.said[key], self.locale)

    def displays(self) -> dict[str, str]:
        """Field → what the web form shows of it."""
        return {one["key"]: one["display"] for group in self.kept()["groups"] for one in group["fields"]}


class Officer:
    """An officer of all provinces and fields, in the staff console."""

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(base_url=stack.base_url, timeout=40, follow_redirects=True)
        body = {"login": "officer3", "password": stack.accounts["officer3"].password}
        assert self.http.post("/api/v1/sessions", json=body).status_code == 201

    def give_back(self, filing_id: str, wanted: dict[str, str]) -> None:
        """Return a filing for correction with what is wanted, field by field."""
        path = f"/staff/filings/{filing_id}"
        page = html.fromstring(self.http.get(path).text)
        form = next(one for one in page.forms if one.fields.get("to_state") == "returned_for_correction")
        values: dict[str, Any] = {"field": list(wanted)}
        values |= {name: form.fields[name] for name in ("csrf_token", "to_state", "version", "working_days")}
        values |= {f"message.{key}": message for key, message in wanted.items()}
        sent = self.http.post(f"{path}/moves", data=values)
        assert sent.status_code == 200, sent.text
