// A conversation as the phone holds it: opened when it is first needed, restored after a restart, followed live.
//
// 1. `restore` takes up what the store holds: the conversation, of a long one the end alone, and messages that were
//    on their way. `older` reads further back.
// 2. `send` shows a message at once and posts it under its own id, again and again until it is stored or refused; the
//    next one waits for that, so that their order is kept. None is given up while the line is down, and it goes as soon
//    as the line is there again.
// 3. The feed brings every message. `after` is the number up to which none is missing; one that is known already is
//    not shown again, and a gap is filled by a plain read.

const { ApiError } = require("./api.js");
const { Feed } = require("./feed.js");

const CHANNEL = "miniprogram";
const ATTEMPTS = 6;
const LONGEST_PAUSE_MS = 8000;
const TICKET_MS = 10000;
const PAGE = 40;

class Conversation {
  /** @param {any} transport @param {import("./api.js").Api} api @param {string} storeKey */
  constructor(transport, api, storeKey) {
    this.transport = transport;
    this.api = api;
    this.storeKey = storeKey;
    this.unsentKey = `${storeKey}.unsent`;
    this.listeners = {};
    this.kept = transport.store.get(storeKey) || null;
    this.enterpriseId = "";
    this.begin();
  }

  begin() {
    this.messages = new Map();
    this.pending = new Map();
    this.queue = [];
    this.line = "";
    /** @type {((value?: any) => void)[]} */
    this.resting = [];
    this.after = 0;
    this.first = 1;
    this.restoredUpTo = 0;
    this.isBegun = false;
    this.owner = "bot";
    this.handoff = null;
    this.opening = null;
    this.waiting = 0;
  }

  /** Hear of "message", "pending", "refused", "waiting", "connection", "owner", "trouble", "lost". */
  on(type, listener) {
    this.listeners[type] = listener;
    return this;
  }

  tell(type, detail) {
    const listener = this.listeners[type];
    if (listener) {
      listener(detail);
    }
  }

  /** Tell of a failure that will not pass; of a passing one the connection's state tells. */
  tellLasting(error) {
    if (!error.isPassing) {
      this.tell("trouble", error);
    }
  }

  /** Take up the kept conversation, if there is one that still opens, and what was on its way. */
  async restore() {
    const unsent = this.transport.store.get(this.unsentKey) || [];
    try {
      await this.change({ locale: this.api.words().locale });
      await this.lookBack();
    } catch (error) {
      if (!error.isPassing) {
        this.lose();
      }
    }
    if (this.kept) {
      this.follow();
    }
    unsent.forEach((one) => this.send(one).catch((error) => this.tell("trouble", error)));
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
    this.first = messages.length ? messages[0].seq : 1;
    messages.forEach((message) => this.messages.set(message.seq, message));
    return messages;
  }

  /** Return all messages; those that are not shown are read for this and not kept. */
  async whole() {
    if (this.first <= 1) {
      return [...this.messages.values()].sort((one, other) => one.seq - other.seq);
    }
    const found = [];
    for (let page = [{ seq: 0 }]; this.kept && page.length; found.push(...page)) {
      page = (await this.request("GET", `/messages?after=${page[page.length - 1].seq}`)).messages;
    }
    return found;
  }

  keep(kept) {
    this.kept = kept;
    this.transport.store.set(this.storeKey, kept);
  }

  keepPending() {
    const unsent = [...this.pending.values()];
    if (unsent.length) {
      this.transport.store.set(this.unsentKey, unsent);
    } else {
      this.transport.store.remove(this.unsentKey);
    }
  }

  forget() {
    this.kept = null;
    this.transport.store.remove(this.storeKey);
  }

  /** Leave this conversation; the next message opens a new one. */
  leave() {
    this.stop();
    this.forget();
    this.letOthersGo();
    this.begin();
    this.keepPending();
    this.tell("owner");
  }

  /** The conversation is not this person's any more: what is unsent is given back, the next message opens another. */
  lose() {
    const unsent = [...this.pending.values()];
    this.leave();
    this.tell("lost");
    unsent.forEach((pending) => this.tell("refused", pending));
  }

  stop() {
    if (this.feed) {
      this.feed.stop();
      this.feed = null;
    }
  }

  /** After a sleep, or when the network is back. */
  wake() {
    this.goOn();
    if (this.feed) {
      this.feed.wake();
      this.refreshOwner().catch((error) => this.tellLasting(error));
    }
  }

  /** Return the open conversation, opening one where there is none. */
  open() {
    if (this.kept) {
      return Promise.resolve(this.kept);
    }
    if (!this.opening) {
      const done = () => { this.opening = null; };
      this.opening = this.openNew();
      this.opening.then(done, done);
    }
    return this.opening;
  }

  async openNew() {
    const body = { channel: CHANNEL, locale: this.api.words().locale };
    if (this.enterpriseId) {
      body.enterprise_id = this.enterpriseId;
    }
    const made = await this.api.call("POST", "/conversations", { body });
    this.keep({ id: made.conversation_id, token: made.token });
    this.isBegun = true;
    this.follow();
    return this.kept;
  }

  path(rest) {
    return `/conversations/${this.kept.id}${rest}`;
  }

  request(method, rest, body) {
    return this.api.call(method, this.path(rest), { body, token: this.kept.token });
  }

  /** Change the language, or take the conversation along after signing in. */
  async change(body) {
    if (this.kept) {
      await this.request("POST", "", body); // mini-programs know no PATCH
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
    this.stop();
    this.feed = new Feed(this.transport, {
      ticket: () => this.ticket(),
      streamPath: (ticket) => this.path(`/stream?after=${this.after}&ticket=${encodeURIComponent(ticket)}`),
      poll: (waitS, hold) => this.poll(waitS, hold),
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
    this.tell("connection", state);
  }

  /** What waited to be sent again goes now. */
  goOn() {
    this.resting.splice(0).forEach((end) => end());
  }

  async ticket() {
    await this.lookBack();
    const asked = { token: this.kept.token, timeoutMs: TICKET_MS };
    return (await this.api.call("POST", this.path("/tickets"), asked)).ticket;
  }

  async poll(waitS, hold) {
    await this.lookBack();
    const path = this.path(`/messages?after=${this.after}&wait=${waitS}`);
    const timeoutMs = (waitS + 15) * 1000;
    const found = await this.api.call("GET", path, { token: this.kept.token, timeoutMs, hold });
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
    if (this.messages.has(message.seq) || message.seq < this.first) {
      return false;
    }
    this.messages.set(message.seq, message);
    while (this.messages.has(this.after + 1)) {
      this.after += 1;
    }
    this.settle(message.client_message_id);
    this.tell("message", message);
    if (message.seq > this.restoredUpTo && (message.handoff || message.role === "system")) {
      this.refreshOwner().catch((error) => this.tellLasting(error));
    }
    return true;
  }

  /** A message is on its way no more. */
  settle(id) {
    if (this.pending.delete(id)) {
      this.keepPending();
      this.letOthersGo();
    }
  }

  /** Send a text or a button. Resolves when it is stored; rejects with what the person can mend. */
  async send({ id, text, payloadId, label }) {
    const pending = { id: id || newId(this.transport.now()), text, payloadId, label: label || text, state: "sending" };
    this.pending.set(pending.id, pending);
    this.keepPending();
    await this.deliver(pending);
  }

  async deliver(pending) {
    pending.state = "sending";
    this.tell("pending", pending);
    this.waiting += 1;
    this.tell("waiting");
    try {
      const stored = await this.persist(pending);
      stored.messages.forEach((message) => this.add(message));
      this.settle(pending.id);
    } catch (error) {
      this.fail(pending, error);
      throw error;
    } finally {
      this.waiting = Math.max(0, this.waiting - 1);
      this.tell("waiting");
    }
  }

  fail(pending, error) {
    if (!this.pending.has(pending.id)) {
      return;
    }
    if (error.isPassing) {
      pending.state = "failed";
      this.letOthersGo();
      this.tell("pending", pending);
    } else {
      this.settle(pending.id);
      this.tell("refused", pending);
    }
  }

  /** Wait until every message before this one is stored, refused or given up. */
  async queueUp(pending) {
    const isFirst = () => [...this.pending.values()].find((one) => one.state === "sending") === pending;
    while (this.pending.has(pending.id) && !isFirst()) {
      await new Promise((resolve) => { this.queue.push(resolve); });
    }
  }

  letOthersGo() {
    this.queue.splice(0).forEach((goOn) => goOn());
  }

  async persist(pending) {
    const body = { client_message_id: pending.id };
    Object.assign(body, pending.payloadId ? { payload_id: pending.payloadId } : { text: pending.text });
    const own = this.pending;
    await this.queueUp(pending);
    for (let attempt = 1; ; attempt += 1) {
      if (this.pending !== own) {
        throw new ApiError(404, this.api.words().t("mp.lost"));
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
          throw new ApiError(404, this.api.words().t("mp.lost"));
        }
        if (!(error instanceof ApiError) || !error.isPassing || (attempt >= ATTEMPTS && this.line !== "offline")) {
          throw error;
        }
        await this.rest(error, attempt);
      }
    }
  }

  /** Wait before the next attempt: as long as the server asks, else until the network is back or some seconds. */
  rest({ retryAfterS }, attempt) {
    if (retryAfterS) {
      return this.transport.later(retryAfterS * 1000).done;
    }
    const paused = this.transport.later(Math.min(500 * 2 ** attempt, LONGEST_PAUSE_MS)).done;
    return Promise.race([paused, new Promise((end) => { this.resting.push(end); })]);
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
    this.handoff = (await this.request("POST", "/callback", phone ? { slot, phone } : { slot })).handoff;
    this.tell("owner");
  }

  /** Look for the place in the queue anew, while there is one. */
  lookAtQueue() {
    if (this.kept && this.owner === "queue") {
      this.refreshOwner().catch((error) => this.tellLasting(error));
    }
  }

  async rate(level, comment) {
    await this.request("POST", "/rating", comment ? { level, comment } : { level });
  }

  async feedback(seq, useful, reason) {
    await this.request("POST", `/messages/${seq}/feedback`, reason ? { useful, reason } : { useful });
  }

  /** A code with which a computer goes on. */
  async resumeCode() {
    await this.open();
    return this.request("POST", "/resume-codes", {});
  }
}

/** Return a fresh id; all it does is tell one message of a conversation from another. @param {number} now */
function newId(now) {
  const part = () => Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, "0");
  return `${now.toString(16)}${part()}${part()}`;
}

module.exports = { Conversation, newId };
