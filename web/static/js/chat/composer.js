// The box one writes in. Enter sends, Shift+Enter breaks the line; never while an input method is composing.

import { find } from "../core/dom.js";
import { t } from "../core/page.js";

const TALLEST_PX = 160;

export class Composer {
  constructor(root, onSend) {
    this.form = find("[data-chat-form]", root);
    this.text = find("textarea", this.form);
    this.problem = find("[data-chat-problem]", root);
    this.onSend = onSend;
    // The page without scripts stops at the limit; here nothing that is pasted is cut off without a word.
    this.most = this.text.maxLength;
    this.text.removeAttribute("maxlength");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.send();
      }
    });
    this.text.addEventListener("input", () => {
      this.fit();
      if (this.isTooLong() || this.isToldTooLong) {
        this.sayLength();
      }
    });
  }

  /** Count as the server does: by code points, so that a composed emoji counts as its parts. */
  count() {
    return this.text.value.length > this.most ? [...this.text.value.trim()].length : 0;
  }

  isTooLong() {
    return this.count() > this.most;
  }

  sayLength() {
    const isTold = this.isTooLong();
    this.say(isTold ? t("too_long", { count: this.count(), most: this.most }) : "");
    this.isToldTooLong = isTold;
  }

  fit() {
    const isLong = this.text.value.length > this.most; // a pasted megabyte takes seconds to measure
    this.text.style.height = isLong ? "" : "auto";
    this.text.style.height = `${isLong ? TALLEST_PX : Math.min(this.text.scrollHeight, TALLEST_PX)}px`;
  }

  send() {
    const text = this.text.value.trim();
    if (!text) {
      this.text.focus();
      return;
    }
    if (this.isTooLong()) {
      this.sayLength();
      return;
    }
    this.text.value = "";
    this.fit();
    this.say("");
    this.onSend(text);
  }

  /** Give a refused text back, before what the person is writing by now. */
  giveBack(text) {
    this.text.value = this.text.value ? `${text}\n${this.text.value}` : text;
    this.fit();
    this.text.focus();
  }

  say(text) {
    this.problem.textContent = text;
    this.text.setAttribute("aria-invalid", text ? "true" : "false");
  }
}
