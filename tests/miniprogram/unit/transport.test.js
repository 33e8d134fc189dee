// The one file that speaks with `wx`, held to what WeChat promises and to what it does besides.

const { makeTransport } = require("../../../web/miniprogram/components/yaozheng-chat/platform/transport.js");
const { settle } = require("./wire.js");

let given;
let line;
const made = makeTransport("https://service.test/");

beforeEach(() => {
  line = {};
  const take = (name) => (options) => { given = { name, ...options }; return { abort: () => { given.isAborted = true; } }; };
  global.wx = {
    request: take("request"), uploadFile: take("uploadFile"),
    connectSocket: (options) => {
      given = options;
      const hear = (name) => (listener) => { line[name] = listener; };
      return { onOpen: hear("open"), onMessage: hear("message"), onError: hear("error"), onClose: hear("close"), close() {} };
    },
    login: (options) => { given = options; },
  };
});

const ask = () => made.request({ method: "GET", path: "/me", headers: { Accept: "x" }, timeoutMs: 9 });

test("an answer comes with its status, lower-case headers and parsed body", async () => {
  const { done } = ask();
  expect(given).toMatchObject({ url: "https://service.test/api/v1/me", method: "GET", timeout: 9, header: { Accept: "x" } });
  given.success({ statusCode: 429, header: { "Retry-After": 3 }, data: "{\"error\":{}}" });
  expect(await done).toEqual({ status: 429, headers: { "retry-after": "3" }, body: { error: {} } });
});

test("what is no JSON is no body, and what fails or is aborted is status 0", async () => {
  const page = ask();
  given.success({ statusCode: 502, header: {}, data: "<html>" });
  expect(await page.done).toMatchObject({ status: 502, body: null });
  const failed = ask();
  given.fail({ errMsg: "request:fail" });
  expect((await failed.done).status).toBe(0);
  const aborted = ask();
  aborted.abort();
  expect(given.isAborted).toBe(true);
  expect((await aborted.done).status).toBe(0);
});

test("a line goes to wss, closes once, and is closed though WeChat never says so", async () => {
  const socket = made.socket("/conversations/c/stream?after=0");
  expect(given.url).toBe("wss://service.test/api/v1/conversations/c/stream?after=0");
  const heard = [];
  socket.onOpen = () => heard.push("open");
  socket.onMessage = (text) => heard.push(text);
  socket.onClose = () => heard.push("closed");
  line.open();
  line.message({ data: "m" });
  socket.close();
  await settle();
  expect(heard).toEqual(["open", "m", "closed"]);
  line.close();
  line.error();
  line.message({ data: "late" });
  await settle();
  expect(heard).toEqual(["open", "m", "closed"]);
});

test("a file is the part `file`, and a sign-in code is empty where WeChat gives none", async () => {
  const done = made.upload({ path: "/filings/f/files?field=x", file: { path: "tmp/a.jpg" }, headers: {} });
  expect(given).toMatchObject({ name: "file", filePath: "tmp/a.jpg" });
  given.success({ statusCode: 200, data: "{}" });
  expect((await done).body).toEqual({});
  const code = made.code();
  given.fail();
  expect(await code).toBe("");
});

test("a timer tells whether it ran out or was called off", async () => {
  expect(await made.later(1).done).toBe(true);
  const called = made.later(1000);
  called.cancel();
  expect(await called.done).toBe(false);
});
