// Was the answer of use? A no asks for the reason.

const { hostOf } = require("../../core/hosts.js");

const REASONS = ["wrong", "incomplete", "not_my_question", "unclear", "out_of_date"];

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
    seq: { type: Number, value: 0 },
  },
  data: { reasons: REASONS, isWhy: false, isDone: false, said: "" },
  methods: {
    onYes() {
      return this.send(true, "");
    },

    onNo() {
      this.setData({ isWhy: true });
    },

    onReason({ currentTarget }) {
      return this.send(false, currentTarget.dataset.reason);
    },

    async send(useful, reason) {
      try {
        await hostOf(this.data.host).chat.conversation.feedback(this.data.seq, useful, reason);
        this.setData({ isDone: true, said: this.data.words.feedback.thanks });
      } catch (error) {
        this.setData({ said: error.message });
      }
    },
  },
});
