// One case: the transcript follows live, replies go out without leaving the page, the packet follows the case.

import { renderMessage } from "../chat/message.js";
import { newId } from "../chat/conversation.js";
import { call, pause } from "../core/api.js";
import { find } from "../core/dom.js";
import { Feed } from "../core/feed.js";
import { t } from "../core/page.js";

const box = find("[data-case]");
const id = box.dataset.case;
const log = find("[data-log]");
const list = find("[data-messages]");
const live = find("[data-live]");
const LOOK_EVERY_MS = 1500;
const SETTLE_MS = 300;
const WAIT_S = 20;
let after = Number(box.dataset.last);

function add(message) {
  after = Math.max(after, message.seq);
  if (find(`[data-seq="${message.seq}"]`, list)) {
    return;
  }
  const later = [...list.children].find((node) => Number(node.dataset.seq) > message.seq);
  list.insertBefore(renderMessage(message, null), later ?? null);
  log.scrollTop = log.scrollHeight;
  if (message.role === "system") {
    refreshPacket();
  }
}

async function refreshPacket() {
  const response = await fetch(`/staff/cases/${id}`, { credentials: "same-origin" });
  if (!response.ok) {
    live.textContent = t("staff.offline");
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const written = find("textarea", find("[data-reply-area]"))?.value ?? "";
  for (const part of ["[data-packet]", "[data-reply-area]"]) {
    const isBusy = find(part).contains(document.activeElement) && document.activeElement.matches("textarea, select, input");
    if (!isBusy) {
      const opened = [...find(part).querySelectorAll("details")].map((one) => one.open);
      find(part).replaceWith(find(part, page));
      const fresh = [...find(part).querySelectorAll("details")];
      fresh.forEach((one, at) => { one.open = opened[at] ?? one.open; });
    }
  }
  const text = find("[data-reply] textarea");
  if (text && written) {
    text.value = written;
  }
}

new Feed({
  ticket: async () => (await call("POST", "/staff/tickets")).ticket,
  streamPath: (ticket) => `/staff/stream?case=${encodeURIComponent(id)}&after=${after}&ticket=${encodeURIComponent(ticket)}`,
  poll: async (waitS, signal) => {
    const found = await call("GET", `/staff/cases/${id}/messages?after=${after}&wait=${waitS}`, { signal });
    found.messages.forEach(add);
  },
  take: (frame) => { if (frame.type === "message") { add(frame.message); } },
  lost: () => { live.textContent = t("staff.gone"); },
}, (state) => { live.textContent = t(state === "live" ? "staff.live" : "staff.offline"); }).start();

/** Follow the draft that the applicant lets this officer watch. */
async function watch() {
  for (let failures = 0; ;) {
    const known = find("[data-watched]")?.dataset.watched;
    if (!known) {
      await pause(LOOK_EVERY_MS);
      continue;
    }
    try {
      const found = await call("GET", `/staff/cases/${id}/draft-changes?version=${known}&wait=${WAIT_S}`);
      failures = 0;
      if (String(found.version) !== known) {
        await refreshPacket();
        await pause(find("[data-watched]")?.dataset.watched === known ? LOOK_EVERY_MS : SETTLE_MS);
      }
    } catch (error) {
      failures += 1;
      await refreshPacket();
      await pause(Math.min(1000 * 2 ** failures, 15000));
    }
  }
}

watch();

let sending = null;

box.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-reply]");
  if (!form) {
    return;
  }
  event.preventDefault();
  const text = find("textarea", form);
  const problem = find("[data-reply-problem]", form);
  const words = text.value.trim();
  if (!words || sending === words) {
    return;
  }
  sending = words;
  const key = form.dataset.key ?? newId();
  form.dataset.key = key;
  try {
    const stored = await call("POST", `/staff/cases/${id}/messages`, { body: { client_message_id: key, text: words } });
    stored.messages.forEach(add);
    text.value = "";
    problem.textContent = "";
    delete form.dataset.key;
  } catch (error) {
    problem.textContent = error.message;
    if (!error.isPassing) {
      delete form.dataset.key;
    }
  } finally {
    sending = null;
    text.focus();
  }
});

box.addEventListener("keydown", (event) => {
  const form = event.target.closest("[data-reply]");
  if (form && event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    form.requestSubmit();
  }
});

box.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  const text = button && find("[data-reply] textarea");
  if (text) {
    const words = find("[data-suggestion-text]", button.parentElement).textContent;
    text.value = text.value.trim() ? `${text.value.trim()}\n${words}` : words;
    text.focus();
  }
});

log.scrollTop = log.scrollHeight;
