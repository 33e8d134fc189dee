// Who the person is, if the installation knows them: signed in by WeChat's code, an account bound once.

class Account {
  /** @param {any} transport @param {import("./api.js").Api} api */
  constructor(transport, api) {
    this.transport = transport;
    this.api = api;
    this.hasSignIn = false;
    this.alertTemplate = "";
    /** @type {null | {display_name: string}} */
    this.actor = null;
    api.renew = () => this.renew();
  }

  /** Ask what the installation offers, and sign in whoever has bound an account. */
  async begin() {
    const found = await this.api.call("GET", "/miniprogram");
    this.hasSignIn = found.has_sign_in;
    this.alertTemplate = found.alert_template;
    return this.hasSignIn ? this.signIn() : false;
  }

  async signIn() {
    const code = await this.transport.code();
    return code ? this.take(await this.api.call("POST", "/miniprogram/sessions", { body: { code } })) : false;
  }

  /** Bind an account; only then can filings be made here. */
  async link(login, password) {
    const code = await this.transport.code();
    const body = { code: code || "-", login, password };
    return this.take(await this.api.call("POST", "/miniprogram/links", { body }));
  }

  async unlink() {
    await this.api.call("DELETE", "/miniprogram/links");
    await this.api.call("DELETE", "/sessions/current");
    this.take({ session: null, actor: null });
  }

  /** @returns {Promise<boolean>} whether there is a new session in the place of one that ran out. */
  async renew() {
    this.api.session = "";
    try {
      return this.hasSignIn && (await this.signIn());
    } catch (error) {
      return false;
    }
  }

  take(found) {
    this.api.session = found.session || "";
    this.actor = found.actor;
    return Boolean(found.session);
  }
}

module.exports = { Account };
