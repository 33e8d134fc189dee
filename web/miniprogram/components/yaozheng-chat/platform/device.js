// What WeChat lends of the phone: pictures, files, the clipboard, permissions, the text size. Each resolves with
// what the person did, and with nothing where they turned away.

const CHOICES = "yaozheng.choices";
const LARGEST_BYTES = 10 * 1024 * 1024;
const ENDINGS = ["pdf", "jpg", "jpeg", "png", "docx"];
const MOST_FILES = 9;

/** Take or choose pictures. @param {boolean} isOne */
function choosePhotos(isOne) {
  return new Promise((resolve) => {
    wx.chooseMedia({
      count: isOne ? 1 : MOST_FILES, mediaType: ["image"], sourceType: ["album", "camera"],
      success: ({ tempFiles }) => resolve(tempFiles.map((file, at) => (
        { path: file.tempFilePath, name: nameOf(file.tempFilePath, at), size: file.size }))),
      fail: () => resolve([]),
    });
  });
}

/** Choose files that came in a chat; a mini-program sees no others. @param {boolean} isOne */
function chooseChatFiles(isOne) {
  return new Promise((resolve) => {
    wx.chooseMessageFile({
      count: isOne ? 1 : MOST_FILES, type: "file", extension: ENDINGS,
      success: ({ tempFiles }) => resolve(tempFiles.map(({ path, name, size }) => ({ path, name, size }))),
      fail: () => resolve([]),
    });
  });
}

function nameOf(path, at) {
  return path.split("/").pop() || `${at + 1}`;
}

function copy(text) {
  return new Promise((resolve) => {
    wx.setClipboardData({ data: text, success: () => resolve(true), fail: () => resolve(false) });
  });
}

/** Fetch a file that takes a session, and show it. */
async function openFile(url, headers, name) {
  const path = await new Promise((resolve) => {
    wx.downloadFile({
      url, header: headers,
      success: ({ statusCode, tempFilePath }) => resolve(statusCode === 200 ? tempFilePath : ""),
      fail: () => resolve(""),
    });
  });
  return path ? new Promise((resolve) => {
    wx.openDocument({
      filePath: path, fileType: name.split(".").pop().toLowerCase(), showMenu: true,
      success: () => resolve(true), fail: () => resolve(false),
    });
  }) : false;
}

/** Ask for the permission of one subscription message. @param {string} template */
function askForAlert(template) {
  return new Promise((resolve) => {
    wx.requestSubscribeMessage({
      tmplIds: [template], success: (found) => resolve(found[template] === "accept"), fail: () => resolve(false),
    });
  });
}

/** @returns {any} what WeChat tells of itself; older ones tell it elsewhere. */
function baseInfo() {
  return wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync();
}

/** How much larger than usual the person has set WeChat's text. */
function textScale() {
  const info = baseInfo();
  return Number(info.fontSizeScaleFactor) || (Number(info.fontSizeSetting) || 16) / 16;
}

/** The language of WeChat. */
function language() {
  return baseInfo().language || "";
}

/** Hear when the network is back; return what ends that. @param {() => void} work */
function onNetworkBack(work) {
  /** @param {any} found */
  const listener = (found) => { if (found.isConnected) { work(); } };
  wx.onNetworkStatusChange(listener);
  return () => wx.offNetworkStatusChange(listener);
}

/** What the person chose here before: language, size of the text. */
function choices() {
  return wx.getStorageSync(CHOICES) || {};
}

function keepChoice(change) {
  wx.setStorageSync(CHOICES, Object.assign({}, choices(), change));
}

module.exports = {
  LARGEST_BYTES, askForAlert, choices, chooseChatFiles, choosePhotos, copy, keepChoice, language, onNetworkBack,
  openFile, textScale,
};
