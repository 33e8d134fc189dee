// "Read what comes after N": by WebSocket, by long-poll where that fails. Both bring the same messages.
//
// A line on which nothing has come for a while is compared with a plain read; one that is dead, or has lost
// something, is opened anew. After a sleep, or when the network is back, no open line is trusted.

import { ApiError, pause } from "./api.js";
import { API } from "./page.js";

const POLL_WAIT_S = 20;
const LONGEST_PAUSE_MS = 15000;
const FAILURES_BEFORE_POLLING = 2;
const RETRY_SOCKET_AFTER_MS = 60000;
const OPEN_WITHIN_MS = 5000;
const QUIET_MS = 55000;
const ASLEEP_MS = 20000;
const BREATH_MS = 200;

/**
 * Follows one feed until `stop()`.
 *
 * source: `{ticket(), streamPath(ticket), poll(waitS, signal), take(frame), lost(error)}`; `poll` resolves with how
 * many messages were new. `onState` hears "live" or "offline".
 */
export class Feed {
  constructor(source, onState) {
    this.source = source;
    this.tell = onState;
    this.isStopped = false;
    this.isLive = false;
    this.isWoken = false;
    this.failures = 0;
    this.socketAgainAt = 0;
    this.life = new AbortController();
  }

  onState(state) {
    this.isLive = state === "live";
    this.tell(state);
  }

  start() {
    const { signal } = this.life;
    let hiddenAt = Infinity;
    window.addEventListener("online", () => this.wake(), { signal });
    window.addEventListener("offline", () => this.onState("offline"), { signal });
    document.addEventListener("resume", () => this.wake(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - hiddenAt > ASLEEP_MS) {
        this.wake();
      }
      hiddenAt = document.hidden ? Date.now() : Infinity;
    }, { signal });
    this.run();
  }

  stop() {
    this.isStopped = true;
    this.life.abort();
    this.interrupt?.();
  }

  /** Trust no open line; read at once what was missed. */
  wake() {
    this.failures = 0;
    this.socketAgainAt = 0;
    this.isWoken = true;
    this.interrupt?.();
  }

  async run() {
    while (!this.isStopped) {
      const isSocketTime = Date.now() >= this.socketAgainAt;
      this.isWoken = false;
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
    if (this.isStopped || this.isWoken) {
      return !this.isStopped;
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
    await this.rest(Math.max(Math.min(500 * 2 ** this.failures, LONGEST_PAUSE_MS), 1000 * (error.retryAfterS || 0)));
    return true;
  }

  /** Wait, but no longer than until something wakes the feed. */
  rest(ms) {
    return Promise.race([pause(ms), new Promise((resolve) => { this.interrupt = resolve; })]);
  }

  async pollOnce() {
    const aborter = new AbortController();
    this.interrupt = () => aborter.abort();
    await this.source.poll(this.isLive ? POLL_WAIT_S : 0, aborter.signal);
    this.onState("live");
  }

  /** Follow the WebSocket until it closes; reject unless it had opened. */
  async followSocket() {
    const ticket = await this.source.ticket();
    if (this.isStopped || this.isWoken) {
      return;
    }
    const address = new URL(`${API}${this.source.streamPath(ticket)}`, window.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (!(await this.follow(new WebSocket(address)))) {
      throw new ApiError(0, "socket");
    }
    if (!this.isWoken) {
      await this.rest(BREATH_MS);
    }
  }

  /** Resolve with whether it had opened, once it is closed; a dead line may never say that it is. */
  follow(socket) {
    return new Promise((resolve) => {
      let hasOpened = false;
      let isOver = false;
      let timer = 0;
      const watch = (ms, work) => {
        clearTimeout(timer);
        timer = isOver ? 0 : setTimeout(work, ms);
      };
      const end = () => {
        isOver = true;
        clearTimeout(timer);
        socket.onmessage = null;
        socket.close();
        resolve(hasOpened);
      };
      const compare = async () => ((await this.hasLost()) ? end() : watch(QUIET_MS, compare));
      watch(OPEN_WITHIN_MS, end);
      this.interrupt = end;
      socket.onopen = () => {
        hasOpened = true;
        this.failures = 0;
        this.onState("live");
        watch(QUIET_MS, compare);
      };
      socket.onmessage = (event) => {
        watch(QUIET_MS, compare);
        this.source.take(JSON.parse(event.data));
      };
      socket.onclose = end;
    });
  }

  /** Whether a plain read brings what the line did not, or nothing answers it. */
  async hasLost() {
    try {
      return (await this.source.poll(0, this.life.signal)) > 0;
    } catch {
      this.onState("offline");
      return true;
    }
  }
}
