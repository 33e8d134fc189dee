// A citation as a card: law and article, the quoted words, number, date; it opens and can be copied.

const { hostOf } = require("../../core/hosts.js");

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
    source: { type: Object, value: {} },
  },
  data: { isUnfolded: false },
  methods: {
    onFold() {
      this.setData({ isUnfolded: !this.data.isUnfolded });
    },

    onCopy() {
      const { title, quote, summary, note, number, effective, url } = this.data.source;
      hostOf(this.data.host).copyText([title, quote, summary, note, [number, effective].filter(Boolean).join(" "), url].filter(Boolean).join("\n"));
    },

    onOriginal() {
      hostOf(this.data.host).openHref(this.data.source.url);
    },
  },
});
