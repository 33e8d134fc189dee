// The web form: saves a field when it is left, shows what the server says of it, keeps in step with the chat.
//
// The server renders the form; this only swaps the parts that changed. The part someone is writing in is swapped
// when they leave it.

import { call, pause } from "../core/api.js";
import { el, find } from "../core/dom.js";
import { t } from "../core/page.js";
import { remember, swap } from "./swap.js";

const WAIT_S = 20;
const LARGEST_MB = 10;
const PRINTING_WAIT_S = 3;
const box = find("[data-filing]");
const id = box.dataset.filing;
const form = () => find("#filing-form", box);
let queue = Promise.resolve();

/** Post form data and swap in the form that comes back. */
async function post(action, data, touched) {
  const response = await fetch(action, {
    method: "POST", body: data, headers: { "X-Fragment": "1" }, credentials: "same-origin",
  });
  await take(response, touched);
}

async function take(response, touched) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("filing-form");
  if (!fresh) {
    window.location.reload();
    return;
  }
  swap(form(), fresh, touched);
  wire();
}

/** Run posts one after the other; say so where one does not get through. */
function inTurn(work, entry) {
  queue = queue.then(work).catch(() => say(entry, t("save_failed"), true));
  return queue;
}

function say(entry, text, isError = false) {
  const line = entry && find("[data-saved]", entry);
  if (line) {
    line.textContent = text;
    line.classList.toggle("field__error", isError);
  } else if (isError) {
    find("[data-part=trouble]", box)?.replaceChildren(el("p", { class: "notice notice--error", role: "alert" }, text));
  }
}

/** Return the data of one field with what every post of its group carries. */
function dataOf(entry, group) {
  const all = new FormData(group);
  const data = new FormData();
  const key = entry.dataset.field;
  for (const [name, value] of all) {
    const isOwn = name === `f.${key}` || name.startsWith(`f.${key}.`) || name === `was.${key}` || name === `paste.${key}`;
    if (isOwn || name === "csrf_token" || name === "checked") {
      data.append(name, value);
    }
  }
  return data;
}

function save(entry) {
  const group = entry.closest("form");
  delete entry.dataset.dirty;
  say(entry, t("saving"));
  inTurn(() => post(group.getAttribute("action"), dataOf(entry, group), entry.dataset.field), entry);
}

function isWhole(entry) {
  return Boolean(find("table[data-rows], .parts, .options--grid, textarea", entry));
}

box.addEventListener("change", (event) => {
  const entry = event.target.closest("[data-field]");
  if (!entry || !event.target.closest("[data-autosave]") || event.target.name.startsWith("alternative.")) {
    return;
  }
  const large = [...(event.target.files ?? [])].find((file) => file.size > LARGEST_MB * 2 ** 20);
  if (large) {
    event.target.value = "";
    say(entry, t("entry.too_large", { name: large.name, most: LARGEST_MB }), true);
    return;
  }
  if (event.target.type === "file") {
    find("[data-upload-name]", entry).textContent = event.target.files[0]?.name ?? "";
  }
  if (isWhole(entry)) {
    entry.dataset.dirty = "1";
  } else {
    save(entry);
  }
});

box.addEventListener("focusout", (event) => {
  const entry = event.target.closest("[data-field]");
  if (entry && entry.dataset.dirty && !entry.contains(event.relatedTarget)) {
    save(entry);
  }
});

box.addEventListener("submit", (event) => {
  const posted = event.target.closest("[data-filing-post]");
  if (!posted) {
    return;
  }
  event.preventDefault();
  const data = new FormData(posted, event.submitter);
  event.submitter?.setAttribute("aria-disabled", "true");
  posted.querySelectorAll("[data-dirty]").forEach((entry) => { delete entry.dataset.dirty; });
  inTurn(async () => {
    document.activeElement?.blur?.();
    await post(posted.getAttribute("action"), data, "");
    showOutcome(event.submitter?.closest("[data-part]")?.dataset.part);
  }, null);
});

/** After a post: to what must be mended, to the number, or back to where the person was. */
function showOutcome(from) {
  const outcome = find("[data-summary]", box) ?? find("#result", box);
  if (outcome) {
    outcome.scrollIntoView({ block: "start" });
    outcome.focus({ preventScroll: true });
  } else if (from) {
    find(`[data-part="${from}"]`, box)?.focus({ preventScroll: true });
  }
}

box.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#field-']");
  const entry = link && document.getElementById(link.hash.slice(1));
  if (entry) {
    event.preventDefault();
    const edit = find("details.edit", entry);
    if (edit) {
      edit.open = true;
    }
    entry.scrollIntoView({ block: "center" });
    (find("input:not([type=hidden]), select, textarea", entry) ?? entry).focus();
  }
  if (event.target.closest("[data-add-row]")) {
    addRow(event.target.closest("[data-field]"));
  }
});

function addRow(entry) {
  const rows = find("table[data-rows] tbody", entry);
  const row = rows.lastElementChild.cloneNode(true);
  const number = rows.children.length;
  row.querySelectorAll("input").forEach((input) => {
    input.name = input.name.replace(/\.\d+\.([a-z_0-9]+)$/, `.${number}.$1`);
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, String(number + 1)));
    input.value = "";
  });
  rows.append(row);
  find("input", row).focus();
}

/** Show what only works with this script. */
function wire() {
  remember(form());
  box.querySelectorAll("[data-add-row]").forEach((button) => { button.hidden = false; });
  box.querySelectorAll("[data-upload]").forEach((upload) => { upload.classList.add("upload--enhanced"); });
}

box.addEventListener("swapped", wire);

/** Follow what the chat, a colleague or a worker changes; the printed document comes without a new version. */
async function follow() {
  for (let failures = 0; ;) {
    try {
      const isPrinting = Boolean(find("[data-printing]", box));
      const asked = Number(form().dataset.version);
      const found = await call("GET", `/filings/${id}/changes?version=${asked}&wait=${isPrinting ? PRINTING_WAIT_S : WAIT_S}`);
      failures = 0;
      await queue;
      if (isPrinting || found.version > Number(form().dataset.version)) {
        await inTurn(async () => take(await fetch(`/filings/${id}/form`, { credentials: "same-origin" }), ""), null);
      }
    } catch (error) {
      if (!error.isPassing) {
        return;
      }
      failures += 1;
      await pause(Math.min(1000 * 2 ** failures, 15000));
    }
  }
}

wire();
box.dataset.ready = "true";
follow();
