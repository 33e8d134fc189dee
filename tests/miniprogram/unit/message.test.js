/** @jest-environment jsdom */
const { register } = require("../../../web/miniprogram/components/yaozheng-chat/core/hosts.js");
const { message, render, simulate } = require("./parts.js");

test("a message shows its blocks, its label and its sources, and passes on what is chosen", async () => {
  const chosen = [];
  const host = register({ choose: (choice) => chosen.push(choice.payload_id) });
  const shown = message({
    blocks: [{ type: "paragraph", text: "有效期五年。" }, { type: "table", caption: "材料", columns: ["材料", "要求"], rows: [["证书", "必交"]] }],
    choices: [{ payload_id: "p1", label: "开始办理" }],
    answer: { status: "answered", trace_id: "t", citations: [{ title: "条例", article_label: "第一条", quote: "原文" }] },
  });
  const component = render("message", { host, message: shown, isOpen: true });
  expect(component.dom.textContent).toContain("AI 生成");
  expect(component.dom.textContent).toContain("有效期五年。");
  expect(component.dom.textContent).toContain("《条例》 第一条");
  expect(component.dom.textContent).toContain("这个回答有帮助吗？");
  component.querySelector(".button--choice").dispatchEvent("tap");
  await simulate.sleep(5);
  expect(chosen).toEqual(["p1"]);
  component.setData({ isOpen: false });
  component.querySelector(".button--choice").dispatchEvent("tap");
  await simulate.sleep(5);
  expect(chosen).toEqual(["p1"]);
});

test("screen readers get roles and names", () => {
  const rows = message({ blocks: [{ type: "table", caption: "材料", columns: ["材料"], rows: [["证书"]] }], choices: [{ payload_id: "p", label: "l" }] });
  const found = JSON.stringify(render("message", { message: rows, isOpen: true }).toJSON());
  expect(found).toMatch(/ariaRole|aria-role/);
  expect(found).toContain("table");
  expect(found).toContain("可选的回答");
});
