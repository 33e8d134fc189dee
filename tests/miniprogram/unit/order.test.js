// Order, gaps, long conversations, and what becomes of words when a conversation is gone.

const { Chat } = require("../../../web/miniprogram/components/yaozheng-chat/core/chat.js");
const { Wire, settle } = require("./wire.js");

const GONE = { status: 404, body: { error: { code: "core.not_available", message: "没有" } } };
let wire;

function open() {
  const heard = { texts: [], refused: [], troubles: [] };
  const chat = new Chat(wire.transport(), { server: "https://service.test", locale: "zh-CN" });
  chat.account.begin = async () => false;
  chat.conversation
    .on("message", (message) => heard.texts.push(message.text))
    .on("trouble", (error) => heard.troubles.push(error.message))
    .on("refused", (pending) => heard.refused.push(pending.text));
  return { chat, heard, conversation: chat.conversation };
}

const mine = () => wire.log.filter((one) => one.role === "applicant").map((one) => one.text);
const fill = (count) => { for (let at = 1; at <= count; at += 1) { wire.write({ role: "officer", text: `第${at}条` }); } };

beforeEach(() => { wire = new Wire(); });

test("messages written while nothing gets through arrive in the order in which they were written", async () => {
  const { conversation } = open();
  await conversation.open();
  wire.isDown = true;
  const sending = ["一", "二", "三"].map((text) => conversation.send({ text }));
  await wire.pass(1100);
  wire.isDown = false;
  await wire.pass(30000);
  await Promise.all(sending);
  expect(mine()).toEqual(["一", "二", "三"]);
});

test("a message that was given up lets the next one go", async () => {
  const { conversation } = open();
  await conversation.open();
  await wire.pass(0);
  wire.answers = Array(6).fill({ status: 503, body: null });
  const first = conversation.send({ text: "一" }).catch((error) => error);
  await wire.pass(30000);
  expect((await first).isPassing).toBe(true);
  await conversation.send({ text: "二" });
  expect(mine()).toEqual(["二"]);
  expect([...conversation.pending.values()].map((one) => one.text)).toEqual(["一"]);
});

test("what comes swapped and twice is shown once, and a gap is read plainly", async () => {
  const { conversation, heard } = open();
  await conversation.open();
  await wire.pass(0);
  const [line] = wire.openSockets();
  line.isDead = true; // its frames are given by hand
  fill(3);
  const frame = (seq) => line.socket.onMessage(JSON.stringify(wire.log[seq - 1]));
  [3, 3, 2].forEach(frame);
  expect(conversation.after).toBe(0);
  await settle();
  expect([...heard.texts].sort()).toEqual(["第1条", "第2条", "第3条"]);
  expect(conversation.after).toBe(3);
});

test("of a long conversation the end is read, the rest on demand, the whole for a copy", async () => {
  const first = open();
  await first.conversation.open();
  first.chat.stop();
  fill(100);
  const { chat, conversation, heard } = open();
  await chat.begin();
  await wire.pass(0);
  expect(heard.texts).toHaveLength(40);
  expect(heard.texts[0]).toBe("第61条");
  expect((await conversation.older()).map((one) => one.seq)).toEqual(Array.from({ length: 40 }, (_, at) => 21 + at));
  expect(await conversation.older()).toHaveLength(20);
  expect(conversation.first).toBe(1);
  expect(await conversation.whole()).toHaveLength(100);
  expect(heard.texts).toHaveLength(40);
});

test("when the conversation is gone, what is unsent is given back, and the next one begins at its first message", async () => {
  const { conversation, heard } = open();
  await conversation.send({ text: "你好" });
  await settle();
  wire.answers = [GONE];
  await expect(conversation.send({ text: "还在吗" })).rejects.toThrow(/新的对话/);
  expect(heard.refused).toEqual(["还在吗"]);
  expect(conversation.kept).toBeNull();
  wire.log = [];
  await conversation.send({ text: "还在吗" });
  await wire.pass(500);
  expect(mine()).toEqual(["还在吗"]);
  expect(heard.texts.slice(2)).toEqual(["还在吗", "re: 还在吗"]);
});

test("words that wait for the network when the conversation is gone are given back and sent nowhere", async () => {
  const { conversation, heard } = open();
  await conversation.open();
  wire.isDown = true;
  const waiting = conversation.send({ text: "等网络" }).catch((error) => error.message);
  await settle();
  conversation.lose();
  wire.isDown = false;
  await wire.pass(60000);
  expect(await waiting).toMatch(/新的对话/);
  expect(heard.refused).toEqual(["等网络"]);
  expect(mine()).toEqual([]);
});

test("words typed before any conversation could be opened are sent after a restart", async () => {
  const first = open();
  wire.isDown = true;
  first.conversation.send({ text: "没有网络" }).catch(() => undefined);
  await settle();
  first.chat.api.transport = { request: () => ({ done: new Promise(() => undefined), abort() {} }) }; // it is gone
  wire.isDown = false;
  const second = open();
  await second.chat.begin();
  await wire.pass(3000);
  expect(mine()).toEqual(["没有网络"]);
});

test("the server's wish to be asked later is heeded by the feed too", async () => {
  const { conversation } = open();
  await conversation.open();
  await wire.pass(0);
  wire.answers = [{ status: 503, body: null, headers: { "retry-after": "30" } }];
  wire.openSockets()[0].socket.close();
  await wire.pass(25000);
  expect(wire.sockets).toHaveLength(1);
  await wire.pass(10000);
  expect(wire.openSockets()).toHaveLength(1);
});
