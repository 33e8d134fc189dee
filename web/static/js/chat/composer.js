// The box one writes in. Enter sends, Shift+Enter breaks the line; never while an input method is composing.

import { find } from "../core/dom.js";

const TALLEST_PX = 160;

export class Composer {
  constructor(root, onSend) {
    this.form = find("[data-chat-form]", root);
    this.text = find("textarea", this.form);
    this.problem = find("[data-chat-problem]", root);
    this.onSend = onSend;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.send();
      }
    });
    this.text.addEventListener("input", () => this.fit());
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, TALLEST_PX)}px`;
  }

  send() {
    const text = this.text.value.trim();
    if (!text) {
      this.text.focus();
      return;
    }
    this.text.value = "";
    this.fit();
    this.say("");
    this.onSend(text);
  }

  /** Give a refused text back, unless the person is writing the next one. */
  giveBack(text) {
    if (!this.text.value) {
      this.text.value = text;
      this.fit();
    }
    this.text.focus();
  }

  say(text) {
    this.problem.textContent = text;
    this.text.setAttribute("aria-invalid", text ? "true" : "false");
  }
}
