// A server in memory behind the transport of core/api.js, and time that tests move by hand.

/** Let promises that wait for nothing but one another go on. */
async function settle() {
  for (let turn = 0; turn < 40; turn += 1) {
    await Promise.resolve();
  }
}

class Wire {
  constructor() {
    this.clock = 1_790_000_000_000;
    this.timers = [];
    this.stored = new Map();
    this.log = []; // the conversation's messages
    this.asked = []; // "METHOD path" of every request
    this.sockets = [];
    this.isDown = false;
    this.refusesSockets = false;
    this.answers = []; // what comes before what it would say itself
    this.owner = "bot";
    this.loginCode = "code-1";
    this.polls = [];
  }

  /** The transport. */
  transport() {
    return {
      now: () => this.clock,
      later: (ms) => this.later(ms),
      request: (asked) => this.request(asked),
      socket: (path) => this.openSocket(path),
      upload: ({ path, headers }) => this.answer({ method: "UPLOAD", path, headers }),
      store: {
        get: (key) => { const text = this.stored.get(key); return text && JSON.parse(text); },
        set: (key, value) => this.stored.set(key, JSON.stringify(value)),
        remove: (key) => this.stored.delete(key),
      },
      code: async () => this.loginCode,
    };
  }

  later(ms) {
    let finish;
    const done = new Promise((resolve) => { finish = resolve; });
    const timer = { at: this.clock + ms, finish };
    this.timers.push(timer);
    return { done, cancel: () => { this.timers = this.timers.filter((one) => one !== timer); finish(false); } };
  }

  /** Let time pass. */
  async pass(ms) {
    const until = this.clock + ms;
    for (;;) {
      await settle();
      const next = this.timers.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) {
        break;
      }
      this.clock = Math.max(this.clock, next.at);
      this.timers = this.timers.filter((one) => one !== next);
      next.finish(true);
    }
    this.clock = until;
    await settle();
  }

  request(asked) {
    let resolve;
    const done = new Promise((found) => { resolve = found; });
    const isPoll = /wait=(?!0)/.test(asked.path);
    if (isPoll && !this.isDown) {
      this.asked.push(`${asked.method} ${asked.path}`);
      const poll = { after: Number(/after=(\d+)/.exec(asked.path)[1]), resolve };
      this.polls.push(poll);
      this.deliver();
    } else {
      this.answer(asked).then(resolve);
    }
    return { done, abort: () => resolve({ status: 0, headers: {}, body: null }) };
  }

  async answer(asked) {
    this.asked.push(`${asked.method} ${asked.path}`);
    this.last = asked;
    if (this.isDown) {
      return { status: 0, headers: {}, body: null };
    }
    const given = this.answers.shift();
    if (given) {
      return { status: 200, headers: {}, body: {}, ...given };
    }
    return { status: 200, headers: {}, body: this.body(asked) };
  }

  body({ method, path, body }) {
    const rest = path.replace(/^\/conversations\/conv-1/, "");
    if (method === "POST" && path === "/conversations") {
      return { conversation_id: "conv-1", token: "token-1" };
    }
    if (rest === "/tickets") {
      return { ticket: "ticket-1" };
    }
    if (method === "POST" && rest === "/messages") {
      return { messages: this.take(body) };
    }
    if (rest.startsWith("/messages?before")) {
      const [, before, limit] = /before=(\d+)&limit=(\d+)/.exec(rest);
      return { messages: this.log.filter((one) => one.seq < before).slice(-limit) };
    }
    if (rest.startsWith("/messages")) {
      return { messages: this.after(Number(/after=(\d+)/.exec(rest)[1])) };
    }
    return { conversation: { owner: this.owner, last_seq: this.log.length }, handoff: null };
  }

  /** Store a message once and answer it. */
  take({ client_message_id, text }) {
    const known = this.log.find((one) => one.client_message_id === client_message_id);
    if (!known) {
      this.write({ role: "applicant", text, client_message_id });
      this.write({ role: "assistant", text: `re: ${text}` });
    }
    const at = this.log.findIndex((one) => one.client_message_id === client_message_id);
    return this.log.slice(at, at + 2);
  }

  /** Somebody writes. */
  write(message) {
    this.log.push({ seq: this.log.length + 1, at: "2026-09-21T10:00:00+08:00", kind: "text", blocks: [], ...message });
    this.deliver();
  }

  after(seq) {
    return this.log.filter((one) => one.seq > seq);
  }

  deliver() {
    this.sockets.filter((one) => one.isOpen && !one.isDead).forEach((one) => {
      this.after(one.seq).forEach((message) => { one.seq = message.seq; one.socket.onMessage(JSON.stringify(message)); });
    });
    this.polls = this.polls.filter(({ after, resolve }) => {
      const found = this.after(after);
      if (found.length) {
        resolve({ status: 200, headers: {}, body: { messages: found } });
      }
      return !found.length;
    });
  }

  openSocket(path) {
    const line = { path, seq: Number(/after=(\d+)/.exec(path)[1]), isOpen: false, isDead: false };
    const close = () => { if (!line.isClosed) { line.isClosed = true; line.isOpen = false; Promise.resolve().then(() => line.socket.onClose()); } };
    line.socket = { onOpen() {}, onMessage() {}, onClose() {}, close };
    this.sockets.push(line);
    Promise.resolve().then(() => {
      if (this.isDown || this.refusesSockets) {
        close();
      } else {
        line.isOpen = true;
        line.socket.onOpen();
        this.deliver();
      }
    });
    return line.socket;
  }

  openSockets() {
    return this.sockets.filter((one) => one.isOpen);
  }
}

module.exports = { Wire, settle };
