// <yaozheng-chat>: the assistant on any page, by one script tag:
//
//   <script src="https://ASSISTANT/widget.js" async></script>                      a button at the lower right
//   <yaozheng-chat mode="inline" lang="en" accent="#7a1f1f"></yaozheng-chat>       the chat where the element stands
//
// Attributes, on the element or as data-* on the script: `mode` (floating, inline), `lang`, `text` (large),
// `accent` (#rrggbb), `side` (right, left), `label` (words on the button). Methods: open(), close(). Events:
// yaozheng-open, yaozheng-close, yaozheng-unread. The chat lives in a frame of its own, which is loaded when it is
// first opened; styles of the page and of the chat do not meet.

(() => {
  const script = document.currentScript;
  const server = new URL(script.src).origin;
  const WORDS = __WORDS__; // by locale; put in by the server
  const READY_WITHIN_MS = 12000;
  const STYLE = __STYLE__; // css/widget.css; put in by the server

  /** Return a language tag, its language with script (zh-HK is written in Hant), and its language. */
  function reading(tag) {
    try {
      const { language, script } = new Intl.Locale(tag).maximize();
      return [tag.toLowerCase(), `${language}-${script}`, language];
    } catch {
      return [tag.toLowerCase()];
    }
  }

  /** Return the words of the locale nearest to a language tag, those of the first locale where none is near. */
  function wordsFor(tag) {
    const wish = reading(tag);
    const near = (n) => Object.keys(WORDS).find((one) => reading(one)[n] === wish[n]);
    return WORDS[near(0) ?? (wish[1] && (near(1) ?? near(2))) ?? Object.keys(WORDS)[0]];
  }

  class YaozhengChat extends HTMLElement {
    connectedCallback() {
      if (this.box) {
        return;
      }
      this.words = wordsFor(this.option("lang", document.documentElement.lang));
      this.isInline = this.option("mode", "floating") === "inline";
      if (this.isInline) {
        this.setAttribute("mode", "inline");
      }
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.box = document.createElement("div");
      this.box.className = "box";
      const accent = this.option("accent", "");
      this.accent = /^#[0-9a-f]{6}$/i.test(accent) ? accent : "";
      this.box.style.setProperty("--accent", this.accent || "#0b4a94");
      root.append(this.box);
      this.listener = (event) => this.take(event);
      window.addEventListener("message", this.listener);
      if (this.isInline) {
        this.whenNear(() => this.open());
      } else {
        this.addLauncher();
      }
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.listener);
    }

    option(name, fallback) {
      return this.getAttribute(name) ?? script.dataset[name] ?? fallback;
    }

    get classes() {
      const side = this.option("side", "right") === "left" ? "left" : "right";
      return `${side}${this.option("text", "") === "large" ? " large" : ""}`;
    }

    addLauncher() {
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = this.classes;
      this.button.textContent = this.option("label", this.words.label);
      this.button.setAttribute("aria-expanded", "false");
      this.count = document.createElement("span");
      this.count.className = "count";
      this.count.hidden = true;
      this.button.append(this.count);
      this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
      this.box.append(this.button);
    }

    /** Load an inline chat once it comes near the visible part of the page. */
    whenNear(act) {
      const watcher = new IntersectionObserver((seen) => {
        if (seen.some((one) => one.isIntersecting)) {
          watcher.disconnect();
          act();
        }
      }, { rootMargin: "400px" });
      watcher.observe(this);
    }

    addFrame() {
      const query = new URLSearchParams({ origin: window.location.origin, mode: this.isInline ? "inline" : "floating" });
      for (const [name, value] of [["lang", this.option("lang", document.documentElement.lang)], ["text", this.option("text", "")], ["accent", this.accent]]) {
        if (value) {
          query.set(name, value);
        }
      }
      this.frame = document.createElement("div");
      this.frame.className = `frame ${this.isInline ? "inline" : this.classes}`;
      if (!this.isInline) {
        this.frame.setAttribute("role", "dialog");
        this.frame.setAttribute("aria-label", this.words.title);
      }
      this.page = document.createElement("iframe");
      this.page.title = this.words.title;
      this.page.allow = "clipboard-write";
      this.page.src = `${server}/embed?${query}`;
      this.frame.append(this.page);
      setTimeout(() => this.offerSite(), READY_WITHIN_MS);
      this.box.prepend(this.frame);
    }

    /** Where the frame stays empty (site not registered, server unreachable): say so, with the way to the service. */
    offerSite() {
      if (this.isReady) {
        return;
      }
      const note = document.createElement("p");
      note.className = "note";
      note.setAttribute("role", "alert");
      const link = document.createElement("a");
      link.href = server;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = this.words.site;
      note.append(this.words.failed, " ", link);
      this.frame.append(note);
      this.note = note;
    }

    open() {
      if (!this.frame) {
        this.addFrame();
      }
      this.frame.hidden = false;
      this.isOpen = true;
      this.showCount(0);
      this.button?.setAttribute("aria-expanded", "true");
      this.page.focus();
      this.tell("shown");
      this.dispatchEvent(new CustomEvent("yaozheng-open"));
    }

    close() {
      if (!this.isOpen || this.isInline) {
        return;
      }
      this.isOpen = false;
      this.frame.hidden = true;
      this.button.setAttribute("aria-expanded", "false");
      this.button.focus();
      this.tell("hidden");
      this.dispatchEvent(new CustomEvent("yaozheng-close"));
    }

    tell(type) {
      if (this.isReady) {
        this.page.contentWindow.postMessage({ source: "yaozheng", type }, server);
      }
    }

    /** Take a message of the frame: from its window and the server's origin alone. */
    take(event) {
      if (!this.page || event.source !== this.page.contentWindow || event.origin !== server || event.data?.source !== "yaozheng") {
        return;
      }
      if (event.data.type === "ready") {
        this.isReady = true;
        this.note?.remove();
        this.tell(this.isOpen && !this.isInline ? "shown" : "visible");
      } else if (event.data.type === "close") {
        this.close();
      } else if (event.data.type === "unread") {
        this.showCount(Number(event.data.count));
        this.dispatchEvent(new CustomEvent("yaozheng-unread", { detail: { count: Number(event.data.count) } }));
      }
    }

    showCount(count) {
      if (this.count) {
        this.count.hidden = !count;
        this.count.textContent = count ? String(count) : "";
        this.count.setAttribute("aria-label", count ? this.words.unread.replace("{n}", count) : "");
      }
    }
  }

  if (!customElements.get("yaozheng-chat")) {
    customElements.define("yaozheng-chat", YaozhengChat);
  }
  function addOne() {
    if (!document.querySelector("yaozheng-chat")) {
      document.body.append(document.createElement("yaozheng-chat"));
    }
  }
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", addOne);
  } else {
    addOne();
  }
})();
