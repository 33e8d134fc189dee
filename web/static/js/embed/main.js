// The chat in the frame of another site: what it tells the page around it, and what that page may ask.
//
// Messages go to the one origin that the server allowed, and are taken from that origin's window alone.

import { begin, conversation } from "../chat/main.js";
import { find } from "../core/dom.js";

const origin = document.body.dataset.embed;
let isShown = true;
let unread = 0;

function tell(type, detail = {}) {
  window.parent.postMessage({ source: "yaozheng", type, ...detail }, origin);
}

function close() {
  isShown = false;
  tell("close");
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.origin !== origin || event.data?.source !== "yaozheng") {
    return;
  }
  if (event.data.type === "shown") {
    isShown = true;
    unread = 0;
    find("#chat-text").focus();
  } else if (event.data.type === "hidden") {
    isShown = false;
  }
});

conversation.addEventListener("message", ({ detail: { message } }) => {
  if (message.role !== "applicant" && message.seq > conversation.restoredUpTo && !isShown) {
    unread += 1;
    tell("unread", { count: unread });
  }
});

/** Open the service's own site, where one can sign in and file, with this conversation taken along. */
find("[data-embed-whole]").addEventListener("click", (event) => {
  if (!conversation.kept) {
    return;
  }
  event.preventDefault();
  const page = window.open("", "_blank");
  conversation.request("POST", "/resume-codes")
    .then((made) => { page.location = made.url; }, () => { page.location = "/"; });
});

find("[data-embed-close]")?.addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && find("[data-embed-close]")) {
    close();
  }
});
await begin();
if (window.parent !== window) {
  tell("ready");
}
