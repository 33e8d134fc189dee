"""A browser without JavaScript: opens pages, fills in forms, presses buttons, follows redirects."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class PlainBrowser:
    """One person's browser."""

    client: FlaskClient
    answer: TestResponse = field(init=False)
    page: Any = field(init=False)
    path: str = ""

    def open(self, path: str, **options: Any) -> "PlainBrowser":
        return self._take(self.client.get(path, follow_redirects=True, **options))

    def _take(self, answer: TestResponse) -> "PlainBrowser":
        self.answer, self.path = answer, answer.request.path
        self.page = html.fromstring(answer.text)
        return self

    def sign_in(self, login: str, password: str) -> "PlainBrowser":
        self.open("/sign-in")
        return self.send("/sign-in", login=login, password=password)

    def send(
        self,
        action: str,
        press: tuple[str, str] | None = None,
        files: dict[str, Any] | None = None,
        holding: tuple[str, str] | None = None,
        **values: Any,
    ) -> "PlainBrowser":
        """Send the form with this action: what it holds already, ``values``, the pressed button, files.

        ``files`` gives an upload's file name, its (stream, name), or a list of these; ``holding`` a field and
        value by which the form is told from others with the same action.
        """
        form = self.form(action, holding)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in values.items():
            assert form.xpath(f".//*[@name='{name}']"), f"no input {name}"
            data[name] = value
        if press is not None:
            name, value = press
            assert form.xpath(f".//button[@name='{name}' and @value='{value}']"), f"no button {press}"
            data[name] = value
        for name, filename in (files or {}).items():
            assert form.xpath(f".//input[@type='file' and @name='{name}']"), f"no upload {name}"
            data[name] = (BytesIO(PDF), filename) if isinstance(filename, str) else filename
        data = {name: value for name, value in data.items() if value not in (None, [None])}
        method = (form.get("method") or "get").upper()
        kind = "query_string" if method == "GET" else "data"
        return self._take(self.client.open(action, method=method, follow_redirects=True, **{kind: data}))

    def form(self, action: str, holding: tuple[str, str] | None = None) -> Any:
        found = self.page.xpath(f"//form[@action='{action}']") or [
            one for one in self.page.forms if one.get("action") is None and action == self.path
        ]
        if holding is not None:
            found = [one for one in found if holding in one.form_values()]
        assert found, f"no form to {action} {holding or ''}"
        return found[-1]

    def has_form(self, action: str) -> bool:
        return bool(self.page.xpath(f"//form[@action='{action}']"))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.page.xpath("//body//text()[not(ancestor::script)]")).split())

    @property
    def status(self) -> int:
        return self.answer.status_code

    def texts(self, xpath: str) -> list[str]:
        return [" ".join(node.text_content().split()) for node in self.page.xpath(xpath)]
