// While the person waits for staff: ask to be called, or stop waiting; place and wait are kept fresh.

import { find } from "../core/dom.js";
import { t } from "../core/page.js";

const LOOK_EVERY_MS = 20000;

export class Waiting {
  constructor(root, conversation) {
    this.box = find("[data-chat-waiting]", root);
    this.call = find("details", this.box);
    this.form = find("[data-chat-callback]", this.box);
    this.problem = find("[data-chat-waiting-problem]", this.box);
    this.conversation = conversation;
    this.form.addEventListener("submit", (event) => this.act(event, () => this.askCall()));
    find("[data-chat-leave]", this.box).addEventListener("submit", (event) => this.act(event, () => conversation.leaveQueue()));
    conversation.addEventListener("owner", () => this.show());
    setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  show() {
    const { owner, handoff } = this.conversation;
    this.box.hidden = owner !== "queue" || !handoff;
    if (!this.box.hidden) {
      const hasCall = handoff.callback?.state === "waiting";
      find("[data-chat-callback-title]", this.box).textContent = t(hasCall ? "waiting.call_change" : "waiting.call");
    }
  }

  async askCall() {
    const fields = new FormData(this.form);
    await this.conversation.askCallback(fields.get("phone").trim(), fields.get("slot"));
    this.form.reset();
    this.call.open = false;
  }

  async act(event, work) {
    event.preventDefault();
    const buttons = [...this.box.querySelectorAll("button")];
    buttons.forEach((one) => { one.disabled = true; });
    try {
      await work();
      this.problem.textContent = "";
    } catch (error) {
      this.problem.textContent = error.message;
    } finally {
      buttons.forEach((one) => { one.disabled = false; });
    }
  }

  look() {
    if (this.conversation.owner === "queue" && !document.hidden) {
      this.conversation.refreshOwner().catch(() => { /* the feed tells of a lost connection */ });
    }
  }
}
