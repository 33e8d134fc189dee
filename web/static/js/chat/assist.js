// What an officer asks of the person in an assisted session: consent, or whether to take a proposed value.

import { call } from "../core/api.js";
import { el } from "../core/dom.js";
import { t } from "../core/page.js";

/** Return the buttons of an assisting message; null where nothing is asked. */
export function assist(message) {
  const found = message.handoff.assist;
  if (found.state === "requested") {
    return buttons("consent", "consent", "decline", (accepted) => call("POST", `/filings/${found.filing_id}/assistance`, { body: { accepted } }));
  }
  if (found.state === "proposed") {
    const path = `/filings/${found.filing_id}/proposals/${found.proposal_id}`;
    return buttons(found.proposal_id, "take", "leave", (accepted) => call("POST", path, { body: { accepted } }));
  }
  return null;
}

/** Close what a later message of the session has settled. */
export function settle(message, list) {
  const found = message.handoff?.assist ?? {};
  const settled = found.state === "ended" ? "[data-assist]"
    : found.state === "active" && `[data-assist="${CSS.escape(found.proposal_id ?? "consent")}"]`;
  if (settled) {
    list.querySelectorAll(`${settled} button`).forEach((button) => { button.disabled = true; });
  }
}

function buttons(what, yes, no, answer) {
  const said = el("p", { class: "entry-box__state", role: "status" });
  const press = (accepted) => async () => {
    made.forEach((button) => { button.disabled = true; });
    try {
      const { rejected } = await answer(accepted);
      said.textContent = rejected ? rejected.message : t(accepted ? `assist.done.${yes}` : `assist.done.${no}`);
    } catch (error) {
      said.textContent = error.message;
      made.forEach((button) => { button.disabled = !error.isPassing; });
    }
  };
  const made = [
    el("button", { class: "button button--choice", type: "button", onclick: press(true) }, t(`assist.${yes}`)),
    el("button", { class: "button button--choice", type: "button", onclick: press(false) }, t(`assist.${no}`)),
  ];
  return el("div", { class: "choices", "data-assist": what, role: "group", "aria-label": t("choices") }, made, said);
}
