// A conversation as the browser holds it: opened when it is first needed, restored in the same tab, followed live.
//
// 1. `restore` takes up what sessionStorage holds; a signed-in person takes an anonymous conversation along.
// 2. `send` shows the message at once and posts it with its own id, again and again until it is stored or refused.
// 3. The feed brings every message in order; what a reply of `send` brought already is not shown twice.

import { ApiError, call, pause } from "../core/api.js";
import { Feed } from "../core/feed.js";
import { API, account, channel, locale, t } from "../core/page.js";
import { recall, remember } from "../core/store.js";

const KEPT = "yaozheng.conversation";
const ATTEMPTS = 6;

export class Conversation extends EventTarget {
  constructor() {
    super();
    this.messages = new Map();
    this.pending = new Map();
    this.after = 0;
    this.restoredUpTo = 0;
    this.owner = "bot";
    this.handoff = null;
    this.enterpriseId = "";
    this.opening = null;
    this.isWaiting = 0;
    this.kept = readKept();
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Take up the tab's conversation, if there is one that still is this person's. */
  async restore() {
    if (!this.kept) {
      return;
    }
    try {
      if (this.kept.account !== account || this.kept.locale !== locale) {
        await this.change({ locale });
        this.keep({ ...this.kept, account, locale });
      }
      const found = await this.refreshOwner();
      this.restoredUpTo = found.last_seq;
      this.follow();
    } catch (error) {
      if (error instanceof ApiError && !error.isPassing) {
        this.forget();
      } else {
        this.follow();
      }
    }
  }

  keep(kept) {
    this.kept = kept;
    keepConversation(kept);
  }

  forget() {
    this.kept = null;
    remember(KEPT, null);
  }

  /** Return the open conversation, opening one where there is none. */
  open() {
    if (this.kept) {
      return Promise.resolve(this.kept);
    }
    this.opening ??= this.openNew().finally(() => { this.opening = null; });
    return this.opening;
  }

  async openNew() {
    const body = { channel, locale, ...(this.enterpriseId ? { enterprise_id: this.enterpriseId } : {}) };
    const made = await call("POST", "/conversations", { body });
    this.keep({ id: made.conversation_id, token: made.token, account, locale });
    this.follow();
    return this.kept;
  }

  /** Go on with an earlier conversation of the person who is signed in. */
  take(id) {
    this.keep({ id, token: "", account, locale });
  }

  /** Return the whole conversation as plain text. */
  async transcript() {
    const headers = this.kept.token ? { Authorization: `Bearer ${this.kept.token}` } : {};
    const response = await fetch(`${API}${this.path("/transcript")}`, { headers, credentials: "same-origin" });
    if (!response.ok) {
      throw new ApiError(response.status, t("unreachable"));
    }
    return response.text();
  }

  path(rest = "") {
    return `/conversations/${this.kept.id}${rest}`;
  }

  request(method, rest, body) {
    return call(method, this.path(rest), { body, token: this.kept.token });
  }

  change(body) {
    return this.request("PATCH", "", body);
  }

  /** Act for an enterprise from now on. */
  async setEnterprise(enterpriseId) {
    this.enterpriseId = enterpriseId;
    if (this.kept && enterpriseId) {
      await this.change({ enterprise_id: enterpriseId });
    }
  }

  async refreshOwner() {
    const found = await this.request("GET", "");
    this.owner = found.conversation.owner;
    this.handoff = found.handoff;
    this.tell("owner");
    return found.conversation;
  }

  follow() {
    this.feed?.stop();
    this.feed = new Feed({
      ticket: async () => (await this.request("POST", "/tickets")).ticket,
      streamPath: (ticket) => this.path(`/stream?after=${this.after}&ticket=${encodeURIComponent(ticket)}`),
      poll: async (waitS, signal) => {
        const found = await call("GET", this.path(`/messages?after=${this.after}&wait=${waitS}`), { token: this.kept.token, signal });
        found.messages.forEach((message) => this.arrive(message));
      },
      take: (message) => this.arrive(message),
      lost: () => { this.forget(); this.tell("lost"); },
    }, (state) => this.tell("connection", { state }));
    this.feed.start();
  }

  /** Take a message of the feed: in order, none left out. */
  arrive(message) {
    this.after = Math.max(this.after, message.seq);
    this.add(message);
  }

  /** Show a message unless it is shown already. */
  add(message) {
    if (this.messages.has(message.seq)) {
      return;
    }
    this.messages.set(message.seq, message);
    if (message.client_message_id) {
      this.pending.delete(message.client_message_id);
    }
    this.tell("message", { message });
    if (message.handoff || message.kind === "handoff" || message.role === "system") {
      this.refreshOwner().catch((error) => this.tell("trouble", { error }));
    }
  }

  /** Send a text or a button. Resolves when it is stored; rejects with what the person can mend. */
  async send({ text, payloadId, label }) {
    const pending = { id: newId(), text, payloadId, label: label ?? text, state: "sending" };
    this.pending.set(pending.id, pending);
    this.tell("pending", { pending });
    await this.deliver(pending);
  }

  async deliver(pending) {
    pending.state = "sending";
    this.tell("pending", { pending });
    this.isWaiting += 1;
    this.tell("waiting");
    try {
      const stored = await this.persist(pending);
      stored.messages.forEach((message) => this.add(message));
    } catch (error) {
      this.fail(pending, error);
      throw error;
    } finally {
      this.isWaiting -= 1;
      this.tell("waiting");
    }
  }

  fail(pending, error) {
    if (error.isPassing) {
      pending.state = "failed";
      this.tell("pending", { pending });
    } else {
      this.pending.delete(pending.id);
      this.tell("refused", { pending });
    }
  }

  async persist(pending) {
    const body = { client_message_id: pending.id, ...(pending.payloadId ? { payload_id: pending.payloadId } : { text: pending.text }) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.open();
        return await this.request("POST", "/messages", body);
      } catch (error) {
        if (error.status === 404 && this.kept && attempt === 1 && this.messages.size === 0) {
          this.forget();
        } else if (!error.isPassing || attempt >= ATTEMPTS) {
          throw error;
        }
        await pause(error.retryAfterS ? error.retryAfterS * 1000 : Math.min(500 * 2 ** attempt, 8000));
      }
    }
  }

  async requestStaff() {
    await this.open();
    this.handoff = (await this.request("POST", "/handoff", { reason: "asked_for" })).handoff;
    await this.refreshOwner();
  }

  async leaveQueue() {
    await this.request("DELETE", "/handoff");
    await this.refreshOwner();
  }

  async askCallback(phone, slot) {
    this.handoff = (await this.request("POST", "/callback", { slot, ...(phone ? { phone } : {}) })).handoff;
    this.tell("owner");
  }

  async rate(level, comment) {
    await this.request("POST", "/rating", { level, ...(comment ? { comment } : {}) });
  }

  async feedback(seq, useful, reason) {
    await this.request("POST", `/messages/${seq}/feedback`, { useful, ...(reason ? { reason } : {}) });
  }
}

/** Return a fresh id; `crypto.randomUUID` is missing on plain http within an intranet. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keep a conversation for this tab. */
export function keepConversation(kept) {
  remember(KEPT, JSON.stringify(kept));
}

function readKept() {
  const found = recall(KEPT);
  const kept = found ? JSON.parse(found) : null;
  return kept && (kept.account === "" || kept.account === account) ? kept : null;
}
