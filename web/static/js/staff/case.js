// One case: the transcript follows live, replies go out without leaving the page, the packet follows the case.

import { renderMessage } from "../chat/message.js";
import { call, pause } from "../core/api.js";
import { find } from "../core/dom.js";
import { Feed } from "../core/feed.js";
import { t } from "../core/page.js";
import { isSignedOut, Reply } from "./reply.js";

const box = find("[data-case]");
const id = box.dataset.case;
const log = find("[data-log]");
const list = find("[data-messages]");
const live = find("[data-live]");
const LOOK_EVERY_MS = 1500;
const SETTLE_MS = 300;
const WAIT_S = 20;
const PAGE_BACK = 100;
const HUSH_MS = 1000;
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

const older = find("[data-older]");

/** Read a page further back; what was in sight stays where it was. */
older?.addEventListener("click", async () => {
  older.disabled = true;
  try {
    const before = list.firstElementChild.dataset.seq;
    const { messages } = await call("GET", `/staff/cases/${id}/messages?before=${before}&limit=${PAGE_BACK}`);
    const height = log.scrollHeight;
    log.setAttribute("aria-live", "off");
    list.prepend(...messages.map((message) => renderMessage(message, null)));
    log.scrollTop += log.scrollHeight - height;
    setTimeout(() => log.setAttribute("aria-live", "polite"), HUSH_MS);
    older.hidden = Number(list.firstElementChild.dataset.seq) <= 1;
  } catch (error) {
    live.textContent = error.message;
  }
  older.disabled = false;
});

async function refreshPacket() {
  const page = await freshPage();
  if (!page) {
    live.textContent = t("staff.offline");
    return;
  }
  for (const part of ["[data-packet]", "[data-reply-area]"]) {
    const isBusy = find(part).contains(document.activeElement) && document.activeElement.matches("textarea, select, input");
    if (!isBusy) {
      const opened = [...find(part).querySelectorAll("details")].map((one) => one.open);
      find(part).replaceWith(find(part, page));
      const fresh = [...find(part).querySelectorAll("details")];
      fresh.forEach((one, at) => { one.open = opened[at] ?? one.open; });
    }
  }
  reply.restore();
}

/** Return this page as it would be now; null without network or session: a redirect is no case. */
async function freshPage() {
  try {
    const response = await fetch(`/staff/cases/${id}`, { credentials: "same-origin", redirect: "manual" });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}

let feed = null;

function follow() {
  feed?.stop();
  feed = new Feed({
    ticket: async () => (await call("POST", "/staff/tickets")).ticket,
    streamPath: (ticket) => `/staff/stream?case=${encodeURIComponent(id)}&after=${after}&ticket=${encodeURIComponent(ticket)}`,
    poll: async (waitS, signal) => {
      const found = await call("GET", `/staff/cases/${id}/messages?after=${after}&wait=${waitS}`, { signal });
      found.messages.forEach(add);
    },
    take: (frame) => { if (frame.type === "message") { add(frame.message); } },
    lost: (error) => { live.textContent = t(isSignedOut(error) ? "staff.signed_out" : "staff.gone"); },
  }, (state) => { live.textContent = t(state === "live" ? "staff.live" : "staff.offline"); });
  feed.start();
}

const reply = new Reply(box, { sent: (messages) => messages.forEach(add), renewed: follow });
follow();

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

box.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (button) {
    reply.insert(find("[data-suggestion-text]", button.parentElement).textContent);
  }
});

log.scrollTop = log.scrollHeight;
