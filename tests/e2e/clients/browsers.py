"""The three clients in a real browser: the web page, the chat in another site's frame, the mini-program."""

import json
from abc import ABC, abstractmethod
from typing import Any

from playwright.sync_api import BrowserContext, Frame, Page

from i18n.service import language, translate
from tests.e2e.clients.client import Client, Shown
from tests.e2e.phone import PLACE, serve

READY_MS = 20_000
# What a screen reader is told: messages that come into a live region while it is one.
EARS = """() => {
  window.yzHeard = [];
  const messages = "[data-seq], [class*='parts-message-index--message ']";
  const isLive = (log) => log && log.getAttribute('aria-live') !== 'off';
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
    if (node.nodeType !== 1) { return; }
    const found = node.matches(messages) ? [node] : [...node.querySelectorAll(messages)];
    found.filter((one) => isLive(one.closest('[role=log]'))).forEach((one) => window.yzHeard.push(one));
  }))).observe(document, { childList: true, subtree: true });
}"""
HEARD = """() => window.yzHeard.filter((one) => one.isConnected)
  .map((one) => Number(one.__wxElement ? one.__wxElement.dataset.seq : one.dataset.seq))
  .filter((seq) => seq > 0)"""
WEB = """() => ({
  shown: [...document.querySelectorAll('[data-chat-messages] > [data-seq]')].map((one) => [
    Number(one.dataset.seq), /message--(applicant|assistant|officer|system)/.exec(one.className)[1],
    one.querySelector('.message__body').innerText]),
  unsent: [...document.querySelectorAll('[data-pending] .message__body')].map((one) => one.innerText),
  draft: document.querySelector('#chat-text').value,
  told: [...document.querySelectorAll('[data-chat-problem], [data-chat-offline]:not([hidden])')]
    .map((one) => one.innerText).join(''),
  kept: JSON.parse(sessionStorage.getItem('yaozheng.conversation') || 'null'),
})"""
PHONE = """() => {
  const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText);
  const shown = [...document.querySelectorAll("[class*='message-index--message ']")].map((one) => [
    one.__wxElement.dataset.seq, one.__wxElement.dataset.role,
    one.querySelector("[class*='message-index--message__body']").innerText]);
  const kept = Object.keys(localStorage).find((key) => /^yaozheng\\.http.*\\d$/.test(key));
  return {
    shown: shown.filter(([seq]) => seq > 0),
    unsent: texts("[class*='index--pending__text']"),
    draft: document.querySelector('textarea[confirm-type=send]').value,
    told: texts("[class*='chat-index--problem'], [class*='chat-index--offline']").join(''),
    kept: kept ? JSON.parse(localStorage.getItem(kept)) : null,
  };
}"""


READY = """() => {
  const whole = document.querySelector("[class*='chat-index--yz']");
  return whole && whole.__wxElement.dataset.ready;
}"""


class InBrowser(ABC):
    """What the three have in common."""

    name = ""
    look = WEB
    box = "#chat-text"
    older = "[data-chat-older]"

    def __init__(self, context: BrowserContext, page: Page | None = None) -> None:
        self.context = context
        if not context.pages:
            context.clock.install()
            context.add_init_script(f"({EARS})()")
        self.page = page or context.new_page()
        self.locale = "zh-CN"
        self.cdp: Any = context.new_cdp_session(self.page)

    @property
    def frame(self) -> Frame:
        """Where the chat is."""
        return self.page.main_frame

    def _see(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.frame.evaluate(self.look)
        return seen

    def _wait_ready(self) -> None:
        self.frame.wait_for_selector("[data-chat][data-ready]", timeout=READY_MS)

    @abstractmethod
    def open(self) -> None:
        """Go to where the chat is and wait for it."""

    def adopt(self, conversation_id: str, token: str) -> None:
        """Let the client keep a conversation, as if it had opened it on an earlier day."""
        kept = {"id": conversation_id, "token": token, "account": "", "locale": self.locale}
        self.page.add_init_script(
            f"""(() => {{
              const kept = {json.dumps(json.dumps(kept))};
              sessionStorage.setItem('yaozheng.conversation', kept);
              localStorage.setItem(`yaozheng.${{location.origin}}`, kept);
            }})()"""
        )

    def read_back(self) -> None:
        """Ask for earlier messages."""
        self.frame.click(self.older)

    def write(self, text: str) -> None:
        self.frame.fill(self.box, text)
        self.press_send()

    def write_twice(self, text: str) -> None:
        self.frame.fill(self.box, text)
        self.frame.dblclick(".composer__send")

    def press_send(self) -> None:
        self.frame.click(".composer__send")

    def call_staff(self) -> None:
        self.frame.click("[data-chat-staff] button")

    @abstractmethod
    def twin(self) -> Client:
        """Open the conversation on a second screen."""

    def reload(self) -> None:
        self.page.reload()
        self._wait_ready()

    def go_offline(self) -> None:
        self.context.set_offline(True)

    def come_back(self) -> None:
        self.context.set_offline(False)

    def sleep(self) -> None:
        self.cdp.send("Page.setWebLifecycleState", {"state": "frozen"})

    def wake(self, seconds: int) -> None:
        self.cdp.send("Page.setWebLifecycleState", {"state": "active"})
        self.page.clock.fast_forward(seconds * 1000)

    def wait(self, seconds: int) -> None:
        self.page.clock.fast_forward(seconds * 1000)

    def set_locale(self, locale: str) -> None:
        self.locale = locale

    def conversation(self) -> str:
        kept = self._see()["kept"]
        return str(kept["id"]) if kept else ""

    def shown(self) -> list[Shown]:
        return [Shown(seq, role, text.strip()) for seq, role, text in self._see()["shown"]]

    def unsent(self) -> list[str]:
        return [text.strip() for text in self._see()["unsent"]]

    def draft(self) -> str:
        return str(self._see()["draft"])

    def told(self) -> str:
        return str(self._see()["told"]).strip()

    def announced(self) -> list[int]:
        return list(self.frame.evaluate(HEARD))

    def heap_mib(self) -> float:
        """The memory that the page's scripts hold, after what can be freed was."""
        self.cdp.send("HeapProfiler.collectGarbage")
        return float(self.cdp.send("Runtime.getHeapUsage")["usedSize"]) / 2**20

    def close(self) -> None:
        self.page.close()


class WebPage(InBrowser):
    """The chat of the service's own site."""

    name = "web"

    def open(self) -> None:
        self.page.goto("/")
        self._wait_ready()

    def twin(self) -> Client:
        """A duplicated tab, which takes the tab's memory along."""
        with self.context.expect_page() as came:
            self.page.evaluate("window.open(location.href)")
        other = WebPage(self.context, came.value)
        other._wait_ready()
        return other

    def set_locale(self, locale: str) -> None:
        super().set_locale(locale)
        self.page.goto(f"/?lang={locale}")
        self._wait_ready()


class Embedded(InBrowser):
    """The chat in the frame of another site's page."""

    name = "widget"
    host = ""

    @property
    def frame(self) -> Frame:
        return next(one for one in self.page.frames if "/embed?" in one.url)

    def _wait_ready(self) -> None:
        self.page.frame_locator("yaozheng-chat iframe").locator("[data-chat][data-ready]").wait_for(
            state="attached", timeout=READY_MS
        )

    def open(self) -> None:
        self.page.goto(self.host)
        self._wait_ready()

    def twin(self) -> Client:
        """The service's own site, to which the conversation goes along; frames of two tabs share nothing."""
        with self.context.expect_page() as came:
            self.frame.eval_on_selector("[data-embed-whole]", "one => one.click()")
        other = WebPage(self.context, came.value)
        came.value.get_by_role("button", name=translate("web.page.continue.button", "zh-CN")).click()
        other._wait_ready()
        return other

    def set_locale(self, locale: str) -> None:
        super().set_locale(locale)
        with self.page.expect_event("framenavigated"):
            self.frame.eval_on_selector(f".embed__tools a[lang={locale}]", "one => one.click()")
        self._wait_ready()


class MiniProgram(InBrowser):
    """The mini-program, rendered by WeChat's own component framework."""

    name = "miniprogram"
    look = PHONE
    box = "textarea[confirm-type=send]"
    older = "[class*='log__older']"

    def __init__(self, context: BrowserContext, page: Page | None = None) -> None:
        super().__init__(context, page)
        self.page.route(f"**{PLACE}**", serve)

    def _wait_ready(self) -> None:
        self.frame.wait_for_function(READY, timeout=READY_MS)

    def open(self) -> None:
        self.page.goto(f"{PLACE}index.html")
        self._wait_ready()

    def _button(self, code: str) -> Any:
        name = translate(code, self.locale)
        return self.page.get_by_role("button", name=name, exact=True).last

    def press_send(self) -> None:
        self._button("web.page.chat.send").click()

    def write_twice(self, text: str) -> None:
        self.frame.fill(self.box, text)
        self._button("web.page.chat.send").dblclick()

    def call_staff(self) -> None:
        self._button("web.page.chat.staff").click()

    def twin(self) -> Client:
        other = MiniProgram(self.context)
        other.open()
        return other

    def go_offline(self) -> None:
        """The browser's own switch leaves open lines alone."""
        super().go_offline()
        self.page.evaluate("testing.sockets.forEach(socket => socket.close())")

    def come_back(self) -> None:
        super().come_back()
        self.page.evaluate("comeBack()")

    def wake(self, seconds: int) -> None:
        super().wake(seconds)
        self.page.evaluate("comeBack()")

    def set_locale(self, locale: str) -> None:
        self._button("web.miniprogram.language").click()
        self.page.get_by_role("button", name=language(locale).name).click()
        super().set_locale(locale)


def host_page(server: str) -> str:
    """Return the page of another site on which the chat stands."""
    words = json.dumps("agency")
    return (
        f"<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'><title>{words}</title></head>"
        f"<body><yaozheng-chat mode='inline'></yaozheng-chat><script src='{server}/widget.js'></script>"
        "</body></html>"
    )
