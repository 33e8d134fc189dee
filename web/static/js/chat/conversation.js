// A conversation as the browser holds it: opened when it is first needed, restored in the same tab, followed live.
//
// 1. `restore` takes up what sessionStorage holds: the conversation, of a long one the end alone, and messages that
//    were on their way; a signed-in person takes an anonymous conversation along. `older` reads further back.
// 2. `send` shows the message at once and posts it with its own id, again and again until it is stored or refused;
//    the next one waits for that, so that their order is kept. None is given up while the line is down, and it goes
//    as soon as the line is there again.
// 3. The feed brings every message. `after` is the number up to which none is missing; one that is known already is
//    not shown again, and a gap is filled by a plain read.

import { ApiError, call, pause } from "../core/api.js";
import { Feed } from "../core/feed.js";
import { API, account, channel, locale, t } from "../core/page.js";
import { recall, remember } from "../core/store.js";

const KEPT = "yaozheng.conversation";
const UNSENT = "yaozheng.unsent";
const ATTEMPTS = 6;
const PAGE = 40;

export class Conversation extends EventTarget {
  constructor() {
    super();
    this.enterpriseId = "";
    this.opening = null;
    this.isWaiting = 0;
    this.kept = ours(KEPT);
    this.begin();
  }

  begin() {
    this.seen = new Set();
    this.pending = new Map();
    this.queue = [];
    this.line = "";
    this.resting = [];
    this.after = 0;
    this.first = 1;
    this.restoredUpTo = 0;
    this.isBegun = false;
    this.owner = "bot";
    this.handoff = null;
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Take up the tab's conversation, if there is one that still is this person's, and what was on its way. */
  async restore() {
    const unsent = ours(UNSENT)?.messages ?? [];
    try {
      if (this.kept && (this.kept.account !== account || this.kept.locale !== locale)) {
        await this.change({ locale });
        this.keep({ ...this.kept, account, locale });
      }
      await this.lookBack();
    } catch (error) {
      if (!error.isPassing) {
        this.lose();
      }
    }
    if (this.kept) {
      this.follow();
    }
    unsent.forEach((one) => this.send(one).catch((error) => this.tell("trouble", { error })));
  }

  /** Learn how long the conversation is: of a long one only the end is read. */
  async lookBack() {
    if (this.kept && !this.isBegun) {
      this.restoredUpTo = (await this.refreshOwner()).last_seq;
      this.after = Math.max(0, this.restoredUpTo - PAGE);
      this.first = this.after + 1;
      this.isBegun = true;
    }
  }

  /** Read a page further back; return its messages. */
  async older() {
    const { messages } = await this.request("GET", `/messages?before=${this.first}&limit=${PAGE}`);
    this.first = messages[0]?.seq ?? 1;
    messages.forEach(({ seq }) => this.seen.add(seq));
    return messages;
  }

  keep(kept) {
    this.kept = kept;
    keepConversation(kept);
  }

  forget() {
    this.kept = null;
    remember(KEPT, null);
  }

  keepPending() {
    remember(UNSENT, this.pending.size ? JSON.stringify({ account, messages: [...this.pending.values()] }) : null);
  }

  /** The conversation is not this person's any more: what is unsent is given back, the next message opens another. */
  lose() {
    const unsent = [...this.pending.values()];
    this.feed?.stop();
    this.forget();
    this.leaveQueueOfSends();
    this.begin();
    this.keepPending();
    this.tell("lost");
    unsent.forEach((pending) => this.tell("refused", { pending }));
    this.tell("owner");
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
    this.isBegun = true;
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
      ticket: async () => {
        await this.lookBack();
        return (await this.request("POST", "/tickets")).ticket;
      },
      streamPath: (ticket) => this.path(`/stream?after=${this.after}&ticket=${encodeURIComponent(ticket)}`),
      poll: (waitS, signal) => this.poll(waitS, signal),
      take: (message) => this.arrive(message),
      lost: () => this.lose(),
    }, (state) => this.hearLine(state));
    this.feed.start();
  }

  hearLine(state) {
    if (state === "live" && this.line === "offline") {
      this.goOn();
    }
    this.line = state;
    this.tell("connection", { state });
  }

  /** The network is back: what waited to be sent again goes now. */
  goOn() {
    this.resting.splice(0).forEach((end) => end());
  }

  async poll(waitS, signal) {
    await this.lookBack();
    const found = await call("GET", this.path(`/messages?after=${this.after}&wait=${waitS}`), { token: this.kept.token, signal });
    return found.messages.sort((one, other) => one.seq - other.seq).filter((message) => this.add(message)).length;
  }

  /** Take a message of the line; where one before it is missing, read that plainly. */
  arrive(message) {
    this.add(message);
    if (message.seq > this.after) {
      this.feed.hasLost();
    }
  }

  /** Show a message unless it is shown already; return whether it was new. */
  add(message) {
    if (this.seen.has(message.seq) || message.seq < this.first) {
      return false;
    }
    this.seen.add(message.seq);
    while (this.seen.has(this.after + 1)) {
      this.after += 1;
    }
    this.settle(message.client_message_id);
    this.tell("message", { message });
    if (message.seq > this.restoredUpTo && (message.handoff || message.kind === "handoff" || message.role === "system")) {
      this.refreshOwner().catch((error) => this.tell("trouble", { error }));
    }
    return true;
  }

  /** A message is on its way no more. */
  settle(id) {
    if (this.pending.delete(id)) {
      this.keepPending();
      this.leaveQueueOfSends();
    }
  }

  /** Send a text or a button. Resolves when it is stored; rejects with what the person can mend. */
  async send({ id, text, payloadId, label }) {
    const pending = { id: id ?? newId(), text, payloadId, label: label ?? text, state: "sending" };
    this.pending.set(pending.id, pending);
    this.keepPending();
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
      this.settle(pending.id);
    } catch (error) {
      this.fail(pending, error);
      throw error;
    } finally {
      this.isWaiting -= 1;
      this.tell("waiting");
    }
  }

  fail(pending, error) {
    if (!this.pending.has(pending.id)) {
      return;
    }
    if (error.isPassing) {
      pending.state = "failed";
      this.leaveQueueOfSends();
      this.tell("pending", { pending });
    } else {
      this.settle(pending.id);
      this.tell("refused", { pending });
    }
  }

  /** Wait until every message before this one is stored, refused or given up. */
  async queueUp(pending) {
    const isFirst = () => [...this.pending.values()].find((one) => one.state === "sending") === pending;
    while (this.pending.has(pending.id) && !isFirst()) {
      await new Promise((resolve) => { this.queue.push(resolve); });
    }
  }

  leaveQueueOfSends() {
    this.queue.splice(0).forEach((goOn) => goOn());
  }

  async persist(pending) {
    const body = { client_message_id: pending.id, ...(pending.payloadId ? { payload_id: pending.payloadId } : { text: pending.text }) };
    const own = this.pending;
    await this.queueUp(pending);
    for (let attempt = 1; ; attempt += 1) {
      if (this.pending !== own) {
        throw new ApiError(404, t("conversation_lost"));
      }
      if (!own.has(pending.id)) {
        return { messages: [] };
      }
      try {
        await this.open();
        return await this.request("POST", "/messages", body);
      } catch (error) {
        if (error.status === 404 && this.kept) {
          this.lose();
          throw new ApiError(404, t("conversation_lost"));
        }
        if (!error.isPassing || (attempt >= ATTEMPTS && this.line !== "offline")) {
          throw error;
        }
        await this.rest(error, attempt);
      }
    }
  }

  /** Wait before the next attempt: as long as the server asks, else until the network is back or some seconds. */
  rest({ retryAfterS }, attempt) {
    if (retryAfterS) {
      return pause(retryAfterS * 1000);
    }
    return Promise.race([pause(Math.min(500 * 2 ** attempt, 8000)), new Promise((end) => { this.resting.push(end); })]);
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

  /** Return why an answer is as it is. */
  async reasons(seq) {
    return this.request("GET", `/messages/${seq}/reasons`);
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

/** What the tab remembers under a name, unless it is another account's. */
function ours(name) {
  const found = JSON.parse(recall(name) ?? "null");
  return found && (found.account === "" || found.account === account) ? found : null;
}
