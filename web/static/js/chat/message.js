// One message as a list item. Nothing here talks to the server; what a person does is told to `actions`.

import { el } from "../core/dom.js";
import { hasText, showTime, t } from "../core/page.js";
import { citation, renderBlocks } from "./blocks.js";
import { EXTRAS } from "./extras.js";
import { feedback } from "./feedback.js";
import { rating } from "./rating.js";
import { tools } from "./tools.js";
import { why } from "./why.js";

/** Return the element of a message; `actions` is null where it is only read (staff). */
export function renderMessage(message, actions) {
  return el("li", { class: `message message--${message.role} message--${message.kind}`, "data-seq": message.seq },
    who(message, actions),
    el("div", { class: "message__body" }, body(message, actions)),
    choices(message, actions),
    actions && isRead(message) ? tools(message) : null,
    actions && message.answer?.receipt_code ? why(message, actions) : null,
    actions && message.answer?.trace_id && isAnswered(message.answer) ? feedback(message, actions) : null,
    actions && message.handoff?.assist ? EXTRAS.assist?.(message) : null,
    actions && isClosing(message) ? rating(message, actions) : null);
}

/** Whether a message is something to read and keep: an answer, or what an officer wrote. */
function isRead(message) {
  return message.role === "officer" || Boolean(message.answer);
}

/** Whether a message says that staff have closed the case. */
export function isClosing(message) {
  return message.handoff?.state === "closed";
}

function isAnswered(answer) {
  return answer.status === "answered" || answer.status === "answered_partly";
}

/** Name the sender; what is "you" to the applicant is "the applicant" to staff, who get no `actions`. */
function who(message, actions) {
  const isToStaff = !actions && message.role === "applicant";
  const role = isToStaff ? t("role.applicant_seen") : t(`role.${message.role}`);
  const name = message.role === "officer" ? message.handoff?.officer_name || role : role;
  return el("p", { class: "message__who" }, name, " ",
    el("time", { class: "message__at", datetime: message.at }, showTime(message.at)));
}

function body(message, actions) {
  const blocks = message.blocks?.length ? message.blocks : [{ type: "paragraph", text: message.text }];
  const cited = blocks.filter((block) => block.type === "citation");
  const shown = renderBlocks(blocks.filter((block) => block.type !== "citation"), message, actions);
  const sources = cited.length ? cited : (message.answer?.citations ?? []).map((one, at) => ({ n: at + 1, ...one }));
  if (sources.length) {
    shown.push(el("section", { class: "sources", "aria-label": t("sources") },
      el("p", { class: "sources__title" }, t("sources")), sources.map(citation)));
  }
  return shown;
}

function choices(message, actions) {
  if (!message.choices?.length) {
    return null;
  }
  if (!actions) {
    return el("ul", { class: "choices choices--read" }, message.choices.map((one) => el("li", {}, one.label)));
  }
  return el("div", { class: "choices", role: "group", "aria-label": t("choices") }, message.choices.map((one) =>
    el("button", {
      class: "button button--choice", type: "button", "data-choice": one.payload_id,
      onclick: () => actions.choose(message, one),
    }, one.label)));
}

/** A message on its way: shown at once, replaced when the server has stored it. */
export function renderPending(pending, onRetry) {
  const state = el("p", { class: "message__state", role: "status" }, t(`sending.${pending.state}`));
  if (pending.state === "failed") {
    state.append(" ", el("button", { class: "button button--quiet", type: "button", onclick: onRetry }, t("retry")));
  }
  return el("li", { class: `message message--applicant message--${pending.state}`, "data-pending": pending.id },
    el("p", { class: "message__who" }, t("role.applicant")),
    el("div", { class: "message__body" }, el("p", { class: "block" }, pending.label)), state);
}

/** Say in one line who is in charge now. */
export function ownerLine(owner, handoff) {
  if (owner === "queue" && handoff) {
    const minutes = Math.max(1, Math.ceil((handoff.expected_wait_s ?? 60) / 60));
    if (handoff.callback?.state === "waiting") {
      return t("owner.callback", { at: showTime(handoff.callback.due_by) });
    }
    if (handoff.is_open_hours === false) {
      return t("owner.after_hours");
    }
    if (handoff.is_staffed === false) {
      return t("owner.unstaffed", { position: handoff.position ?? 1 });
    }
    return t("owner.queue", { position: handoff.position ?? 1, minutes });
  }
  if (owner === "officer") {
    return handoff?.officer_name ? t("owner.officer_named", { name: handoff.officer_name }) : t("owner.officer");
  }
  return hasText(`owner.${owner}`) ? t(`owner.${owner}`) : t("owner.bot");
}
