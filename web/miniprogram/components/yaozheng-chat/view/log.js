// The messages of the log: in order, in batches, those on their way at the end, and what is still open to answer.

const { present } = require("./present.js");

const BATCH_MS = 16;
const HUSH_MS = 1000;
const PAST = 10 ** 8; // numbers of a conversation that is over stand below those of the next one

class Log {
  /** @param {(change: Record<string, any>, done?: () => void) => void} setData @param {() => any} context */
  constructor(setData, context) {
    this.setData = setData;
    this.context = context;
    this.clear();
  }

  clear() {
    /** @type {any[]} */
    this.shown = [];
    this.fresh = [];
    this.pending = [];
    this.settled = {};
    this.lastMine = 0;
    this.isReadingBack = false;
    clearTimeout(this.timer);
    this.timer = null;
  }

  /** Add a message; `isOld` ones are history, whose end is shown. */
  add(message, isOld) {
    this.fresh.push({ message, isOld });
    if (message.role === "applicant") {
      this.lastMine = Math.max(this.lastMine, message.seq);
      this.isReadingBack = false;
    }
    this.pending = this.pending.filter((one) => one.id !== message.client_message_id);
    this.timer = this.timer || setTimeout(() => this.flush(), BATCH_MS);
  }

  flush() {
    this.timer = null;
    const batch = this.fresh.splice(0).sort((a, b) => a.message.seq - b.message.seq);
    if (!batch.length) {
      return;
    }
    const views = batch.map(({ message }) => present(message, this.context()));
    const last = this.shown.length ? this.shown[this.shown.length - 1].seq : 0;
    const change = { lastMine: this.lastMine, pending: this.pending, settled: this.settle(views) };
    if (views[0].seq > last) {
      views.forEach((view, at) => { change[`messages[${this.shown.length + at}]`] = view; });
      this.shown.push(...views);
    } else {
      this.shown = [...this.shown, ...views].sort((a, b) => a.seq - b.seq);
      change.messages = this.shown;
    }
    const isOld = batch.every((one) => one.isOld);
    if (isOld) {
      this.hush();
    }
    this.setData(change, () => this.reveal(isOld ? "end" : this.firstOfReply(views)));
  }

  /** Put earlier messages above all others; the one that stood first stays in sight. */
  prepend(messages) {
    const views = messages.map((message) => present(message, this.context()));
    const first = this.shown.length ? this.shown[0].id : "end";
    this.hush();
    this.shown = [...views, ...this.shown];
    this.setData({ messages: this.shown, settled: this.settle(views), anchor: "" }, () => this.setData({ anchor: first }));
  }

  /** The conversation is over: it stays to be read, the next one stands below it. */
  close() {
    this.shown = this.shown.map((view) => Object.assign({}, view, {
      seq: view.seq - PAST, id: `${view.id}-past`, choices: [], canJudge: false, canRate: false, assist: null, alertFor: "",
    }));
    this.lastMine = 0;
    this.setData({ messages: this.shown, lastMine: 0 });
  }

  /** History is not read out as if it were said now. */
  hush() {
    clearTimeout(this.hushed);
    this.setData({ isHushed: true });
    this.hushed = setTimeout(() => this.setData({ isHushed: false }), HUSH_MS);
  }

  /** What earlier messages of an assisted session asked and a later one has settled. */
  settle(views) {
    views.forEach(({ assist }) => {
      if (assist && assist.state === "active") {
        this.settled[assist.key] = true;
      }
      if (assist && assist.state === "ended") {
        [...this.shown, ...views].forEach((one) => { if (one.assist) { this.settled[one.assist.key] = true; } });
      }
    });
    return this.settled;
  }

  /** The place where the reply begins that a batch brought or went on with. */
  firstOfReply(views) {
    const last = views[views.length - 1];
    if (last.isMine) {
      return last.id;
    }
    let at = this.shown.findIndex((one) => one.seq === last.seq);
    const mayGoBackTo = (one) => !one.isMine && (views.indexOf(one) >= 0 || (last.role === "assistant" && one.role === "assistant"));
    while (at > 0 && mayGoBackTo(this.shown[at - 1])) {
      at -= 1;
    }
    return this.shown[at].id;
  }

  /** Bring a place in sight, unless the person reads back. */
  reveal(place) {
    if (!this.isReadingBack) {
      this.setData({ anchor: "" }, () => this.setData({ anchor: place }));
    }
  }

  showPending({ id, label, state }) {
    const text = this.context().words.t(`sending.${state}`);
    const others = this.pending.filter((one) => one.id !== id);
    this.pending = [...others, { id, label, state, text }];
    this.isReadingBack = false;
    this.setData({ pending: this.pending }, () => this.reveal("end"));
  }

  removePending(id) {
    this.pending = this.pending.filter((one) => one.id !== id);
    this.setData({ pending: this.pending });
  }

  /** Show everything anew, in another language. @param {any[]} messages */
  redraw(messages) {
    const past = this.shown.filter((view) => view.seq < 0);
    const now = [...messages].sort((a, b) => a.seq - b.seq).map((one) => present(one, this.context()));
    this.hush();
    this.shown = [...past, ...now];
    this.pending = this.pending.map((one) => Object.assign({}, one, {
      text: this.context().words.t(`sending.${one.state}`) }));
    this.setData({ messages: this.shown, pending: this.pending });
  }
}

module.exports = { Log };
