// Takes up a conversation that began on another device: the code comes by hand or with the address's fragment.

import { call } from "../core/api.js";
import { find } from "../core/dom.js";
import { locale } from "../core/page.js";
import { keepConversation } from "./conversation.js";

const form = find("[data-continue]");
const code = find("#code", form);
const problem = find("[data-continue-problem]");

const given = decodeURIComponent(window.location.hash.slice(1));
if (given) {
  code.value = given;
  window.history.replaceState(null, "", window.location.pathname);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  try {
    const found = await call("POST", "/resumptions", { body: { code: code.value.trim() } });
    keepConversation({ id: found.conversation_id, token: found.token, account: "", locale });
    window.location.assign("/");
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    code.focus();
  }
});
