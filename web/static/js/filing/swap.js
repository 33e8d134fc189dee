// Swapping the parts of a server-rendered form for fresh ones, without taking anything from under someone's hands.

import { t } from "../core/page.js";

// The markup that the server wrote for a part; what a person did in it since (opened, typed) does not count.
const origins = new WeakMap();
const waiting = new WeakMap();

/** Note what the server wrote, before anyone touches it. */
export function remember(root) {
  root.querySelectorAll("[data-part]").forEach((part) => {
    if (!origins.has(part)) {
      origins.set(part, part.outerHTML);
    }
  });
}

/** Swap in what differs. `touched` is the field just saved by itself. */
export function swap(current, fresh, touched) {
  const written = new Map([...fresh.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  const sections = (root) => [...root.querySelectorAll(":scope > section.group, :scope > [data-part]")];
  const names = (root) => sections(root).map((one) => one.id || one.dataset.part).join();
  current.dataset.version = fresh.dataset.version;
  current.dataset.checked = fresh.dataset.checked;
  if (names(current) !== names(fresh)) {
    keepFocus(() => current.replaceChildren(...fresh.childNodes));
    return;
  }
  current.querySelectorAll("section.group").forEach((group) => {
    const twin = fresh.querySelector(`#${CSS.escape(group.id)}`);
    if (partsOf(group) !== partsOf(twin)) {
      keepFocus(() => group.replaceWith(twin));
    }
  });
  current.querySelectorAll("[data-part]").forEach((part) => {
    const twin = written.get(part.dataset.part);
    if (twin && part !== twin) {
      swapPart(part, twin, touched);
    }
  });
  remember(current);
}

function partsOf(group) {
  return [...group.querySelectorAll("[data-part]")].map((part) => part.dataset.part).join();
}

function swapPart(part, twin, touched) {
  if (touched && part.dataset.field === touched) {
    settle(part, twin);
  } else if (origins.get(part) !== twin.outerHTML) {
    if (part.dataset.field && part.contains(document.activeElement)) {
      hold(part, twin);
    } else {
      keepFocus(() => put(part, twin));
    }
  }
}

function put(part, twin) {
  origins.set(twin, twin.outerHTML);
  part.replaceWith(twin);
  twin.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
}

/** Tell the outcome of a save in the field itself; its inputs stay, so that nothing moves under the hand. */
function settle(part, twin) {
  origins.set(part, twin.outerHTML);
  part.className = twin.className;
  part.querySelector(".field__head").replaceWith(twin.querySelector(".field__head").cloneNode(true));
  part.querySelectorAll(":scope > .field__error:not([data-saved])").forEach((old) => old.remove());
  const errors = [...twin.querySelectorAll(":scope > .field__error")].map((one) => one.cloneNode(true));
  part.querySelector(".field__head").after(...errors);
  const own = part.querySelector("input[name^='was.']");
  const was = own && twin.querySelector(`input[name='${CSS.escape(own.name)}']`);
  if (was) {
    own.value = was.value;
  }
  part.querySelectorAll("input[type=file]").forEach((input) => { input.value = ""; });
  part.querySelector("[data-saved]").textContent = errors.length ? "" : t("saved");
}

/** Keep a part that someone is in; swap it when they leave it. */
function hold(part, twin) {
  if (!waiting.has(part)) {
    part.addEventListener("focusout", function leave(event) {
      if (!part.contains(event.relatedTarget) && !part.dataset.dirty) {
        part.removeEventListener("focusout", leave);
        requestAnimationFrame(() => { if (part.isConnected) { put(part, waiting.get(part)); } });
      }
    });
  }
  waiting.set(part, twin);
}

/** Do something to the page and put the focus back on the same control. */
function keepFocus(work) {
  const active = document.activeElement === document.body ? null : document.activeElement;
  const id = active?.id;
  const name = active?.getAttribute?.("name");
  const value = active?.value;
  work();
  const same = (id && document.getElementById(id))
    || (name && [...document.getElementsByName(name)].find((one) => one.type !== "radio" || one.value === value));
  if (same && same !== document.activeElement) {
    same.focus({ preventScroll: true });
  }
}
