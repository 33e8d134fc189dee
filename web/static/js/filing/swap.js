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

/** Swap in what differs. `touched` is the field just saved: its outcome is told at once. */
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
  const isTouched = Boolean(touched) && part.dataset.field === touched;
  if (!isTouched && origins.get(part) === twin.outerHTML) {
    return;
  }
  if (part.contains(document.activeElement)) {
    hold(part, twin, isTouched);
    return;
  }
  put(part, twin);
}

function put(part, twin) {
  origins.set(twin, twin.outerHTML);
  part.replaceWith(twin);
  twin.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
}

/** Keep a part that is being written in; say the outcome of a save in it; swap it when it is left. */
function hold(part, twin, isTouched) {
  const was = twin.querySelector("input[name^='was.']");
  const own = was && part.querySelector(`input[name='${CSS.escape(was.name)}']`);
  if (isTouched && own) {
    own.value = was.value;
  }
  const line = part.querySelector("[data-saved]");
  if (isTouched && line) {
    const error = twin.querySelector(".field__error");
    line.textContent = error ? error.textContent : t("saved");
    line.classList.toggle("field__error", Boolean(error));
  }
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
  const active = document.activeElement;
  const id = active?.id;
  const name = active?.getAttribute?.("name");
  const value = active?.value;
  work();
  const same = (id && document.getElementById(id))
    || (name && [...document.getElementsByName(name)].find((one) => one.type !== "radio" || one.value === value));
  same?.focus?.();
}
