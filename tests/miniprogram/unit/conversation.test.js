const { Chat } = require("../../../web/miniprogram/components/yaozheng-chat/core/chat.js");
const { Wire, settle } = require("./wire.js");

const HOUR = 3600 * 1000;
let wire;

function open(shared) {
  const heard = { messages: [], states: [], troubles: [], pending: [], lost: 0 };
  const chat = new Chat((shared || wire).transport(), { server: "https://service.test", locale: "zh-CN" });
  chat.account.begin = async () => false;
  chat.conversation
    .on("message", (message) => heard.messages.push(message))
    .on("connection", (state) => heard.states.push(state))
    .on("pending", (pending) => heard.pending.push(pending.state))
    .on("trouble", (error) => heard.troubles.push(error.message))
    .on("refused", (pending) => { heard.refused = pending.text; })
    .on("lost", () => { heard.lost += 1; });
  return { chat, heard, conversation: chat.conversation };
}

const texts = (heard) => heard.messages.map((one) => one.text);
const sent = () => wire.asked.filter((one) => /POST .*\/messages$/.test(one)).length;

beforeEach(() => { wire = new Wire(); });

test("a message is shown once, though the reply of sending and the stream both bring it", async () => {
  const { heard, conversation } = open();
  await conversation.send({ text: "你好" });
  await settle();
  expect(texts(heard)).toEqual(["你好", "re: 你好"]);
  expect(conversation.after).toBe(2);
});

test("sending is repeated under the same id until it is stored, and counts once", async () => {
  const { heard, conversation } = open();
  wire.answers = [null, { status: 0, body: null }, { status: 503, body: null, headers: { "retry-after": "3" } }];
  const done = conversation.send({ text: "你好" });
  await wire.pass(20000);
  await done;
  expect(sent()).toBeGreaterThan(1);
  expect(wire.log.filter((one) => one.role === "applicant")).toHaveLength(1);
  expect(texts(heard)).toEqual(["你好", "re: 你好"]);
});

test("what cannot be taken is given back and not repeated", async () => {
  const { heard, conversation } = open();
  await conversation.open();
  wire.answers = [{ status: 422, body: { error: { code: "x", message: "不能这样写" } } }];
  await expect(conversation.send({ text: "???" })).rejects.toThrow("不能这样写");
  expect(sent()).toBe(1);
  expect(heard.refused).toBe("???");
});

test("a message that never got through stays with a way to send it again", async () => {
  const { heard, conversation } = open();
  await conversation.open();
  await wire.pass(0);
  wire.answers = Array(6).fill({ status: 503, body: null });
  const failed = conversation.send({ text: "你好" }).catch((error) => error);
  await wire.pass(30000);
  expect((await failed).isPassing).toBe(true);
  expect(heard.pending).toEqual(["sending", "failed"]);
  await conversation.deliver([...conversation.pending.values()][0]);
  expect(wire.log[0].text).toBe("你好");
});

test("none is given up while the line is down, and it goes when the line is back", async () => {
  const { heard, conversation } = open();
  await conversation.open();
  await wire.pass(0);
  wire.isDown = true;
  wire.openSockets().forEach((one) => one.socket.close());
  const sending = ["一", "二"].map((text) => conversation.send({ text }));
  await wire.pass(600000);
  expect(heard.pending).toEqual(["sending", "sending"]);
  expect(heard.states.at(-1)).toBe("offline");
  wire.isDown = false;
  conversation.wake();
  await wire.pass(0);
  await Promise.all(sending);
  expect(wire.log.filter((one) => one.role === "applicant").map((one) => one.text)).toEqual(["一", "二"]);
});

test("a message that was on its way when the program was closed is sent once after it is opened anew", async () => {
  const first = open();
  await first.conversation.open();
  wire.isDown = true;
  first.conversation.send({ text: "关掉之前写的" }).catch(() => undefined);
  await settle();
  first.chat.stop();
  first.chat.api.transport = { request: () => ({ done: new Promise(() => undefined), abort() {} }) }; // it is gone
  wire.isDown = false;
  const second = open();
  await second.chat.begin();
  await wire.pass(3000);
  expect(wire.log.filter((one) => one.role === "applicant").map((one) => one.text)).toEqual(["关掉之前写的"]);
  expect(wire.stored.get("yaozheng.https://service.test")).not.toContain("关掉");
});

test("after an hour asleep everything missed is read, in order and once", async () => {
  const { heard, conversation } = open();
  await conversation.send({ text: "你好" });
  await settle();
  wire.openSockets().forEach((line) => { line.isDead = true; }); // nobody tells the phone
  wire.clock += HOUR;
  ["一", "二", "三"].forEach((text) => wire.write({ role: "officer", text }));
  conversation.wake();
  await wire.pass(1000);
  expect(texts(heard).slice(2)).toEqual(["一", "二", "三"]);
  expect(wire.openSockets()).toHaveLength(1);
  expect(wire.sockets[wire.sockets.length - 1].path).toContain("after=2&");
});

test("two windows of one person show the same conversation, each message once", async () => {
  const one = open();
  await one.conversation.send({ text: "你好" });
  const two = open();
  await two.chat.begin();
  await settle();
  expect(texts(two.heard)).toEqual(["你好", "re: 你好"]);
  await two.conversation.send({ text: "再问" });
  await settle();
  expect(texts(one.heard)).toEqual(texts(two.heard));
  expect(new Set(one.heard.messages.map((message) => message.seq)).size).toBe(4);
});

test("what was there before a restart is history, what comes after is not", async () => {
  const first = open();
  await first.conversation.send({ text: "你好" });
  first.chat.stop();
  const second = open();
  await second.chat.begin();
  expect(second.conversation.restoredUpTo).toBe(2);
  wire.write({ role: "officer", text: "新" });
  await settle();
  expect(second.heard.messages[2].seq).toBeGreaterThan(second.conversation.restoredUpTo);
});

test("a conversation that is gone is forgotten and a new one opened with the next message", async () => {
  const { heard, conversation } = open();
  await conversation.open();
  await settle();
  wire.answers = [{ status: 404, body: { error: { code: "core.not_available", message: "没有" } } }];
  wire.openSockets()[0].socket.close();
  await wire.pass(1000);
  expect(heard.lost).toBe(1);
  expect(conversation.kept).toBeNull();
  await conversation.send({ text: "你好" });
  expect(conversation.kept.id).toBe("conv-1");
});

test("leaving a conversation closes its line and forgets it", async () => {
  const { conversation } = open();
  await conversation.send({ text: "你好" });
  conversation.leave();
  await settle();
  expect(wire.openSockets()).toHaveLength(0);
  expect(wire.stored.size).toBe(0);
  expect(conversation.messages.size).toBe(0);
});
