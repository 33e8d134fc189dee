const { Api } = require("../../../web/miniprogram/components/yaozheng-chat/core/api.js");
const { Conversation } = require("../../../web/miniprogram/components/yaozheng-chat/core/conversation.js");
const { QUIET_MS } = require("../../../web/miniprogram/components/yaozheng-chat/core/feed.js");
const { Words } = require("../../../web/miniprogram/components/yaozheng-chat/core/words.js");
const { Wire, settle } = require("./wire.js");

let wire;
let conversation;
let states;
let heard;

beforeEach(async () => {
  wire = new Wire();
  states = [];
  heard = [];
  const words = new Words("zh-CN");
  const transport = wire.transport();
  conversation = new Conversation(transport, new Api(transport, () => words), "kept");
  conversation.on("connection", (state) => states.push(state)).on("message", (one) => heard.push(one.text));
});

afterEach(() => conversation.stop());

const follow = async () => { await conversation.open(); await wire.pass(0); };
const polls = () => wire.asked.filter((one) => one.includes("wait=20")).length;

test("a line that the server ends is opened again where it ended", async () => {
  await follow();
  wire.write({ role: "officer", text: "一" });
  wire.openSockets()[0].socket.close();
  wire.write({ role: "officer", text: "二" });
  await wire.pass(1000);
  expect(heard).toEqual(["一", "二"]);
  expect(wire.sockets[1].path).toContain("after=1&");
  expect(states).not.toContain("offline");
});

test("where no line opens, messages come by long poll, and a line is tried again later", async () => {
  wire.refusesSockets = true;
  await follow();
  await wire.pass(10000);
  wire.write({ role: "officer", text: "一" });
  await settle();
  expect(heard).toEqual(["一"]);
  expect(polls()).toBeGreaterThan(0);
  expect(states[states.length - 1]).toBe("live");
  wire.refusesSockets = false;
  await wire.pass(61000);
  wire.write({ role: "officer", text: "二" });
  await wire.pass(1000);
  expect(wire.openSockets()).toHaveLength(1);
  expect(heard).toEqual(["一", "二"]);
});

test("without a network it says so, tries ever more rarely, and is there at once when somebody wakes it", async () => {
  await follow();
  wire.isDown = true;
  wire.openSockets()[0].socket.close();
  await wire.pass(120000);
  expect(states).toContain("offline");
  const tries = wire.asked.length;
  await wire.pass(15000);
  expect(wire.asked.length - tries).toBeLessThan(4);
  wire.isDown = false;
  conversation.wake();
  await wire.pass(500);
  expect(states[states.length - 1]).toBe("live");
  expect(wire.openSockets()).toHaveLength(1);
});

test("a line that died in silence is noticed by a plain read, and what it lost is there", async () => {
  await follow();
  wire.openSockets()[0].isDead = true;
  wire.write({ role: "officer", text: "没有送到" });
  await wire.pass(QUIET_MS + 1000);
  expect(heard).toEqual(["没有送到"]);
  expect(wire.sockets).toHaveLength(2);
});

test("a quiet line that works is left alone", async () => {
  await follow();
  await wire.pass(QUIET_MS * 10);
  expect(wire.sockets).toHaveLength(1);
  expect(states).toEqual(["live"]);
});

test("nothing is ever sent on a line: the server would close it", async () => {
  await follow();
  await wire.pass(QUIET_MS * 3);
  expect(wire.sockets[0].socket.send).toBeUndefined();
});

test("a line that does not open in time is given up", async () => {
  wire.openSocket = function openSocket(path) {
    const socket = { onOpen() {}, onMessage() {}, onClose() {}, close() { Promise.resolve().then(() => socket.onClose()); } };
    this.sockets.push({ path, socket });
    return socket;
  };
  await follow();
  await wire.pass(20000);
  expect(wire.sockets.length).toBe(2);
  expect(polls()).toBeGreaterThan(0);
});

test("stopping ends the line and the loop", async () => {
  await follow();
  const { feed } = conversation;
  conversation.stop();
  await feed.running;
  const asked = wire.asked.length;
  await wire.pass(100000);
  expect(wire.asked).toHaveLength(asked);
  expect(wire.openSockets()).toHaveLength(0);
});
