// Calls of the HTTP API over a transport. Failures are `ApiError`s: `status` 0 means that nothing was reached.
//
// A transport is all that this folder knows of the world. Its paths begin below /api/v1:
//   request({method, path, headers, body, timeoutMs}) → {done: Promise<{status, headers, body}>, abort()}
//       `body` is parsed JSON or null; header names are lower case; it never rejects: status 0 says that nothing
//       was reached or that it was aborted.
//   socket(path) → {onOpen, onMessage, onClose, close()}   `onClose` comes once, after `close()` too.
//   upload({path, file, headers}) → Promise<{status, headers, body}>   as a multipart part `file`
//   later(ms) → {done: Promise, cancel()}      now() → ms
//   store: {get(key), set(key, value), remove(key)}
//   code() → Promise<string>                    a sign-in code, "" where there is none

const SLOW_MS = 30000;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string>} headers
 * @property {any} body
 */

class ApiError extends Error {
  /** @param {number} status @param {string} message @param {{code?: string, retryAfterS?: number}} [more] */
  constructor(status, message, more) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = (more && more.code) || "";
    this.retryAfterS = (more && more.retryAfterS) || 0;
    /** Whether the same call may succeed later. */
    this.isPassing = status === 0 || status === 429 || status >= 500;
  }
}

class Api {
  /** @param {any} transport @param {() => import("./words.js").Words} words */
  constructor(transport, words) {
    this.transport = transport;
    this.words = words;
    this.session = "";
    /** Gets a new session where the old one has run out. @type {null | (() => Promise<boolean>)} */
    this.renew = null;
  }

  /** The headers of a call. @param {string} token */
  headers(token) {
    const headers = { Accept: "application/json", "Accept-Language": this.words().locale };
    if (token) {
      headers.Authorization = `Bearer ${token}`;
    }
    if (this.session) {
      headers["X-Yaozheng-Session"] = this.session;
    }
    return headers;
  }

  /**
   * Call the API; `token` is a conversation's.
   * @param {string} method @param {string} path
   * @param {{body?: any, token?: string, timeoutMs?: number, hold?: (abort: () => void) => void}} [options]
   */
  async call(method, path, options) {
    const given = options || {};
    const had = this.session;
    const answer = await this.once(method, path, given);
    if (answer.status === 401 && had && this.renew && (await this.renew())) {
      return this.read(await this.once(method, path, given));
    }
    return this.read(answer);
  }

  /** @param {string} method @param {string} path @param {any} given @returns {Promise<Answer>} */
  once(method, path, given) {
    const { body, token, timeoutMs, hold } = given;
    const headers = this.headers(token || "");
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    const asked = this.transport.request({ method, path, headers, body, timeoutMs: timeoutMs || SLOW_MS });
    if (hold) {
      hold(() => asked.abort());
    }
    return asked.done;
  }

  /** Send a file as the part `file`. @param {string} path @param {any} file */
  async upload(path, file) {
    return this.read(await this.transport.upload({ path, file, headers: this.headers("") }));
  }

  /** @param {Answer} answer */
  read(answer) {
    if (answer.status >= 200 && answer.status < 300 && answer.body) {
      return answer.body;
    }
    const found = (answer.body && answer.body.error) || {};
    const isBroken = answer.status >= 200 && answer.status < 300;
    throw new ApiError(isBroken ? 0 : answer.status, found.message || this.words().t("unreachable"), {
      code: found.code, retryAfterS: Number(answer.headers["retry-after"] || 0),
    });
  }
}

module.exports = { Api, ApiError };
