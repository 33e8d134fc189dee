// The queue of cases, kept fresh: the stream says that something changed, the server renders the list.

import { ApiError, call, pause } from "../core/api.js";
import { find } from "../core/dom.js";
import { Feed } from "../core/feed.js";
import { t } from "../core/page.js";

const POLL_EVERY_MS = 5000;
const AGE_EVERY_MS = 30000;
const SETTLE_MS = 300;
const SHARE = 4; // a server that takes long is asked less often
const box = find("[data-queue]");
const live = find("[data-live]");
const plainTitle = document.title;

async function refresh() {
  let response;
  try {
    response = await fetch(`/staff/queue?${box.dataset.query}`, { credentials: "same-origin", redirect: "manual" });
  } catch {
    throw new ApiError(0, t("unreachable"));
  }
  if (!response.ok) {
    throw new ApiError(response.status || 401, t("unreachable"));
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = document.activeElement?.closest?.("[data-case]")?.dataset.case;
  box.replaceChildren(...page.body.childNodes);
  if (focused) {
    find(`[data-case="${focused}"] a, [data-case="${focused}"] button`, box)?.focus();
  }
  const count = Number(find("[data-queue-count]", box)?.dataset.queueCount ?? 0);
  remind();
  document.title = count && box.dataset.state !== "closed" ? `(${count}) ${plainTitle}` : plainTitle;
}

let known = null;

/** Tell of a case that came while the page was out of sight, where the officer allowed it. */
function remind() {
  const queued = [...box.querySelectorAll("[data-case]")].filter((row) => find("form", row)).map((row) => row.dataset.case);
  const fresh = known ? queued.filter((one) => !known.has(one)) : [];
  known = new Set(queued);
  if (fresh.length && document.hidden && "Notification" in window && Notification.permission === "granted") {
    const row = find(`[data-case="${fresh[0]}"] .number`, box);
    new Notification(t("staff.new_case"), { body: row?.textContent ?? "", tag: "yaozheng-case" });
  }
}

const asking = find("[data-notify]");
if ("Notification" in window && Notification.permission === "default") {
  asking.hidden = false;
  asking.addEventListener("click", async () => { asking.hidden = (await Notification.requestPermission()) !== "default"; });
}

const feed = new Feed({
  ticket: async () => (await call("POST", "/staff/tickets")).ticket,
  streamPath: (ticket) => `/staff/stream?ticket=${encodeURIComponent(ticket)}`,
  poll: async () => {
    await refresh();
    await pause(POLL_EVERY_MS);
  },
  take: (frame) => { if (frame.type === "queue") { refreshSafely(); } },
  lost: () => { live.textContent = t("staff.signed_out"); },
}, (state) => { live.textContent = t(state === "live" ? "staff.live" : "staff.offline"); });

let reading = null;
let isStale = false;

/** Read the list anew: at once, or once more after the reading under way; many changes make one reading. */
function refreshSafely() {
  isStale = true;
  reading ??= readWhileStale().finally(() => { reading = null; });
}

async function readWhileStale() {
  while (isStale) {
    isStale = false;
    const begun = performance.now();
    await refresh().catch(() => { live.textContent = t("staff.offline"); });
    await pause(Math.max(SETTLE_MS, SHARE * (performance.now() - begun)));
  }
}

feed.start();
setInterval(refreshSafely, AGE_EVERY_MS);
