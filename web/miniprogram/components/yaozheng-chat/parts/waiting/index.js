// While the person waits for staff: ask to be called, or stop waiting.

const { hostOf } = require("../../core/hosts.js");

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
    hasCall: { type: Boolean, value: false },
  },
  data: { slots: ["any", "morning", "afternoon"], slot: "any", phone: "", isUnfolded: false, isBusy: false, problem: "" },
  methods: {
    onUnfold() {
      this.setData({ isUnfolded: !this.data.isUnfolded });
    },

    onPhone({ detail }) {
      this.data.phone = detail.value;
    },

    onSlot({ currentTarget }) {
      this.setData({ slot: currentTarget.dataset.slot });
    },

    async onCall() {
      const { phone, slot } = this.data;
      if (await this.act((conversation) => conversation.askCallback(phone.trim(), slot))) {
        this.setData({ isUnfolded: false, phone: "" });
      }
    },

    onLeave() {
      return this.act((conversation) => conversation.leaveQueue());
    },

    async act(work) {
      this.setData({ isBusy: true });
      let problem = "";
      try {
        await work(hostOf(this.data.host).chat.conversation);
      } catch (error) {
        problem = error.message;
      }
      this.setData({ isBusy: false, problem });
      return !problem;
    },
  },
});
