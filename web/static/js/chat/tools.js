// What can be done with a message that is read: copy it with the mark that an AI assisted, hear it read aloud.

import { el } from "../core/dom.js";
import { lang, t } from "../core/page.js";

const canSpeak = "speechSynthesis" in window;

/** Return the row of tools below a message. */
export function tools(message) {
  const said = el("span", { class: "tools__said", role: "status" });
  const copy = el("button", { class: "button button--quiet feedback__button tools__copy", type: "button", onclick: async () => {
    said.textContent = t(await copied(labelled(message)) ? "tools.copied" : "tools.not_copied");
  } }, t("tools.copy"));
  return el("div", { class: "tools" }, copy, canSpeak ? speaker(message) : null, said);
}

/** The text names its sources itself. */
function labelled(message) {
  const code = message.answer?.receipt_code ? `\n${t("tools.receipt", { number: message.answer.receipt_code })}` : "";
  return message.role === "assistant" ? `${message.text}\n${t("tools.mark")}${code}` : message.text;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** The way for plain http within an intranet, where there is no clipboard API. */
function copiedBySelection(text) {
  const held = el("textarea", { class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
  held.value = text;
  const before = document.activeElement;
  document.body.append(held);
  held.select();
  const isDone = document.execCommand("copy");
  held.remove();
  before?.focus();
  return isDone;
}

function speaker(message) {
  const button = el("button", { class: "button button--quiet feedback__button", type: "button", "aria-pressed": "false" }, t("tools.read"));
  const stop = () => {
    button.setAttribute("aria-pressed", "false");
    button.textContent = t("tools.read");
  };
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    window.speechSynthesis.cancel();
    if (isOn) {
      stop();
      return;
    }
    const utterance = new SpeechSynthesisUtterance(message.text);
    utterance.lang = lang;
    utterance.onend = stop;
    utterance.onerror = stop;
    button.setAttribute("aria-pressed", "true");
    button.textContent = t("tools.stop");
    window.speechSynthesis.speak(utterance);
  });
  return button;
}
