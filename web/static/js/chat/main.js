// The chat of a page: joins the conversation, the log and the composer.

import { el, find } from "../core/dom.js";
import { account, t } from "../core/page.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Log } from "./log.js";
import { ownerLine } from "./message.js";
import { Waiting } from "./waiting.js";

const root = find("[data-chat]");
const status = find("[data-chat-status]", root);
const offline = find("[data-chat-offline]", root);
const typing = find("[data-chat-typing]", root);
const staffForm = find("[data-chat-staff]", root);
const staffButton = find("button", staffForm);

const NEAR_TOP_PX = 40;

export const conversation = new Conversation();

const log = new Log(root, {
  choose: (message, choice) => send({ payloadId: choice.payload_id, label: choice.label }, message),
  rate: (level, comment) => attempt(() => conversation.rate(level, comment)),
  reasons: (message) => conversation.reasons(message.seq).catch((error) => ({ trouble: error.message })),
  feedback: (message, useful, reason) => attempt(() => conversation.feedback(message.seq, useful, reason)),
});
new Waiting(root, conversation);
export const composer = new Composer(root, (text) => send({ text }));

/** Do something; return what went wrong in words, "" otherwise. */
export async function attempt(work) {
  try {
    await work();
    return "";
  } catch (error) {
    return error.message;
  }
}

async function send(what, answering) {
  log.disableAll();
  const trouble = await attempt(() => conversation.send(what));
  if (!trouble) {
    composer.say("");
    return;
  }
  composer.say(trouble);
  if (answering) {
    log.enable(answering.seq);
  }
}

conversation.addEventListener("message", ({ detail }) => {
  keeper.hidden = false;
  log.add(detail.message, detail.message.seq <= conversation.restoredUpTo);
  log.older.hidden = conversation.first <= 1;
});
conversation.addEventListener("pending", ({ detail: { pending } }) => {
  log.showPending(pending, () => attempt(() => conversation.deliver(pending)));
});
conversation.addEventListener("refused", ({ detail: { pending } }) => {
  log.removePending(pending.id);
  if (pending.text) {
    composer.giveBack(pending.text);
  }
});
conversation.addEventListener("waiting", () => {
  const isTyping = conversation.isWaiting > 0 && conversation.owner === "bot";
  typing.hidden = !isTyping;
  find("[data-chat-typing-text]", typing).textContent = isTyping ? t("typing") : "";
});
conversation.addEventListener("connection", ({ detail }) => showConnection(detail.state === "live"));
conversation.addEventListener("lost", () => {
  log.close();
  log.older.hidden = true;
  keeper.hidden = true;
  composer.say(t("conversation_lost"));
});
conversation.addEventListener("trouble", ({ detail }) => composer.say(detail.error.message));
conversation.addEventListener("owner", () => {
  status.textContent = ownerLine(conversation.owner, conversation.handoff);
  root.dataset.owner = conversation.owner;
  staffButton.disabled = conversation.owner !== "bot";
});
window.addEventListener("offline", () => showConnection(false));
window.addEventListener("online", () => {
  conversation.goOn();
  if (!conversation.feed) {
    showConnection(true);
  }
});

let isReading = false;

async function readBack() {
  if (isReading || log.older.hidden) {
    return;
  }
  isReading = true;
  const trouble = await attempt(async () => log.prepend(await conversation.older()));
  if (trouble) {
    composer.say(trouble);
  }
  log.older.hidden = conversation.first <= 1;
  isReading = false;
}

log.older.addEventListener("click", readBack);
log.box.addEventListener("scroll", () => log.isReadingBack && log.box.scrollTop < NEAR_TOP_PX && readBack(), { passive: true });

function showConnection(isLive) {
  const text = isLive ? "" : t("offline");
  if (offline.textContent !== text) {
    offline.textContent = text;
  }
  offline.hidden = isLive;
}

staffForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  staffButton.disabled = true;
  const trouble = await attempt(() => conversation.requestStaff());
  composer.say(trouble);
  staffButton.disabled = !trouble;
});

const keeper = find("[data-chat-keep]", root);
keeper.addEventListener("click", async () => composer.say(await attempt(async () => {
  const text = conversation.kept ? await conversation.transcript() : "";
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  el("a", { href: address, download: t("tools.file") }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
})));

root.querySelectorAll("[data-chat-starter]").forEach((button) => {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    send({ text: button.value });
    composer.text.focus();
  });
});

/** Take up what there is; `after` is what the page does besides before it is ready. */
export async function begin(after) {
  const earlier = new URLSearchParams(window.location.search).get("conversation");
  if (earlier && account) {
    conversation.take(earlier);
    window.history.replaceState(null, "", window.location.pathname);
  }
  await conversation.restore();
  await after?.();
  root.dataset.ready = "true";
}
