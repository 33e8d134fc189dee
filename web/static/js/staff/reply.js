// The officer's reply: kept in this tab until it is sent, whatever becomes of session or network, and sent once.
//
// The key by which the server knows a message again belongs to its words: the same words go out under the same
// key until the server has told that it has them; other words get another one.

import { newId } from "../chat/conversation.js";
import { call, pause } from "../core/api.js";
import { el, find } from "../core/dom.js";
import { account, renewCsrfToken, t } from "../core/page.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;

export class Reply {
  /** `sent` hears the stored messages, `renewed` that a new session was found behind this page. */
  constructor(box, { sent, renewed }) {
    this.box = box;
    this.sent = sent;
    this.renewed = renewed;
    this.place = `yaozheng.reply.${account}.${box.dataset.case}`;
    this.sending = null;
    this.attempts = 0;
    box.addEventListener("submit", (event) => {
      if (event.target.closest("[data-reply]")) {
        event.preventDefault();
        this.send();
      }
    });
    box.addEventListener("keydown", (event) => this.enter(event));
    box.addEventListener("input", (event) => {
      if (event.target.closest("[data-reply]")) {
        this.keep();
      }
    });
    this.restore();
  }

  get text() {
    return find("[data-reply] textarea", this.box);
  }

  enter(event) {
    const form = event.target.closest("[data-reply]");
    if (form && event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  /** Add words to what is written. */
  insert(words) {
    if (this.text) {
      const written = this.text.value.trim();
      this.text.value = written ? `${written}\n${words}` : words;
      this.text.focus();
      this.keep();
    }
  }

  kept() {
    return JSON.parse(sessionStorage.getItem(this.place) ?? "{}");
  }

  keep(more = {}) {
    sessionStorage.setItem(this.place, JSON.stringify({ ...this.kept(), ...more, text: this.text?.value ?? "" }));
  }

  /** Put what was written back into a form that holds nothing. */
  restore() {
    const { text = "" } = this.kept();
    if (this.text && !this.text.value) {
      this.text.value = text;
    }
  }

  keyFor(words) {
    const kept = this.kept();
    const key = kept.words === words ? kept.key : newId();
    this.keep({ key, words });
    return key;
  }

  async send() {
    const words = this.text?.value.trim();
    if (!words || this.sending === words) {
      return;
    }
    this.sending = words;
    try {
      const stored = await this.post({ client_message_id: this.keyFor(words), text: words });
      this.done(words);
      this.sent(stored.messages);
    } catch (error) {
      this.failed(error, words);
    } finally {
      this.sending = null;
      this.text?.focus();
    }
  }

  async post(body) {
    const path = `/staff/cases/${this.box.dataset.case}/messages`;
    try {
      return await call("POST", path, { body });
    } catch (error) {
      if (!isSignedOut(error) || !(await this.renew())) {
        throw error;
      }
      return await call("POST", path, { body });
    }
  }

  /** Take the token of a session that the same officer opened in the meantime; whether there is one. */
  async renew() {
    const response = await fetch(window.location.pathname, { credentials: "same-origin", redirect: "manual" });
    if (!response.ok) {
      return false;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const data = JSON.parse(page.getElementById("page-data").textContent);
    if (data.account !== account) {
      return false;
    }
    renewCsrfToken(data.csrf_token);
    this.renewed();
    return true;
  }

  done(words) {
    this.attempts = 0;
    sessionStorage.removeItem(this.place);
    this.tell();
    if (this.text?.value.trim() === words) {
      this.text.value = "";
    } else {
      this.keep();
    }
  }

  failed(error, words) {
    if (error.status === 0) {
      this.tell(t("staff.kept_offline"));
      this.sendLater(words);
    } else if (isSignedOut(error)) {
      this.signIn();
    } else {
      this.tell(error.message);
      if (!error.isPassing) {
        this.keep({ words: null });
      }
    }
  }

  /** Send by itself once the network is back, unless the officer writes on. */
  async sendLater(words) {
    const waitMs = Math.min(FIRST_PAUSE_MS * 2 ** this.attempts, LONGEST_PAUSE_MS);
    this.attempts += 1;
    await Promise.race([
      pause(waitMs),
      new Promise((resolve) => { window.addEventListener("online", resolve, { once: true }); }),
    ]);
    if (this.text?.value.trim() === words) {
      this.send();
    } else {
      this.tell();
    }
  }

  /** Tell the officer to sign in; what is written waits in this tab. */
  signIn() {
    const next = encodeURIComponent(window.location.pathname);
    this.tell(t("staff.sign_in_again"), el("a", { href: `/sign-in?next=${next}` }, t("staff.sign_in_link")));
  }

  tell(...said) {
    find("[data-reply-problem]", this.box)?.replaceChildren(...said.flatMap((one) => [one, " "]));
  }
}

/** Whether the session is over, or another one was opened since this page was made. */
export function isSignedOut(error) {
  return error.status === 401 || error.code === "web.api.csrf";
}
