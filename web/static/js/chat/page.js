// The chat of the service's own pages: besides the conversation the inputs of a filing inside messages, the enterprise
// for which one acts, and the list of filings.

import { find } from "../core/dom.js";
import { recall, remember } from "../core/store.js";
import { assist, settle } from "./assist.js";
import { entry } from "./entry.js";
import { EXTRAS } from "./extras.js";
import { attempt, begin, composer, conversation } from "./main.js";

const CHOSEN = "yaozheng.enterprise";
const LIST_AFTER_MS = 400;
const only = find("[data-chat-enterprise-id]");
const picker = find("[data-chat-enterprise]");
let listTimer = 0;

Object.assign(EXTRAS, { entry, assist, settle });

/** The list of filings beside the chat follows what is done in the chat. */
async function refreshFilings() {
  const list = find("[data-my-filings]");
  if (!list) {
    return;
  }
  await attempt(async () => {
    const response = await fetch("/", { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = find("[data-my-filings]", page);
    if (fresh) {
      find("[data-my-filings]").replaceWith(fresh);
    }
  });
}

conversation.addEventListener("message", ({ detail }) => {
  if (detail.message.filing) {
    clearTimeout(listTimer);
    listTimer = setTimeout(refreshFilings, LIST_AFTER_MS);
  }
});

function actFor(enterpriseId) {
  remember(CHOSEN, enterpriseId);
  return attempt(() => conversation.setEnterprise(enterpriseId));
}

picker?.addEventListener("change", async () => composer.say(await actFor(picker.value)));

await begin(async () => {
  if (only) {
    composer.say(await actFor(only.dataset.chatEnterpriseId));
  } else if (picker && recall(CHOSEN)) {
    picker.value = recall(CHOSEN);
    composer.say(await actFor(picker.value));
  }
});
