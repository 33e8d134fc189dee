// Binding an account once; from then on WeChat signs the person in. The password is not kept.

const { hostOf } = require("../../core/hosts.js");

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
  },
  data: { login: "", password: "", isBusy: false, problem: "" },
  methods: {
    onLogin({ detail }) {
      this.data.login = detail.value;
    },

    onPassword({ detail }) {
      this.data.password = detail.value;
    },

    async onLink() {
      const { host, login, password } = this.data;
      if (!login.trim() || !password) {
        return;
      }
      this.setData({ isBusy: true, problem: "" });
      try {
        await hostOf(host).linkAccount(login.trim(), password);
      } catch (error) {
        this.setData({ problem: error.message, isBusy: false });
      }
    },

    onClose() {
      this.triggerEvent("close");
    },
  },
});
