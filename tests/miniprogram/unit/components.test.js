/** @jest-environment jsdom */
const { register } = require("../../../web/miniprogram/components/yaozheng-chat/core/hosts.js");
const { message, render, words } = require("./parts.js");

test("a citation unfolds and is copied whole", async () => {
  const copied = [];
  const host = register({ copyText: (text) => copied.push(text) });
  const [source] = message({ answer: { citations: [{ title: "条例", article_label: "第一条", quote: "长".repeat(200), document_number: "令1" }] } }).sources;
  const component = render("citation", { host, source });
  expect(component.querySelector(".citation__quote").dom.textContent).toContain("…");
  component.instance.onFold();
  expect(component.querySelector(".citation__quote").dom.textContent).toHaveLength(200);
  component.instance.onCopy();
  expect(copied[0]).toBe(`《条例》 第一条\n${"长".repeat(200)}\n令1`);
});

test("a table is entered row by row, saved, and goes on; what is refused stays as it is", async () => {
  const [saved, gone] = [[], []];
  let refuses = true;
  const host = register({
    choose: async (choice) => gone.push(choice.payload_id),
    chat: { words, saveField: async (block, value) => { if (refuses) { throw new Error("含量合计应当为 100%"); } saved.push(value); } },
  });
  const parts = [{ key: "name", label: "名称", type: "text" }, { key: "since", label: "日期", type: "date" }];
  const block = { key: "formula", kind: "table", label: "配方", parts, held: null, going: { payload_id: "next" }, href: "/x" };
  const component = render("entry", { host, block, isOpen: true });
  const cell = (row, at, value) => component.instance.onCell({ currentTarget: { dataset: { row, at } }, detail: { value } });
  cell(0, 0, "水");
  cell(0, 1, "2026-01-31");
  component.instance.onAddRow();
  expect(component.data.rows).toHaveLength(3);
  component.instance.onRemoveRow({ currentTarget: { dataset: { row: 1 } } });
  await component.instance.onSave();
  expect(component.data.problem).toBe("含量合计应当为 100%");
  expect(component.data.rows[0].cells[0].value).toBe("水");
  refuses = false;
  await component.instance.onSave();
  expect(saved).toEqual([[{ name: "水", since: "2026-01-31" }]]);
  expect(gone).toEqual(["next"]);
});

test("a photo that is too large is refused before it is sent", async () => {
  const host = register({ chat: { words } });
  const block = { key: "paper", kind: "file", label: "证明", going: { payload_id: "next" } };
  const component = render("entry", { host, block, isOpen: true });
  component.instance.attach([{ path: "a", name: "大.jpg", size: 11 * 1024 * 1024 }]);
  expect(component.data.problem).toContain("大.jpg");
});

test("no says why, and thanks come when it is kept", async () => {
  const kept = [];
  const host = register({ chat: { conversation: { feedback: async (...given) => kept.push(given) } } });
  const component = render("feedback", { host, seq: 3 });
  component.instance.onNo();
  expect(component.dom.textContent).toContain("已过时");
  await component.instance.onReason({ currentTarget: { dataset: { reason: "out_of_date" } } });
  expect(kept).toEqual([[3, false, "out_of_date"]]);
  expect(component.dom.textContent).toContain("谢谢您的反馈。");
});

test("a rating takes one of five levels and a comment", async () => {
  const kept = [];
  const host = register({ chat: { words, conversation: { rate: async (...given) => kept.push(given) } } });
  const component = render("rating", { host });
  component.instance.onLevel({ currentTarget: { dataset: { level: 4 } } });
  component.instance.onComment({ detail: { value: " 很快 " } });
  await component.instance.onSend();
  expect(kept).toEqual([[4, "很快"]]);
  expect(component.dom.textContent).toContain("满意");
});

test("the account form sends what was typed once and says what was wrong", async () => {
  const host = register({ linkAccount: async (login, password) => { throw new Error(`${login}:${password}`); } });
  const component = render("account", { host });
  await component.instance.onLink();
  expect(component.data.problem).toBe("");
  component.instance.onLogin({ detail: { value: " li " } });
  component.instance.onPassword({ detail: { value: "p" } });
  await component.instance.onLink();
  expect(component.data.problem).toBe("li:p");
});

test("who waits may ask for a call at a time, or stop waiting; what is wrong is said", async () => {
  const kept = [];
  const conversation = {
    askCallback: async (phone, slot) => { if (!phone) { throw new Error("no number"); } kept.push([phone, slot]); },
    leaveQueue: async () => kept.push("left"),
  };
  const component = render("waiting", { host: register({ chat: { conversation } }) });
  component.instance.onUnfold();
  await component.instance.onCall();
  expect(component.data.problem).toBe("no number");
  component.instance.onPhone({ detail: { value: " 13800000000 " } });
  component.instance.onSlot({ currentTarget: { dataset: { slot: "morning" } } });
  await component.instance.onCall();
  expect(component.data.isUnfolded).toBe(false);
  await component.instance.onLeave();
  expect(kept).toEqual([["13800000000", "morning"], "left"]);
});
