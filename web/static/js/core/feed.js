// "Read what comes after N": by WebSocket, by long-poll where that fails. Both bring the same messages.

import { ApiError, pause } from "./api.js";
import { API } from "./page.js";

const POLL_WAIT_S = 20;
const LONGEST_PAUSE_MS = 15000;
const FAILURES_BEFORE_POLLING = 2;
const RETRY_SOCKET_AFTER_MS = 60000;
const OPEN_WITHIN_MS = 5000;

/**
 * Follows one feed until `stop()`.
 *
 * source: `{after(), ticket(), streamPath(ticket), poll(waitS, signal), take(frame), lost(error)}`;
 * `onState` hears "live" or "offline".
 */
export class Feed {
  constructor(source, onState) {
    this.source = source;
    this.onState = onState;
    this.isStopped = false;
    this.socket = null;
    this.aborter = new AbortController();
    this.failures = 0;
    this.socketAgainAt = 0;
  }

  start() {
    window.addEventListener("online", () => this.wake?.());
    this.run();
  }

  stop() {
    this.isStopped = true;
    this.aborter.abort();
    this.socket?.close();
    this.wake?.();
  }

  async run() {
    while (!this.isStopped) {
      const isSocketTime = Date.now() >= this.socketAgainAt;
      try {
        await (isSocketTime ? this.followSocket() : this.pollOnce());
        this.failures = 0;
      } catch (error) {
        if (!(await this.survive(error, isSocketTime))) {
          return;
        }
      }
    }
  }

  /** Take a failure: say so, wait, go on. A feed that is gone for good ends. */
  async survive(error, wasSocket) {
    if (this.isStopped || error.name === "AbortError") {
      return false;
    }
    if (error instanceof ApiError && !error.isPassing) {
      this.source.lost(error);
      return false;
    }
    this.failures += 1;
    if (wasSocket && this.failures >= FAILURES_BEFORE_POLLING) {
      this.socketAgainAt = Date.now() + RETRY_SOCKET_AFTER_MS;
    }
    if (!wasSocket || this.failures > FAILURES_BEFORE_POLLING) {
      this.onState("offline");
    }
    await this.rest(Math.min(500 * 2 ** this.failures, LONGEST_PAUSE_MS));
    return true;
  }

  /** Wait, but no longer than until the browser is online again. */
  rest(ms) {
    return Promise.race([pause(ms), new Promise((resolve) => { this.wake = resolve; })]);
  }

  async pollOnce() {
    await this.source.poll(POLL_WAIT_S, this.aborter.signal);
    this.onState("live");
  }

  /** Follow the WebSocket until it closes; reject unless it had opened. */
  async followSocket() {
    const ticket = await this.source.ticket();
    const address = new URL(`${API}${this.source.streamPath(ticket)}`, window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    await new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      let hasOpened = false;
      const late = setTimeout(() => socket.close(), OPEN_WITHIN_MS);
      this.socket = socket;
      socket.onopen = () => {
        hasOpened = true;
        clearTimeout(late);
        this.failures = 0;
        this.onState("live");
      };
      socket.onmessage = (event) => this.source.take(JSON.parse(event.data));
      socket.onclose = () => {
        clearTimeout(late);
        this.socket = null;
        if (hasOpened) {
          resolve();
        } else {
          reject(new ApiError(0, "socket"));
        }
      };
    });
    await pause(200);
  }
}

