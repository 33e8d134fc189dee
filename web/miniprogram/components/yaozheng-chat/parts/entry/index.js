// Inputs inside a message: papers, the parts of one thing, rows, several of a list. They save through the filing's
// API; then the message's own button goes on, as if the person had pressed it.

const { hostOf } = require("../../core/hosts.js");
const device = require("../../platform/device.js");
const { optionsOf, rowOf, rowsOf, valueOf } = require("../../view/entry.js");

const PAPERS = ["file", "files"];
const GRIDS = ["object", "table"];

Component({
  properties: {
    host: { type: Number, value: 0 },
    words: { type: Object, value: {} },
    block: { type: Object, value: {} },
    isOpen: { type: Boolean, value: false },
  },
  data: { isPapers: false, isGrid: false, isSeveral: false, rows: [], options: [], isSaving: false, state: "", problem: "" },
  lifetimes: {
    attached() {
      const { block } = this.data;
      const can = Boolean(block.going);
      const [isPapers, isGrid] = [PAPERS.indexOf(block.kind) >= 0, GRIDS.indexOf(block.kind) >= 0];
      const isSeveral = block.kind === "multi_enum";
      this.setData({
        isPapers: can && isPapers, isGrid: can && isGrid, isSeveral: can && isSeveral,
        rows: isGrid ? rowsOf(block) : [], options: isSeveral ? optionsOf(block) : [],
      });
    },
  },
  methods: {
    /** Save, then go on; say what could not be taken, with what was entered left as it is. */
    async save(work) {
      const { host, words, block } = this.data;
      this.setData({ isSaving: true, problem: "", state: words.entry.saving });
      try {
        await work(hostOf(host).chat);
        await hostOf(host).choose(block.going);
      } catch (error) {
        this.setData({ problem: error.message });
      }
      this.setData({ isSaving: false, state: "" });
    },

    onCell({ currentTarget, detail }) {
      const { row, at } = currentTarget.dataset;
      const { cells } = this.data.rows[row];
      cells[at].value = detail.value;
      if (cells[at].isDate) {
        this.setData({ [`rows[${row}].cells[${at}].value`]: detail.value });
      }
    },

    onAddRow() {
      const { rows, block } = this.data;
      const next = rows.reduce((most, one) => Math.max(most, one.id), -1) + 1;
      this.setData({ rows: [...rows, rowOf(block, null, next)] });
    },

    onRemoveRow({ currentTarget }) {
      const { rows } = this.data;
      this.setData({ rows: rows.filter((_, at) => at !== currentTarget.dataset.row) });
    },

    onOption({ currentTarget }) {
      const { at } = currentTarget.dataset;
      this.setData({ [`options[${at}].isChosen`]: !this.data.options[at].isChosen });
    },

    onSave() {
      const { block, rows, options, isSeveral } = this.data;
      const value = isSeveral ? options.filter((one) => one.isChosen).map((one) => one.value) : valueOf(block.kind, rows);
      return this.save((chat) => chat.saveField(block, value));
    },

    async onPhoto() {
      this.attach(await device.choosePhotos(this.data.block.kind === "file"));
    },

    async onChatFile() {
      this.attach(await device.chooseChatFiles(this.data.block.kind === "file"));
    },

    attach(files) {
      const { host, block } = this.data;
      const { words } = hostOf(host).chat;
      const large = files.find((file) => file.size > device.LARGEST_BYTES);
      if (large) {
        this.setData({ problem: words.t("mp.file_too_large", { name: large.name }) });
      } else if (files.length) {
        const say = (n) => this.setData({ state: words.t("mp.uploading", { n, total: files.length }) });
        this.save((chat) => chat.attach(block, files, say));
      }
    },

    onForm() {
      const { host, block } = this.data;
      hostOf(host).openHref(`${block.href}#field-${block.key}`);
    },
  },
});
