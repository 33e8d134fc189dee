// What the server told this page: addresses, language, texts.

const data = JSON.parse(document.getElementById("page-data").textContent);

export const { api: API, channel, locale, account, role } = data;
let csrf = data.csrf_token;

/** Return the token that a changing request carries. */
export function csrfToken() {
  return csrf;
}

/** Take the token of a session that was opened after this page was made. */
export function renewCsrfToken(token) {
  csrf = token;
}

/** Return a text by its code below `web.page.js.`, its placeholders filled. */
export function t(code, params = {}) {
  const text = data.strings[`web.page.js.${code}`];
  if (text === undefined) {
    throw new Error(`text missing: ${code}`);
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** Whether there is a text for a code. */
export function hasText(code) {
  return `web.page.js.${code}` in data.strings;
}

const dates = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "Asia/Shanghai" });
const moments = new Intl.DateTimeFormat(locale, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai",
});

const days = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: "Asia/Shanghai" });

/** Write an ISO date for people. */
export function showDate(iso) {
  const moment = new Date(`${String(iso).slice(0, 10)}T00:00:00+08:00`);
  return Number.isNaN(moment.getTime()) ? String(iso) : dates.format(moment);
}

/** Write a moment in China's time: hour and minute, with the day before it unless it is today. */
export function showTime(iso) {
  const [day, today] = [days.format(new Date(iso)), days.format(new Date())];
  const time = moments.format(new Date(iso));
  return day === today ? time : `${day} ${time}`;
}
