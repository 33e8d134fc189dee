// The transport of core/api.js over `wx`: the only file that speaks with WeChat's network, storage and sign-in.

const API = "/api/v1";
const NORMAL_END = 1000;

/** @param {string} server such as https://service.example.gov.cn */
function makeTransport(server) {
  const base = `${server.replace(/\/+$/, "")}${API}`;
  return {
    request: (asked) => request(base, asked),
    socket: (path) => openSocket(`${base.replace(/^http/, "ws")}${path}`),
    upload: (asked) => upload(base, asked),
    later,
    now: () => Date.now(),
    store: { get: (key) => wx.getStorageSync(key), set: (key, value) => wx.setStorageSync(key, value),
      remove: (key) => wx.removeStorageSync(key) },
    code,
  };
}

function nothing() {
  return { status: 0, headers: {}, body: null };
}

function lowered(headers) {
  const found = {};
  Object.keys(headers || {}).forEach((name) => { found[name.toLowerCase()] = String(headers[name]); });
  return found;
}

function parsed(data) {
  if (typeof data !== "string") {
    return data && typeof data === "object" ? data : null;
  }
  try {
    return JSON.parse(data);
  } catch (error) {
    return null; // a page of some proxy: core/api.js tells it as unreachable
  }
}

/** @param {any} answer of a request, or of an upload, which brings no headers */
function answered({ statusCode, header, data }) {
  return { status: statusCode, headers: lowered(header), body: parsed(data) };
}

function request(base, { method, path, headers, body, timeoutMs }) {
  let abort = () => undefined;
  const done = new Promise((resolve) => {
    const task = wx.request({
      url: `${base}${path}`, method, header: headers, data: body, timeout: timeoutMs, dataType: "text",
      success: (answer) => resolve(answered(answer)),
      fail: () => resolve(nothing()),
    });
    abort = () => {
      task.abort();
      resolve(nothing());
    };
  });
  return { done, abort: () => abort() };
}

function openSocket(url) {
  const task = wx.connectSocket({ url, fail: () => end() });
  const socket = {
    onOpen: () => undefined,
    /** @param {any} _text */
    onMessage: (_text) => undefined,
    onClose: () => undefined,
    close() {
      task.close({ code: NORMAL_END });
      end(); // on a dead line WeChat may never tell that it is closed
    },
  };
  let hasEnded = false;
  function end() {
    if (!hasEnded) {
      hasEnded = true;
      Promise.resolve().then(() => socket.onClose());
    }
  }
  task.onOpen(() => !hasEnded && socket.onOpen());
  task.onMessage(({ data }) => !hasEnded && socket.onMessage(data));
  task.onError(end);
  task.onClose(end);
  return socket;
}

function upload(base, { path, file, headers }) {
  return new Promise((resolve) => {
    wx.uploadFile({
      url: `${base}${path}`, filePath: file.path, name: "file", header: headers,
      success: (answer) => resolve(answered(answer)),
      fail: () => resolve(nothing()),
    });
  });
}

function later(ms) {
  let timer;
  let finish = (_isDue) => undefined;
  const done = new Promise((resolve) => {
    finish = resolve;
    timer = setTimeout(() => resolve(true), ms);
  });
  return { done, cancel: () => { clearTimeout(timer); finish(false); } };
}

function code() {
  return new Promise((resolve) => {
    wx.login({ success: (found) => resolve(found.code || ""), fail: () => resolve("") });
  });
}

module.exports = { makeTransport };
