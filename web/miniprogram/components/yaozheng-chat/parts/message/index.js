// One message. What a person does is told to the widget.

const { hostOf } = require("../../core/hosts.js");

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
    message: { type: Object, value: { blocks: [], sources: [], choices: [], assist: null, alertFor: "", copyText: "" } },
    /** Whether its buttons may still be pressed. */
    isOpen: { type: Boolean, value: false },
    /** Whether a later message has settled what an officer asked here. */
    isSettled: { type: Boolean, value: false },
  },
  data: { assistText: "", isAssisting: false, alertText: "", isAsking: false },
  methods: {
    onChoose({ currentTarget }) {
      if (this.data.isOpen) {
        hostOf(this.data.host).choose(this.data.message.choices[currentTarget.dataset.at]);
      }
    },

    onHref({ currentTarget }) {
      hostOf(this.data.host).openHref(currentTarget.dataset.href);
    },

    onCopy() {
      hostOf(this.data.host).copyText(this.data.message.copyText);
    },

    onFile({ currentTarget }) {
      hostOf(this.data.host).openFile(this.data.message.blocks[currentTarget.dataset.at]);
    },

    async onAssist({ currentTarget }) {
      const accepted = currentTarget.dataset.accepted === "yes";
      const { assist } = this.data.message;
      const { done } = this.data.words.assist;
      this.setData({ isAssisting: true });
      try {
        const refused = await hostOf(this.data.host).chat.answerAssist(assist.path, accepted);
        const said = assist.isProposal ? [done.take, done.leave] : [done.consent, done.decline];
        this.setData({ assistText: refused || (accepted ? said[0] : said[1]) });
      } catch (error) {
        this.setData({ assistText: error.message, isAssisting: !error.isPassing });
      }
    },

    async onAlert() {
      this.setData({ isAsking: true });
      try {
        this.setData({ alertText: await hostOf(this.data.host).allowAlert(this.data.message.alertFor) });
      } catch (error) {
        this.setData({ alertText: error.message });
      }
      this.setData({ isAsking: false });
    },
  },
});
