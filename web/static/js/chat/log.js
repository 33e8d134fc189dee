// The log: messages in order, those on their way at the end, the newest in sight unless the person reads back.

import { find } from "../core/dom.js";
import { EXTRAS } from "./extras.js";
import { renderMessage, renderPending } from "./message.js";

const NEAR_END_PX = 120;
const ABOVE_PX = 8;
const HUSH_MS = 1000;
const ANSWERS = "[data-choice], [data-entry]";

export class Log {
  constructor(root, actions) {
    this.box = find("[data-chat-log]", root);
    this.list = find("[data-chat-messages]", root);
    this.end = find(".messages__end", root);
    this.welcome = find("[data-chat-welcome]", root);
    this.actions = actions;
    this.list.querySelectorAll("[data-seq]").forEach((node) => node.remove());
    this.welcome.hidden = false;
    this.isReadingBack = false;
    this.shown = null;
    new ResizeObserver(() => this.keepInSight()).observe(this.box);
    this.older = find("[data-chat-older]", root);
    for (const sign of ["wheel", "touchmove", "keydown"]) {
      this.box.addEventListener(sign, () => { this.isReadingBack = !this.isAtEnd(); }, { passive: true });
    }
  }

  isAtEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_END_PX;
  }

  /** Bring the newest message in sight: its beginning, where it is taller than the log. */
  reveal(node) {
    this.shown = node;
    this.box.scrollTop = node.offsetTop - ABOVE_PX;
  }

  /** What was in sight stays so when something above or below the log comes or goes. */
  keepInSight() {
    if (this.shown?.isConnected && !this.isReadingBack) {
      this.reveal(this.shown);
    }
  }

  /** Add a message; `isOld` ones are history that is restored, whose end is shown. */
  add(message, isOld) {
    const node = renderMessage(message, this.actions);
    this.welcome.hidden = true;
    this.removePending(message.client_message_id);
    if (message.role === "applicant") {
      this.closeChoicesBefore(message.seq);
      this.isReadingBack = false;
    }
    EXTRAS.settle?.(message, this.list);
    const later = this.nodeAfter(message.seq);
    if (isOld) {
      this.hush();
    }
    this.list.insertBefore(node, later ?? find("[data-pending]", this.list) ?? this.end);
    if (later) {
      this.disable(node);
    }
    if (isOld) {
      this.box.scrollTop = this.box.scrollHeight;
    } else if (!this.isReadingBack && !later) {
      this.reveal(message.role === "assistant" ? this.firstOfReply(node) : node);
    }
  }

  /** The message before which one with this number stands, looked for from the end, where it mostly belongs. */
  nodeAfter(seq) {
    let found = null;
    for (let node = this.end.previousElementSibling; node; node = node.previousElementSibling) {
      if (node.dataset.seq && Number(node.dataset.seq) < seq) {
        break;
      }
      found = node.dataset.seq ? node : found;
    }
    return found;
  }

  /** Put earlier messages above all others; what was in sight stays where it was. */
  prepend(messages) {
    this.hush();
    const before = this.box.scrollHeight;
    const nodes = messages.map((message) => renderMessage(message, this.actions));
    nodes.forEach((node) => this.disable(node));
    this.shown = null;
    this.list.prepend(...nodes);
    this.box.scrollTop += this.box.scrollHeight - before;
  }

  /** History is not read out as if it were said now. */
  hush() {
    clearTimeout(this.hushed);
    this.box.setAttribute("aria-live", "off");
    this.hushed = setTimeout(() => this.box.setAttribute("aria-live", "polite"), HUSH_MS);
  }

  /** The conversation is over: it stays to be read, the next one stands below it. */
  close() {
    this.disableAll();
    this.list.querySelectorAll("[data-seq]").forEach((node) => { delete node.dataset.seq; });
  }

  /** Return the first message of the reply to which `node` belongs. */
  firstOfReply(node) {
    let first = node;
    while (first.previousElementSibling?.matches(".message--assistant")) {
      first = first.previousElementSibling;
    }
    return first;
  }

  /** Once the person has gone on, earlier buttons are history. */
  closeChoicesBefore(seq) {
    this.list.querySelectorAll("[data-seq]").forEach((node) => Number(node.dataset.seq) < seq && this.disable(node));
  }

  disable(node) {
    node.querySelectorAll(ANSWERS).forEach((input) => { input.disabled = true; });
  }

  disableAll() {
    this.disable(this.list);
  }

  enable(seq) {
    find(`[data-seq="${seq}"]`, this.list)?.querySelectorAll(ANSWERS).forEach((input) => { input.disabled = false; });
  }

  showPending(pending, onRetry) {
    const node = renderPending(pending, onRetry);
    const shown = find(`[data-pending="${pending.id}"]`, this.list);
    this.welcome.hidden = true;
    if (shown) {
      shown.replaceWith(node);
    } else {
      this.list.insertBefore(node, this.end);
      this.reveal(node);
    }
  }

  removePending(id) {
    if (id) {
      find(`[data-pending="${CSS.escape(id)}"]`, this.list)?.remove();
    }
  }
}
