// The five levels of the rating after staff have closed a case.

const { hostOf } = require("../../core/hosts.js");

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
  },
  data: { levels: [5, 4, 3, 2, 1], level: 0, comment: "", isDone: false, said: "" },
  methods: {
    onLevel({ currentTarget }) {
      this.setData({ level: Number(currentTarget.dataset.level) });
    },

    onComment({ detail }) {
      this.data.comment = detail.value;
    },

    async onSend() {
      const { host, level, comment, words } = this.data;
      try {
        const { chat } = hostOf(host);
        await chat.conversation.rate(level, comment.trim());
        this.setData({ isDone: true, said: chat.words.t("rating.thanks", { level: words.rating.level[level] }) });
      } catch (error) {
        this.setData({ said: error.message });
      }
    },
  },
});
