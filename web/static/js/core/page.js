// What the server told this page: addresses, language, texts.

const data = JSON.parse(document.getElementById("page-data").textContent);

export const { api: API, channel, locale, lang, account, role } = data;
let csrf = data.csrf_token;

/** Return the token that a changing request carries. */
export function csrfToken() {
  return csrf;
}

/** Take the token of a session that was opened after this page was made. */
export function renewCsrfToken(token) {
  csrf = token;
}

const plurals = new Intl.PluralRules(lang);

/** Return a text by its code below `web.page.js.`, its placeholders filled; `n` chooses among several forms. */
export function t(code, params = {}) {
  const found = data.strings[`web.page.js.${code}`];
  if (found === undefined) {
    throw new Error(`text missing: ${code}`);
  }
  const text = typeof found === "string" ? found : found[plurals.select(params.n)] ?? found.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** Whether there is a text for a code. */
export function hasText(code) {
  return `web.page.js.${code}` in data.strings;
}

const timeZone = "Asia/Shanghai";
const dates = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone });
const days = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone });
const times = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });

/** Write an ISO date for people. */
export function showDate(iso) {
  const moment = new Date(`${String(iso).slice(0, 10)}T00:00:00+08:00`);
  return Number.isNaN(moment.getTime()) ? String(iso) : dates.format(moment);
}

/** Write a moment in China's time: hour and minute, with the day before it unless it is today. */
export function showTime(iso) {
  const [day, today] = [days.format(new Date(iso)), days.format(new Date())];
  const time = times.format(new Date(iso));
  return day === today ? time : `${day} ${time}`;
}
