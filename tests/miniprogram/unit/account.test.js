const { Chat } = require("../../../web/miniprogram/components/yaozheng-chat/core/chat.js");
const { ApiError } = require("../../../web/miniprogram/components/yaozheng-chat/core/api.js");
const { Wire } = require("./wire.js");

let wire;
let chat;
const OFFERED = { body: { has_sign_in: true, alert_template: "template-1" } };
const LI = { status: 201, body: { session: "session-1", actor: { display_name: "李" } } };

beforeEach(() => {
  wire = new Wire();
  chat = new Chat(wire.transport(), { server: "https://service.test/", locale: "zh-CN" });
});

test("where no sign-in is offered the person stays anonymous and WeChat is not asked", async () => {
  wire.answers = [{ body: { has_sign_in: false, alert_template: "" } }];
  await chat.begin();
  expect(wire.asked).toEqual(["GET /miniprogram"]);
  expect(chat.api.session).toBe("");
});

test("who has bound an account is signed in by code, and calls carry the session", async () => {
  wire.answers = [OFFERED, LI];
  await chat.begin();
  expect(chat.account.actor.display_name).toBe("李");
  await chat.api.call("GET", "/filings");
  expect(wire.last.headers["X-Yaozheng-Session"]).toBe("session-1");
});

test("a session that ran out is renewed once, unseen", async () => {
  wire.answers = [OFFERED, LI, { status: 401, body: { error: { message: "请先登录" } } },
    { status: 201, body: { session: "session-2", actor: { display_name: "李" } } }];
  await chat.begin();
  await chat.api.call("GET", "/filings");
  expect(chat.api.session).toBe("session-2");
  wire.answers = [{ status: 401, body: null }, { status: 200, body: { session: null, actor: null } }];
  await expect(chat.api.call("GET", "/filings")).rejects.toMatchObject({ status: 401 });
});

test("binding takes the conversation along, unbinding ends the session", async () => {
  await chat.conversation.open();
  wire.answers = [LI];
  await chat.link("applicant1", "secret");
  expect(wire.asked[wire.asked.length - 1]).toBe("POST /conversations/conv-1");
  await chat.account.unlink();
  expect(chat.api.session).toBe("");
  expect(wire.asked.slice(-2)).toEqual(["DELETE /miniprogram/links", "DELETE /sessions/current"]);
  chat.stop();
});

test("an installation that cannot be reached leaves the widget usable and says so", async () => {
  const heard = [];
  chat.conversation.on("trouble", (error) => heard.push(error));
  wire.isDown = true;
  await chat.begin();
  expect(heard[0]).toBeInstanceOf(ApiError);
  expect(heard[0].message).toBe("暂时连不上服务，请稍后再试。");
});

test("a value that the server rejects is told in its words", async () => {
  wire.answers = [{ body: { filing: {}, rejected: { code: "x", message: "含量合计应当为 100%" } } }];
  await expect(chat.saveField({ filing_id: "f", key: "formula" }, [])).rejects.toThrow("100%");
});

test("files go one after the other, each told", async () => {
  const told = [];
  await chat.attach({ filing_id: "f", key: "paper" }, [{ path: "a" }, { path: "b" }], (n) => told.push(n));
  expect(told).toEqual([1, 2]);
  expect(wire.asked).toEqual(["UPLOAD /filings/f/files?field=paper", "UPLOAD /filings/f/files?field=paper"]);
});
