// The parts as WeChat's own simulator and its compiler of templates make them.

const path = require("path");
const simulate = require("miniprogram-simulate");
const { Words } = require("../../../web/miniprogram/components/yaozheng-chat/core/words.js");
const { present } = require("../../../web/miniprogram/components/yaozheng-chat/view/present.js");

const ROOT = path.resolve(__dirname, "../../../web/miniprogram");
const words = new Words("zh-CN");
const context = { words, now: 0, canAlert: true };
const loaded = {};

/** Show a part; a file of tests that shows a part inside another one must not load it by itself before. */
function render(part, properties) {
  const place = path.join(ROOT, "components/yaozheng-chat/parts", part, "index");
  loaded[part] = loaded[part] || simulate.load(place, `yz-${part}`, { compiler: "official", rootPath: ROOT });
  const component = simulate.render(loaded[part], { words: words.tree, ...properties });
  component.attach(document.body.appendChild(document.createElement("div")));
  return component;
}

const message = (more) => present({
  seq: 1, at: "2026-09-21T10:05:00+08:00", role: "assistant", kind: "answer", text: "t", blocks: [], ...more }, context);

module.exports = { message, render, simulate, words };
