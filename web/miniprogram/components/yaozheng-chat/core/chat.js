// Joins the API, the account, the conversation and the words of one widget. Free of `wx`: tests drive it as it is.

const { Account } = require("./account.js");
const { Api, ApiError } = require("./api.js");
const { Conversation } = require("./conversation.js");
const { Words } = require("./words.js");

const STORE = "yaozheng.";

class Chat {
  /** @param {any} transport @param {{server: string, locale: string, enterpriseId?: string}} options */
  constructor(transport, { server, locale, enterpriseId }) {
    this.transport = transport;
    this.server = server.replace(/\/+$/, "");
    this.words = new Words(locale);
    this.api = new Api(transport, () => this.words);
    this.account = new Account(transport, this.api);
    this.conversation = new Conversation(transport, this.api, `${STORE}${this.server}`);
    this.conversation.enterpriseId = enterpriseId || "";
  }

  /** Sign in where that is possible, then take up what was kept. */
  async begin() {
    try {
      await this.account.begin();
    } catch (error) {
      this.conversation.tell("trouble", error);
    }
    await this.conversation.restore();
  }

  async setLocale(locale) {
    this.words = new Words(locale);
    await this.conversation.change({ locale: this.words.locale });
  }

  async link(login, password) {
    await this.account.link(login, password);
    await this.conversation.change({});
  }

  /** Save one field of a filing. @param {any} block @param {any} value */
  async saveField(block, value) {
    const path = `/filings/${block.filing_id}/fields/${encodeURIComponent(block.key)}`;
    this.checked(await this.api.call("PUT", path, { body: { value, locale: this.words.locale } }));
  }

  /** Attach files to a field, one after the other. @param {any} block @param {any[]} files @param {(n: number) => void} onFile */
  async attach(block, files, onFile) {
    const path = `/filings/${block.filing_id}/files?field=${encodeURIComponent(block.key)}`;
    for (let at = 0; at < files.length; at += 1) {
      onFile(at + 1);
      this.checked(await this.api.upload(path, files[at]));
    }
  }

  /** Answer what an officer asked; return what was not taken, in words. */
  async answerAssist(path, accepted) {
    const { rejected } = await this.api.call("POST", path, { body: { accepted } });
    return rejected ? rejected.message : "";
  }

  async permitAlert(filingId) {
    await this.api.call("POST", "/miniprogram/alerts", { body: { filing_id: filingId } });
  }

  /** Refuse what the server refused: its answer carries the reason in the person's language. */
  checked(answer) {
    if (answer.rejected) {
      throw new ApiError(422, answer.rejected.message, { code: answer.rejected.code });
    }
  }

  stop() {
    this.conversation.stop();
  }
}

module.exports = { Chat };
