// Was the answer of use? A no asks for the reason.

import { el } from "../core/dom.js";
import { t } from "../core/page.js";

const REASONS = ["wrong", "incomplete", "not_my_question", "unclear", "out_of_date"];

/** Return the line of feedback below an answer. */
export function feedback(message, actions) {
  const box = el("div", { class: "feedback", role: "group", "aria-label": t("feedback.ask") });
  const say = (text) => box.replaceChildren(el("p", { class: "feedback__said", role: "status" }, text));
  const send = async (useful, reason) => {
    const trouble = await actions.feedback(message, useful, reason);
    say(trouble || t("feedback.thanks"));
  };
  box.append(
    el("span", { class: "feedback__ask" }, t("feedback.ask")),
    el("button", { class: "button button--quiet feedback__button", type: "button", onclick: () => send(true, "") },
      t("feedback.yes")),
    el("button", { class: "button button--quiet feedback__button", type: "button", onclick: () => askWhy(box, send) },
      t("feedback.no")));
  return box;
}

function askWhy(box, send) {
  const buttons = REASONS.map((reason) => el("button", {
    class: "button button--choice", type: "button", onclick: () => send(false, reason),
  }, t(`feedback.reason.${reason}`)));
  box.replaceChildren(el("span", { class: "feedback__ask" }, t("feedback.why")), ...buttons);
  buttons[0].focus();
}
