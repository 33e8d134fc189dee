// The widget: a conversation with the assistant and with staff. Its page gives it a server and a height.

const { Chat } = require("./core/chat.js");
const { register, unregister } = require("./core/hosts.js");
const { localeOf } = require("./core/words.js");
const device = require("./platform/device.js");
const { makeTransport } = require("./platform/transport.js");
const { Log } = require("./view/log.js");
const { panels } = require("./view/panels.js");
const { hasCall, ownerLine } = require("./view/present.js");

const NORMAL = { text: 16, most: 30, target: 44 };
const ELDER = { text: 20, most: 30, target: 60 };
const TOUCH_MS = 2000;
const LOOK_EVERY_MS = 20000;
const SCALE_OF_ELDERS = 1.25;
const MOST = 4000;

/** @type {Record<string, any> & ThisType<any>} */
const methods = {
  /** The phone slept or the person was elsewhere: no open line is to be trusted. */
  comeBack() {
    if (this.chat) {
      this.chat.conversation.wake();
      this.dress();
    }
  },

  /** The page named another installation. */
  move() {
    if (this.chat && this.chat.server !== this.data.server.replace(/\/+$/, "")) {
      this.finish();
    }
    this.start();
  },

  start() {
    if (!this.data.server || this.chat) {
      return;
    }
    const chosen = device.choices();
    const locale = this.data.locale || chosen.locale || localeOf(device.language());
    const { server, enterpriseId } = this.data;
    this.chat = new Chat(makeTransport(server), { server, locale, enterpriseId });
    this.log = new Log((change, done) => this.setData(change, done), () => ({
      words: this.chat.words, now: Date.now(), canAlert: Boolean(this.chat.account.alertTemplate && this.chat.account.actor),
    }));
    this.listen();
    this.leaveNetwork = device.onNetworkBack(() => this.chat.conversation.wake());
    this.queueClock = setInterval(() => this.chat.conversation.lookAtQueue(), LOOK_EVERY_MS);
    this.setData({ host: register(this) });
    this.dress();
    this.speak();
    this.begun = this.chat.begin().then(() => {
      this.showAccount();
      this.setData({ isReady: true });
      this.triggerEvent("ready");
    });
  },

  finish() {
    if (this.chat) {
      this.chat.stop();
      this.leaveNetwork();
      clearInterval(this.queueClock);
      unregister(this.data.host);
      this.chat = null;
    }
  },

  listen() {
    const { conversation } = this.chat;
    conversation
      .on("message", (message) => {
        this.log.add(message, message.seq <= conversation.restoredUpTo);
        this.showOlder();
        this.triggerEvent("message", { message });
      })
      .on("pending", (pending) => this.log.showPending(pending))
      .on("refused", (pending) => this.giveBack(pending))
      .on("waiting", () => this.showOwner())
      .on("owner", () => this.showOwner())
      .on("connection", (state) => this.setData({ isOffline: state !== "live" }))
      .on("trouble", (error) => this.say(error.message))
      .on("lost", () => {
        this.log.close();
        this.showOlder();
        this.say(this.chat.words.t("mp.lost"));
      });
  },

  /** Set the text's size and the targets' from the property, the person's choice and WeChat. */
  dress() {
    const chosen = device.choices().elder;
    const wish = this.data.elder === "auto" ? chosen : this.data.elder;
    const scale = device.textScale();
    const isElder = wish ? wish === "on" : scale >= SCALE_OF_ELDERS;
    const size = isElder ? ELDER : NORMAL;
    const textPx = Math.min(size.most, Math.max(size.text, Math.round(NORMAL.text * scale)));
    this.setData({ isElder, textPx, targetPx: size.target });
  },

  /** Show all words in the language of the chat. */
  speak() {
    const { words } = this.chat;
    const starters = Object.keys(words.tree.starter).sort().map((key) => words.tree.starter[key]);
    this.setData({ words: words.tree, lang: words.locale, starters });
    this.showOwner();
  },

  showOwner() {
    const { owner, handoff, waiting } = this.chat.conversation;
    const ownerText = ownerLine(owner, handoff, this.chat.words, Date.now());
    const beginsToWait = owner === "queue" && this.data.owner !== owner;
    const change = { owner, ownerText, hasCall: hasCall(handoff), isTyping: waiting > 0 && owner === "bot" };
    this.setData(change, () => beginsToWait && this.log.reveal("end"));
  },

  showAccount() {
    const { hasSignIn, actor } = this.chat.account;
    this.setData({ hasSignIn, accountName: actor ? this.chat.words.t("mp.signed_in", { name: actor.display_name }) : "" });
  },

  say(problem) {
    this.setData({ problem });
  },

  /** Do something; say what went wrong; return whether it worked. */
  async attempt(work) {
    try {
      await work();
      this.say("");
      return true;
    } catch (error) {
      this.say(error.message);
      return false;
    }
  },

  // Writing

  onText({ detail }) {
    this.data.text = detail.value;
    const tooLong = this.tooLong(detail.value.trim());
    if (tooLong || this.isToldTooLong) {
      this.isToldTooLong = Boolean(tooLong);
      this.say(tooLong);
    }
  },

  onSend() {
    const text = this.data.text.trim();
    const tooLong = this.tooLong(text);
    if (tooLong) {
      this.say(tooLong);
    } else if (text) {
      this.setData({ text: "" });
      this.send({ text });
    }
  },

  /** What is to be said of a text that is too long, "" otherwise; counted as the server does, by code points. */
  tooLong(text) {
    const count = text.length > MOST ? Array.from(text).length : 0;
    return count > MOST ? this.chat.words.t("too_long", { count, most: MOST }) : "";
  },

  onStarter({ currentTarget }) {
    this.send({ text: currentTarget.dataset.text });
  },

  async send(what) {
    this.setData({ isBusy: true });
    await this.attempt(() => this.chat.conversation.send(what));
    this.setData({ isBusy: false });
  },

  onRetry({ currentTarget }) {
    const pending = this.chat.conversation.pending.get(currentTarget.dataset.id);
    if (pending) {
      this.attempt(() => this.chat.conversation.deliver(pending));
    }
  },

  /** Give a refused text back, before what the person is writing by now. */
  giveBack(pending) {
    this.log.removePending(pending.id);
    if (pending.text) {
      this.setData({ text: this.data.text ? `${pending.text}\n${this.data.text}` : pending.text });
    }
  },

  /** Put recognised speech into the box; the page calls this. */
  dictate(text) {
    this.setData({ text: `${this.data.text}${text}` });
  },

  onVoiceStart() {
    this.triggerEvent("voicestart", { locale: this.chat.words.locale });
  },

  onVoiceEnd() {
    this.triggerEvent("voiceend");
  },

  // The log

  showOlder() {
    const hasOlder = this.chat.conversation.first > 1;
    if (hasOlder !== this.data.hasOlder) {
      this.setData({ hasOlder });
    }
  },

  async onOlder() {
    if (this.data.hasOlder && !this.isReadingBack) {
      this.isReadingBack = true;
      await this.attempt(async () => this.log.prepend(await this.chat.conversation.older()));
      this.showOlder();
      this.isReadingBack = false;
    }
  },

  onTouch() {
    this.touchedAt = Date.now();
  },

  /** Scrolling up by hand means reading back; what the widget scrolls itself does not. */
  onScroll({ detail }) {
    if (detail.deltaY > 0 && Date.now() - (this.touchedAt || 0) < TOUCH_MS) {
      this.log.isReadingBack = true;
    }
  },

  onScrolledDown() {
    this.log.isReadingBack = false;
  },

  // What the parts of a message ask of their host

  choose(choice) {
    return this.send({ payloadId: choice.payload_id, label: choice.label });
  },

  async copyText(text) {
    if (await device.copy(text)) {
      wx.showToast({ title: this.chat.words.t("tools.copied"), icon: "none" });
    }
  },

  async openHref(href) {
    const url = href.startsWith("/") ? `${this.chat.server}${href}` : href;
    this.triggerEvent("link", { url });
    if (await device.copy(url)) {
      wx.showToast({ title: this.chat.words.t("mp.link_copied"), icon: "none" });
    }
  },

  async openFile(block) {
    wx.showToast({ title: this.chat.words.t("mp.opening"), icon: "none" });
    const url = `${this.chat.server}${block.href}`;
    if (!(await device.openFile(url, this.chat.api.headers(""), block.name))) {
      this.say(this.chat.words.t("mp.file_failed"));
    }
  },

  async allowAlert(filingId) {
    const { account, words } = this.chat;
    const isAllowed = await device.askForAlert(account.alertTemplate);
    if (isAllowed) {
      await this.chat.permitAlert(filingId);
    }
    return words.t(isAllowed ? "mp.alert_kept" : "mp.alert_refused");
  },
};

Component({
  options: { multipleSlots: false },
  properties: {
    /** Address of the installation, such as https://service.example.gov.cn. */
    server: { type: String, value: "" },
    /** "zh-CN", "en", or "" to follow WeChat. */
    locale: { type: String, value: "" },
    /** "on", "off", or "auto": as the person chose here, else as large as WeChat's own text. */
    elder: { type: String, value: "auto" },
    /** The enterprise for which the person acts, where the page knows it. */
    enterpriseId: { type: String, value: "" },
    /** Whether the page turns speech into text: see the events voicestart and voiceend, and dictate(). */
    hasVoice: { type: Boolean, value: false },
  },
  data: {
    host: 0, words: {}, lang: "zh-CN", languages: [], isElder: false, textPx: NORMAL.text, targetPx: NORMAL.target,
    messages: [], pending: [], settled: {}, lastMine: 0, anchor: "", starters: [],
    hasOlder: false, isHushed: false, owner: "bot", ownerText: "", hasCall: false, isOffline: false, isTyping: false, isBusy: false, problem: "", text: "",
    panel: "", resume: null, resumeText: "", hasSignIn: false, accountName: "", isReady: false,
  },
  lifetimes: {
    attached() {
      this.start();
    },
    detached() {
      this.finish();
    },
  },
  pageLifetimes: {
    show() {
      this.comeBack();
    },
  },
  observers: {
    server() {
      this.move();
    },
    elder() {
      this.dress();
    },
  },
  methods: Object.assign(methods, panels),
});
