// The words of one language: by code, and as a tree for templates. Moments are written in China's time.

const messages = require("../messages.js");

const CHINA_MS = 8 * 3600 * 1000;
const DEFAULT = "zh-CN";

/** Return the language that a tag asks for: as it stands, else with its last parts left out. @param {string} tag */
function localeOf(tag) {
  const parts = String(tag || "").replace(/_/g, "-").toLowerCase().split("-");
  const locales = Object.keys(messages);
  for (; parts.length; parts.pop()) {
    const wish = parts.join("-");
    const found = locales.find((one) => one.toLowerCase() === wish || messages[one]["language.tags"].split(" ").includes(wish));
    if (found) {
      return found;
    }
  }
  return DEFAULT;
}

/** Return the languages to choose among, each by its own name. */
function languages() {
  return Object.keys(messages).map((locale) => ({ locale, name: messages[locale]["language.name"] }));
}

class Words {
  /** @param {string} locale */
  constructor(locale) {
    this.locale = localeOf(locale);
    /** @type {Record<string, any>} */
    this.book = messages[this.locale];
    this.tree = treeOf(this.book);
  }

  /** Return a text by its code, its placeholders filled. @param {string} code @param {Record<string, any>} [params] */
  t(code, params) {
    const found = this.book[code];
    if (found === undefined) {
      throw new Error(`text missing: ${code}`);
    }
    const text = typeof found === "string" ? found : (params.n === 1 && found.one) || found.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (params && name in params ? String(params[name]) : whole));
  }

  /** Write an ISO date. @param {string} iso */
  date(iso) {
    const [y, m, d] = String(iso).slice(0, 10).split("-");
    const months = this.book["date.months"].split(" ");
    return this.t("date.pattern", { y, m: months[Number(m) - 1] || Number(m), d: Number(d) });
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

/** Write a moment: hour and minute, with the day before it unless it is today. @param {string} iso @param {number} now @param {Words} words */
function showTime(iso, now, words) {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) {
    return "";
  }
  const then = inChina(ms);
  return then.day === inChina(now).day ? then.time : `${words.date(then.day)} ${then.time}`;
}

module.exports = { Words, inChina, languages, localeOf, showTime };
