// The words of one language: by code, and as a tree for templates. Moments are written in China's time.

const messages = require("../messages.js");

const CHINA_MS = 8 * 3600 * 1000;
const DEFAULT = "zh-CN";

/** Return the language that a tag asks for. @param {string} tag */
function localeOf(tag) {
  return /^en/i.test(String(tag || "")) ? "en" : DEFAULT;
}

class Words {
  /** @param {string} locale */
  constructor(locale) {
    this.locale = localeOf(locale);
    /** @type {Record<string, string>} */
    this.book = messages[this.locale];
    this.tree = treeOf(this.book);
  }

  /** Return a text by its code, its placeholders filled. @param {string} code @param {Record<string, any>} [params] */
  t(code, params) {
    const text = this.book[code];
    if (text === undefined) {
      throw new Error(`text missing: ${code}`);
    }
    return text.replace(/\{(\w+)\}/g, (whole, name) => (params && name in params ? String(params[name]) : whole));
  }

  /** Whether there is a text for a code. @param {string} code */
  has(code) {
    return code in this.book;
  }
}

/** Return `{a: {b: text}}` for `a.b`; the text of a code that is the head of others stands under `_`. @param {Record<string, string>} book */
function treeOf(book) {
  const tree = {};
  Object.keys(book).forEach((code) => {
    const parts = code.split(".");
    const last = parts.pop();
    let place = tree;
    parts.forEach((part) => {
      place[part] = typeof place[part] === "string" ? { _: place[part] } : place[part] || {};
      place = place[part];
    });
    if (typeof place[last] === "object") {
      place[last]._ = book[code];
    } else {
      place[last] = book[code];
    }
  });
  return tree;
}

/** Return the day and the time of a moment in China. @param {number} ms */
function inChina(ms) {
  const iso = new Date(ms + CHINA_MS).toISOString();
  return { day: iso.slice(0, 10), time: iso.slice(11, 16) };
}

/** Write a moment: hour and minute, with the day before it unless it is today. @param {string} iso @param {number} now */
function showTime(iso, now) {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) {
    return "";
  }
  const then = inChina(ms);
  return then.day === inChina(now).day ? then.time : `${then.day} ${then.time}`;
}

module.exports = { Words, inChina, localeOf, showTime };
