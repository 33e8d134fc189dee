// The head of the widget and what opens from it; methods of the root component.

const { inChina, languages } = require("../core/words.js");
const device = require("../platform/device.js");
const { transcript } = require("./present.js");

/** @type {Record<string, any> & ThisType<any>} */
const panels = {
  async onStaff() {
    this.setData({ isBusy: true });
    await this.attempt(() => this.chat.conversation.requestStaff());
    this.setData({ isBusy: false });
  },

  onElder() {
    const isElder = !this.data.isElder;
    device.keepChoice({ elder: isElder ? "on" : "off" });
    this.setData({ elder: "auto" });
    this.dress();
    this.triggerEvent("elder", { isElder });
  },

  openLanguages() {
    this.setData({ panel: "languages", languages: languages() });
  },

  async onLanguage(event) {
    const { locale } = event.currentTarget.dataset;
    this.closePanel();
    device.keepChoice({ locale });
    await this.attempt(() => this.chat.setLocale(locale));
    this.speak();
    this.showAccount();
    this.log.redraw([...this.chat.conversation.messages.values()]);
    this.triggerEvent("locale", { locale });
  },

  openMenu() {
    this.setData({ panel: "menu" });
  },

  closePanel() {
    this.setData({ panel: "", resume: null });
  },

  onNew() {
    this.chat.conversation.leave();
    this.log.clear();
    this.showOlder();
    this.setData({ messages: [], pending: [], settled: {}, lastMine: 0 });
    this.say("");
    this.closePanel();
  },

  async onTranscript() {
    await this.attempt(() => this.copyTranscript());
    this.closePanel();
  },

  async copyTranscript() {
    const messages = await this.chat.conversation.whole();
    const now = inChina(Date.now());
    await this.copyText(transcript(messages, this.chat.words, Date.now(), `${this.chat.words.date(now.day)} ${now.time}`));
  },

  async onResume() {
    const isDone = await this.attempt(async () => {
      const resume = await this.chat.conversation.resumeCode();
      this.setData({ panel: "resume", resume, resumeText: this.chat.words.t("mp.resume", { page: resume.page }) });
    });
    if (!isDone) {
      this.closePanel();
    }
  },

  onCopyResume() {
    this.copyText(this.data.resume.url);
  },

  openAccount() {
    this.setData({ panel: "account" });
  },

  async linkAccount(login, password) {
    await this.chat.link(login, password);
    this.showAccount();
    this.closePanel();
    this.triggerEvent("signin");
  },

  async onUnlink() {
    if (await this.attempt(() => this.chat.account.unlink())) {
      this.say(this.chat.words.t("mp.unlinked"));
    }
    this.showAccount();
    this.closePanel();
  },
};

module.exports = { panels };
