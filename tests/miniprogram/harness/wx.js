// `wx` for a browser: as much of it as the widget uses, with WeChat's own limits where they matter.

const METHODS = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT"];
/** What a test sets and looks at; `person` is whom WeChat knows, "" for nobody. */
const testing = Object.assign({
  files: [], clipboard: "", toasts: [], person: "", allowsAlert: true, scale: 1, opened: "", sockets: [], date: "2026-01-31",
}, window.testingFirst);
let codes = Date.now();

function request({ url, method = "GET", header, data, timeout, success, fail }) {
  if (!METHODS.includes(method)) {
    throw new Error(`wx.request knows no ${method}`);
  }
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), timeout || 60000);
  const body = data === undefined ? undefined : JSON.stringify(data);
  fetch(url, { method, headers: header, body, signal: aborter.signal, credentials: "omit" })
    .then(async (answer) => success({
      statusCode: answer.status, header: Object.fromEntries(answer.headers), data: await answer.text(),
    }))
    .catch((error) => fail({ errMsg: String(error) }))
    .finally(() => clearTimeout(timer));
  return { abort: () => aborter.abort() };
}

function connectSocket({ url }) {
  const socket = new WebSocket(url);
  testing.sockets.push(socket);
  return {
    onOpen: (listener) => { socket.onopen = listener; },
    onMessage: (listener) => { socket.onmessage = listener; },
    onError: (listener) => { socket.onerror = listener; },
    onClose: (listener) => { socket.onclose = listener; },
    close: () => socket.close(),
  };
}

function uploadFile({ url, filePath, name, header, success, fail }) {
  const form = new FormData();
  form.append(name, testing.files.find((file) => file.name === filePath), filePath);
  fetch(url, { method: "POST", headers: header, body: form, credentials: "omit" })
    .then(async (answer) => success({ statusCode: answer.status, data: await answer.text() }))
    .catch((error) => fail({ errMsg: String(error) }));
}

const chosen = ({ success, fail }, make) => (testing.files.length ? success({ tempFiles: testing.files.map(make) }) : fail({}));

const wx = {
  request, connectSocket, uploadFile,
  getStorageSync: (key) => JSON.parse(localStorage.getItem(key) || '""'),
  setStorageSync: (key, value) => localStorage.setItem(key, JSON.stringify(value)),
  removeStorageSync: (key) => localStorage.removeItem(key),
  login({ success }) {
    codes += 1;
    success({ code: testing.person && `${testing.person}~${codes}` });
  },
  getAppBaseInfo: () => ({ language: navigator.language.replace("-", "_"), fontSizeScaleFactor: testing.scale }),
  onNetworkStatusChange: (listener) => window.addEventListener("online", () => listener({ isConnected: true })),
  offNetworkStatusChange: () => undefined,
  setClipboardData: ({ data, success }) => { testing.clipboard = data; success(); },
  showToast: ({ title }) => testing.toasts.push(title),
  chooseMedia: (asked) => chosen(asked, (file) => ({ tempFilePath: file.name, size: file.size })),
  chooseMessageFile: (asked) => chosen(asked, (file) => ({ path: file.name, name: file.name, size: file.size })),
  downloadFile: ({ url, header, success, fail }) => fetch(url, { headers: header, credentials: "omit" })
    .then((answer) => success({ statusCode: answer.status, tempFilePath: url }), fail),
  openDocument: ({ filePath, success }) => { testing.opened = filePath; success(); },
  requestSubscribeMessage: ({ tmplIds, success }) => success({ [tmplIds[0]]: testing.allowsAlert ? "accept" : "reject" }),
};

module.exports = { testing, wx };
