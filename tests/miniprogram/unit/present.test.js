const { Words, languages, localeOf, showTime } = require("../../../web/miniprogram/components/yaozheng-chat/core/words.js");
const { optionsOf, rowsOf, valueOf } = require("../../../web/miniprogram/components/yaozheng-chat/view/entry.js");
const { Log } = require("../../../web/miniprogram/components/yaozheng-chat/view/log.js");
const { LONG_QUOTE, ownerLine, present, transcript } = require("../../../web/miniprogram/components/yaozheng-chat/view/present.js");

const NOW = Date.parse("2026-09-21T12:00:00+08:00");
const zh = new Words("zh-CN");
const context = { words: zh, now: NOW, canAlert: true };
const message = (more) => ({ seq: 7, at: "2026-09-21T10:05:00+08:00", role: "assistant", kind: "answer", text: "文", blocks: [], ...more });

test("every block of the closed set is shown; of an unknown one its text at least", () => {
  const blocks = [
    { type: "paragraph", text: "一" }, { type: "list", items: ["a"] }, { type: "steps", items: [{ title: "t", text: "x" }] },
    { type: "table", caption: "c", columns: ["甲", "乙"], rows: [["1", ""]] }, { type: "choices", prompt: "?" },
    { type: "card", title: "t", lines: [] }, { type: "field", label: "l", value: "v", status: "ok" },
    { type: "file", name: "n", href: "/x" }, { type: "entry", key: "k", kind: "file", choice: 0 },
    { type: "notice", level: "warning", text: "n" }, { type: "new", text: "未知" }, { type: "newer" },
  ];
  const shown = present(message({ blocks, choices: [{ payload_id: "p", label: "继续" }] }), context).blocks;
  expect(shown.map((one) => one.type)).toEqual([
    "paragraph", "list", "steps", "table", "choices", "card", "field", "file", "entry", "notice", "paragraph"]);
  expect(shown[3].rows[0].cells[1]).toMatchObject({ text: "（未填写）", column: "乙" });
  expect(shown[1].items).toEqual([{ id: 0, text: "a" }]);
  expect(shown[2].items[0]).toMatchObject({ id: 0, title: "t" });
  expect(shown[8].going.payload_id).toBe("p");
  expect(shown[9].levelText).toBe("注意");
  expect(new Set(shown.map((one) => one.id)).size).toBe(shown.length);
});

test("what a machine wrote is labelled, what people wrote is not", () => {
  expect(present(message(), context).label).toBe("AI 生成");
  expect(present(message({ answer: { status: "answered" } }), context).copyText).toBe(`文\n${zh.t("tools.mark")}`);
  const held = message({ answer: { status: "answered", receipt_code: "AAAA-BBBB" } });
  expect(present(held, context).copyText).toBe(`文\n${zh.t("tools.mark")}\n核验码：AAAA-BBBB`);
  for (const role of ["officer", "applicant", "system"]) {
    expect(present(message({ role }), context).label).toBe("");
  }
  expect(present(message({ role: "officer", handoff: { officer_name: "王" } }), context).who).toBe("王");
});

test("citations become cards; a long quote is folded and kept whole", () => {
  const quote = "条".repeat(LONG_QUOTE + 5);
  const citations = [
    { title: "条例", article_label: "第十四条", quote, document_number: "国令第739号", effective_from: "2021-06-01", url: "javascript:x" },
    { title: "办法", article_label: "第一条", quote: "短", status: "superseded", url: "https://law.test/1" }];
  const [first, second] = present(message({ answer: { status: "answered", citations } }), context).sources;
  expect(first).toMatchObject({ n: 1, title: "《条例》 第十四条", isLong: true, quote, url: "", effective: "2021年6月1日起施行" });
  expect(first.short).toHaveLength(LONG_QUOTE + 1);
  expect(second).toMatchObject({ isLong: false, status: "已被修改或者废止", isOld: true, url: "https://law.test/1" });
});

test("a citation in an English answer shows law, clause, summary and that the Chinese prevails", () => {
  const told = { name: "Drug Administration Law, Article 14", summary: "What it says.", note: "The Chinese text prevails." };
  const citations = [{ title: "药品管理法", article_label: "Article 14", quote: "第十四条", ...told }];
  const [first] = present(message({ answer: { status: "answered", citations } }), { ...context, words: new Words("en") }).sources;
  expect(first).toMatchObject({ title: told.name, quote: "第十四条", summary: told.summary, note: told.note });
});

test("WeChat's tags are read by script: zh_TW and zh_HK are traditional", () => {
  expect(["zh_TW", "zh_HK", "zh-Hant-MO", "zh_CN", "zh", "en_GB", "fr", ""].map(localeOf)).toEqual(
    ["zh-Hant", "zh-Hant", "zh-Hant", "zh-CN", "zh-CN", "en", "zh-CN", "zh-CN"]);
  expect(languages().map(({ name }) => name)).toEqual(["简体中文", "English", "繁體中文"]);
});

test("feedback, rating, alerts and assistance are offered where they belong", () => {
  const judged = (status) => present(message({ answer: { status, trace_id: "t" } }), context).canJudge;
  expect([judged("answered"), judged("answered_partly"), judged("unanswerable_no_source")]).toEqual([true, true, false]);
  expect(present(message({ handoff: { state: "closed" } }), context).canRate).toBe(true);
  const filing = { filing_id: "f", state: "submitted" };
  expect(present(message({ filing }), context).alertFor).toBe("f");
  expect(present(message({ filing }), { ...context, canAlert: false }).alertFor).toBe("");
  expect(present(message({ filing: { ...filing, state: "draft", answered: 3, total: 12 } }), context).progress.percent).toBe(25);
  const asked = present(message({ handoff: { assist: { state: "proposed", filing_id: "f", proposal_id: "p" } } }), context).assist;
  expect(asked).toMatchObject({ isAsked: true, isProposal: true, path: "/filings/f/proposals/p" });
});

test("one line says who is in charge, the place in the queue and the wait", () => {
  expect(ownerLine("queue", { position: 2, expected_wait_s: 61 }, zh)).toBe("正在等待工作人员：第 2 位，预计 2 分钟");
  expect(ownerLine("queue", { is_open_hours: false }, zh)).toContain("非工作时间");
  const call = { callback: { state: "waiting", due_by: "2026-09-21T15:00:00+08:00" } };
  expect(ownerLine("queue", call, zh, NOW)).toContain("15:00");
  expect(ownerLine("queue", { is_staffed: false, position: 3 }, zh, NOW)).toContain("3");
  expect(ownerLine("officer", { officer_name: "王" }, zh)).toContain("王");
  expect(ownerLine("officer", null, zh)).toBe("工作人员正在为您服务");
  expect(ownerLine("bot", null, new Words("en"))).toBe("The assistant is serving you");
});

test("a copied conversation says what a machine wrote and that it is no decision", () => {
  const text = transcript([message({ role: "applicant" }), message()], zh, NOW, "2026-09-21 12:00");
  expect(text).toContain("智能助手 (AI 生成)");
  expect(text).toContain("不是行政决定");
});

test("moments are written in China's time, with the day unless it is today", () => {
  expect(showTime("2026-09-21T02:05:00Z", NOW, zh)).toBe("10:05");
  expect(showTime("2026-09-20T23:59:00+08:00", NOW, zh)).toBe("2026年9月20日 23:59");
  expect(showTime("2026-09-20T23:59:00+08:00", NOW, new Words("en"))).toBe("Sep 20, 2026 23:59");
  expect(showTime("never", NOW, zh)).toBe("");
});

test("an unknown word is an error, placeholders are filled, a tree serves templates", () => {
  expect(() => zh.t("no.such")).toThrow("no.such");
  expect(zh.t("law", { title: "条例" })).toBe("《条例》");
  expect(new Words("en_US").tree.feedback.yes).toBe("Yes");
  expect(zh.tree.chat.slot).toMatchObject({ _: zh.t("chat.slot"), any: zh.t("chat.slot.any") });
  expect(new Words("fr").locale).toBe("zh-CN");
});

test("the inputs of an entry begin with what is held and make the value that is saved", () => {
  const parts = [{ key: "name", label: "名称", type: "text", required: true }, { key: "share", label: "含量", type: "number" }];
  const table = rowsOf({ kind: "table", parts, held: [{ name: "水", share: 70 }] });
  expect(table).toHaveLength(2);
  expect(table[0].cells[1]).toMatchObject({ value: "70", kind: "digit" });
  expect(valueOf("table", table)).toEqual([{ name: "水", share: "70" }]);
  expect(valueOf("object", rowsOf({ kind: "object", parts, held: null }))).toEqual({ name: "", share: "" });
  expect(optionsOf({ options: [{ value: "a" }, { value: "b" }], held: ["b"] }).map((one) => one.isChosen)).toEqual([false, true]);
});

test("messages come in batches, in order, and old questions of an assisted session are settled", () => {
  jest.useFakeTimers();
  const data = {};
  const log = new Log((change, done) => { Object.assign(data, change); if (done) { done(); } }, () => context);
  const assist = (state, proposal_id) => ({ handoff: { assist: { state, filing_id: "f", proposal_id } } });
  log.add(message({ seq: 1, role: "applicant" }), false);
  log.add(message({ seq: 3, ...assist("proposed", "p") }), false);
  log.add(message({ seq: 2 }), false);
  jest.advanceTimersByTime(20);
  expect(log.shown.map((one) => one.seq)).toEqual([1, 2, 3]);
  expect(data.anchor).toBe("m-2");
  expect(data.lastMine).toBe(1);
  log.add(message({ seq: 4, ...assist("active", "p") }), false);
  jest.advanceTimersByTime(20);
  expect(data.settled).toEqual({ p: true });
  log.isReadingBack = true;
  data.anchor = "";
  log.add(message({ seq: 5 }), false);
  jest.advanceTimersByTime(20);
  expect(data.anchor).toBe("");
  jest.useRealTimers();
});
