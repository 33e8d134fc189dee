// "Read what comes after N": by WebSocket, by long poll where that fails. Both bring the same messages.
//
// The server closes a stream on which a client sends, so there is no heartbeat upwards. Instead a stream on which
// nothing has come for a while is compared with a plain read; a line that is dead, or has lost something, is
// opened anew. `wake()` does so at once: after the phone slept, no open line is to be trusted.

const { ApiError } = require("./api.js");

const POLL_WAIT_S = 20;
const LONGEST_PAUSE_MS = 15000;
const FAILURES_BEFORE_POLLING = 2;
const RETRY_SOCKET_AFTER_MS = 60000;
const OPEN_WITHIN_MS = 5000;
const QUIET_MS = 55000;
const BREATH_MS = 200;

class Feed {
  /**
   * @param {any} transport
   * @param {{
   *   ticket: () => Promise<string>, streamPath: (ticket: string) => string, take: (message: any) => void,
   *   poll: (waitS: number, hold: (abort: () => void) => void) => Promise<number>, lost: (error: any) => void,
   * }} source `poll` resolves with how many messages were new.
   * @param {(state: "live" | "offline") => void} onState
   */
  constructor(transport, source, onState) {
    this.transport = transport;
    this.source = source;
    this.tell = onState;
    this.isStopped = false;
    this.isLive = false;
    this.failures = 0;
    this.socketAgainAt = 0;
    this.isWoken = false;
    /** @type {null | (() => void)} */
    this.interrupt = null;
  }

  /** @param {"live" | "offline"} state */
  onState(state) {
    this.isLive = state === "live";
    this.tell(state);
  }

  start() {
    this.running = this.run();
  }

  stop() {
    this.isStopped = true;
    this.cut();
  }

  /** Trust no open line; read at once what was missed. */
  wake() {
    this.failures = 0;
    this.socketAgainAt = 0;
    this.isWoken = true;
    this.cut();
  }

  cut() {
    const interrupt = this.interrupt;
    this.interrupt = null;
    if (interrupt) {
      interrupt();
    }
  }

  async run() {
    while (!this.isStopped) {
      const isSocketTime = this.transport.now() >= this.socketAgainAt;
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
    if (this.isStopped) {
      return false;
    }
    if (error instanceof ApiError && !error.isPassing) {
      this.source.lost(error);
      return false;
    }
    if (this.isWoken) {
      return true;
    }
    this.failures += 1;
    if (wasSocket && this.failures >= FAILURES_BEFORE_POLLING) {
      this.socketAgainAt = this.transport.now() + RETRY_SOCKET_AFTER_MS;
    }
    if (!wasSocket || this.failures > FAILURES_BEFORE_POLLING) {
      this.onState("offline");
    }
    const asked = error instanceof ApiError ? 1000 * error.retryAfterS : 0;
    await this.rest(Math.max(Math.min(500 * 2 ** this.failures, LONGEST_PAUSE_MS), asked));
    return true;
  }

  /** Wait, but no longer than until somebody wakes the feed. */
  async rest(ms) {
    const timer = this.transport.later(ms);
    await Promise.race([timer.done, new Promise((resolve) => { this.interrupt = () => resolve(undefined); })]);
    timer.cancel();
    this.interrupt = null;
  }

  async pollOnce() {
    await this.source.poll(this.isLive ? POLL_WAIT_S : 0, (abort) => { this.interrupt = abort; });
    this.interrupt = null;
    this.onState("live");
  }

  /** Follow a WebSocket until it closes; reject unless it had opened. */
  async followSocket() {
    const ticket = await this.source.ticket();
    if (this.isStopped || this.isWoken) {
      return;
    }
    const hasOpened = await this.follow(this.transport.socket(this.source.streamPath(ticket)));
    if (!hasOpened) {
      throw new ApiError(0, "socket");
    }
    if (!this.isStopped && !this.isWoken) {
      await this.rest(BREATH_MS);
    }
  }

  /** @returns {Promise<boolean>} whether it opened, once it is closed. */
  follow(socket) {
    return new Promise((resolve) => {
      let hasOpened = false;
      let watch = this.after(OPEN_WITHIN_MS, () => socket.close());
      const watchAnew = () => {
        watch.cancel();
        watch = this.after(QUIET_MS, () => this.compare(socket, watchAnew));
      };
      this.interrupt = () => socket.close();
      socket.onOpen = () => {
        hasOpened = true;
        this.failures = 0;
        this.onState("live");
        watchAnew();
      };
      socket.onMessage = (text) => {
        watchAnew();
        this.source.take(JSON.parse(text));
      };
      socket.onClose = () => {
        watch.cancel();
        this.interrupt = null;
        resolve(hasOpened);
      };
    });
  }

  /** Compare a quiet line with a plain read: one that lost something, or that nothing answers, is closed. */
  async compare(socket, watchAnew) {
    if (await this.hasLost()) {
      socket.close();
    } else {
      watchAnew();
    }
  }

  /** Whether a plain read brings what the line did not, or nothing answers it. */
  async hasLost() {
    try {
      return (await this.source.poll(0, () => undefined)) > 0;
    } catch (error) {
      this.onState("offline");
      return true;
    }
  }

  after(ms, work) {
    const timer = this.transport.later(ms);
    timer.done.then((isDue) => isDue && work());
    return timer;
  }
}

module.exports = { Feed, QUIET_MS };
