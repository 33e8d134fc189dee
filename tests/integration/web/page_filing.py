"""One filing by the pages alone, without JavaScript: routed, filled in group by group, checked, handed in.

1. ``PageFiling.open`` goes from the list of items through the routing pages to the form.
2. ``fill`` posts each group with what its enterprise has before it and confirms what is pre-filled and
   right, until a pass finds nothing to do. What is open and what was pre-filled is read from the page.
3. ``hand_in`` checks, declares and submits; it returns the number that the page shows.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from forms.items.catalogue import item
from forms.items.form import FieldDefinition
from i18n.service import translate
from tests.integration.forms.every_item import FILES, answers_for, form_of, paper_text
from tests.integration.forms.logins import filing_enterprise, login_for, values_to_file
from tests.integration.forms.papers import make_pdf
from tests.integration.web.plain_browser import PlainBrowser

MOST_PASSES = 5


@dataclass
class PageFiling:
    """A person at a browser, and what their enterprise files."""

    browser: Callable[[str], PlainBrowser]
    code: str
    operation: str
    locale: str

    def __post_init__(self) -> None:
        self.made = filing_enterprise(self.code)
        self.values = values_to_file(self.code, self.operation)
        self.page = self.browser(login_for(self.made))
        self.path = ""
        self.paper = make_pdf(paper_text(self.code, self.values))
        self.attached: list[str] = []

    def t(self, code: str, **params: object) -> str:
        """A text in the person's language."""
        return translate(code, self.locale, **params)

    def open(self) -> None:
        """From the list of items through guide and routing to the draft."""
        guide, start = f"/service-items/{self.code}", f"/service-items/{self.code}/start"
        self.page.open(f"/service-items?lang={self.locale}")
        assert self.page.texts(f"//a[@href='{guide}']//*[@class='links__name']") == [
            item(self.code).name.get(self.locale)
        ]
        self.page.open(guide)
        assert self.page.page.xpath(f"//a[@href='{start}']")
        self.page.open(start)
        answers = {f"a.{key}": value for key, value in answers_for(self.code, self.operation).items()}
        answers["enterprise_id"] = self.made.id
        while names := self.page.page.xpath("//main//input[@type='radio']/@name"):
            self.page.send(start, **{names[0]: answers[names[0]]})
        self.page.send(start)
        self.path = self.page.path
        assert self.path.startswith("/filings/fil_"), self.page.text

    @property
    def id(self) -> str:
        return self.path.rsplit("/", 1)[1]

    @property
    def state(self) -> str:
        """The state that the page's head shows, by its code."""
        (tag,) = self.page.page.xpath("//*[contains(@class, 'tag--large')]/@class")
        return str(tag.split("tag--large tag--")[1])

    def show(self) -> PlainBrowser:
        """Load the filing's page."""
        self.page.open(self.path)
        assert self.page.status == 200
        return self.page

    def fill(self) -> None:
        """Go through the groups until a pass finds nothing to do."""
        for _ in range(MOST_PASSES):
            if self.show().has_form(f"{self.path}/confirmations"):
                self.page.send(f"{self.path}/confirmations")
            if not any([self._fill(group.key) for group in form_of(self.code).groups]):
                return
        raise AssertionError(f"still open: {self.page.text}")

    def _fill(self, group: str) -> bool:
        """Post what is missing or wrong in one group, confirm what is right; whether there was anything."""
        action = f"{self.path}/groups/{group}"
        if not self.page.has_form(action):
            return False
        values, files = self._wanted(group)
        if values or files:
            self.save(group, values, files)
        proposed = [
            one.key for one in self._entries(group) if self._status(one) == "proposed" and self._is_right(one)
        ]
        for key in proposed:
            self.page.send(action, press=("press", f"confirm:{key}"))
        return bool(values or files or proposed)

    def save(self, group: str, values: dict[str, Any], files: dict[str, Any] | None = None) -> None:
        """Post a group; nothing in it may be refused."""
        action = f"{self.path}/groups/{group}"
        self.page.send(action, press=("press", "save"), files=files, **values)
        assert self.page.status == 200, self.page.texts("//*[@data-summary]")

    def _wanted(self, group: str) -> tuple[dict[str, Any], dict[str, Any]]:
        values: dict[str, Any] = {}
        files: dict[str, Any] = {}
        for one in self._entries(group):
            if one.key not in self.values or self._is_right(one):
                continue
            if one.type in FILES:
                files[f"f.{one.key}"] = self._papers(one)
            else:
                values |= self._inputs(one)
        return values, files

    def _entries(self, group: str) -> list[FieldDefinition]:
        """The group's fields that the page has an input for, and the applicant fills in."""
        fields = next(one.fields for one in form_of(self.code).groups if one.key == group)
        own = [one for one in fields if one.set_by == "applicant"]
        return [one for one in own if self.page.page.xpath(f"//*[@data-field='{one.key}']")]

    def _status(self, one: FieldDefinition) -> str:
        (classes,) = self.page.page.xpath(f"//*[@id='field-{one.key}']/@class")
        return str(classes.rsplit("entry--", 1)[1])

    def _is_right(self, one: FieldDefinition) -> bool:
        """Whether the page shows what the person would give; what is masked cannot be told."""
        status = self._status(one)
        if status not in ("proposed", "confirmed"):
            return False
        if one.type in FILES:
            return status == "confirmed" or one.key not in self.values
        value = self.values.get(one.key)
        (was,) = self.page.page.xpath(f"//input[@name='was.{one.key}']/@value")
        is_masked = bool(one.sensitive) and one.type not in ("object", "table")
        return value is None or is_masked or _says(one, json.loads(was), value)

    def _papers(self, one: FieldDefinition) -> Any:
        """One paper, or two at once where several can be attached."""
        self.attached.append(one.key)
        if one.type == "files":
            return [(BytesIO(self.paper), f"{one.key}-{number}.pdf") for number in (1, 2)]
        return (BytesIO(self.paper), f"{one.key}.pdf")

    def _inputs(self, one: FieldDefinition) -> dict[str, Any]:
        """What is put into a field's inputs; rows for which the page has no line are pasted."""
        name, value = f"f.{one.key}", self.values[one.key]
        if one.type == "object":
            return {f"{name}.{part.key}": value.get(part.key, "") for part in one.parts}
        if one.type == "table":
            first = one.parts[0].key
            inputs = f"//input[starts-with(@name, '{name}.') and contains(@name, '.{first}')]"
            lines = self.page.page.xpath(inputs)
            if len(value) > len(lines):
                pasted = "\n".join("\t".join(row.get(part.key, "") for part in one.parts) for row in value)
                return {f"paste.{one.key}": pasted}
            return {
                f"{name}.{number}.{part.key}": row.get(part.key, "")
                for number, row in enumerate(value)
                for part in one.parts
            }
        if one.type == "list":
            return {name: ("\n" if one.one_per_line else self.t("forms.list_separator")).join(value)}
        if one.type == "boolean":
            return {name: "yes" if value else "no"}
        return {name: value if one.type == "multi_enum" else str(value)}

    def check(self) -> None:
        """Let the page check the filing; nothing may be wanting."""
        self.page.send(f"{self.path}/check")
        assert not self.page.page.xpath("//*[@data-summary]"), self.page.texts("//*[@data-summary]")

    def hand_in(self) -> str:
        """Check, declare, submit; return the number on the page."""
        if self.page.has_form(f"{self.path}/check"):
            self.check()
        self.page.send(f"{self.path}/declaration", accepted="yes")
        self.page.send(f"{self.path}/submit")
        (number,) = self.page.texts("//*[@data-filing-number]")
        return number


def _says(one: FieldDefinition, was: Any, value: Any) -> bool:
    """Whether what the page held of a field says the same as a value, masked parts aside."""
    if one.type == "object":
        return all(value.get(key, "") == text for key, text in was.items() if text)
    if one.type == "table":
        shown = [{key: text for key, text in row.items() if text and "*" not in text} for row in was]
        return len(was) == len(value) and all(
            row | told == row for row, told in zip(value, shown, strict=True)
        )
    if one.type == "boolean":
        return bool(was == ("yes" if value else "no"))
    return bool(set(was) == set(value) if one.type in ("multi_enum", "list") else was == str(value))
