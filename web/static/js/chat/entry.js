// Inputs inside a message: papers, the parts of one thing, rows, several of a list. They save through the filing's
// API; then the message's own button goes on, as if the person had pressed it.

import { ApiError, call } from "../core/api.js";
import { el } from "../core/dom.js";
import { locale, t } from "../core/page.js";
import { formLink } from "./extras.js";

const ACCEPTED = ".pdf,.jpg,.jpeg,.png,.docx";
const LARGEST_MB = 10;
const FIRST_ROWS = 2;

const FORMS = { file: papers, files: papers, object, table, multi_enum: several };

/** Return the inputs of an `entry` block; null where the message is only read. */
export function entry(block, message, actions) {
  const going = message?.choices?.[block.choice];
  if (!actions || !going || !FORMS[block.kind]) {
    return null;
  }
  const problem = el("p", { class: "field__error", role: "alert" });
  const state = el("p", { class: "entry-box__state", role: "status" });
  const box = el("fieldset", { class: "block entry-box", "data-entry": block.key }, el("legend", {}, block.label));
  const save = async (work) => {
    problem.textContent = "";
    state.textContent = t("entry.saving");
    box.disabled = true;
    try {
      await work();
      await actions.choose(message, going);
    } catch (error) {
      problem.textContent = error.message;
      box.disabled = false;
    } finally {
      state.textContent = "";
    }
  };
  box.append(...FORMS[block.kind](block, save), problem, state, formLink(block) ?? "");
  return box;
}

/** Refuse what the server refused: its answer carries the reason in the person's language. */
function checked(answer) {
  if (answer.rejected) {
    throw new ApiError(422, answer.rejected.message, { code: answer.rejected.code });
  }
}

function putting(block, value) {
  const path = `/filings/${block.filing_id}/fields/${encodeURIComponent(block.key)}`;
  return async () => checked(await call("PUT", path, { body: { value, locale } }));
}

function papers(block, save) {
  const id = `entry-${block.filing_id}-${block.key}-${performance.now()}`;
  const input = el("input", {
    class: "input input--file", type: "file", id, accept: ACCEPTED, multiple: block.kind === "files",
    onchange: () => save(async () => {
      const path = `/filings/${block.filing_id}/files?field=${encodeURIComponent(block.key)}`;
      const large = [...input.files].find((file) => file.size > LARGEST_MB * 2 ** 20);
      if (large) {
        throw new ApiError(413, t("entry.too_large", { name: large.name, most: LARGEST_MB }));
      }
      for (const file of input.files) {
        const body = new FormData();
        body.append("file", file);
        checked(await call("POST", path, { body }));
      }
    }).finally(() => { input.value = ""; }),
  });
  return [el("label", { class: "entry-box__file", for: id }, t("entry.file")), input];
}

function object(block, save) {
  const held = block.held ?? {};
  const inputs = block.parts.map((part) => cell(part, held[part.key], part.label));
  const lines = block.parts.map((part, at) => el("label", { class: "entry-box__part" }, el("span", {}, part.label), inputs[at]));
  return [...lines, saving(save, () => putting(block, rowOf(block, inputs)))];
}

function table(block, save) {
  const rows = el("tbody");
  const add = (held = {}) => {
    const number = rows.children.length + 1;
    const cells = block.parts.map((part) => el("td", {}, cell(part, held[part.key], t("entry.cell", { row: number, part: part.label }))));
    rows.append(el("tr", {}, cells));
    return rows.lastElementChild;
  };
  const held = Array.isArray(block.held) ? block.held : [];
  held.forEach(add);
  while (rows.children.length < Math.max(FIRST_ROWS, held.length)) {
    add();
  }
  const heads = block.parts.map((part) => el("th", { scope: "col" }, part.label));
  const more = el("button", {
    class: "button button--quiet", type: "button", onclick: () => add().querySelector("input").focus(),
  }, t("entry.add_row"));
  const value = () => [...rows.children]
    .map((row) => rowOf(block, [...row.querySelectorAll("input")]))
    .filter((row) => Object.values(row).some(Boolean));
  return [
    el("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": block.label },
      el("table", { class: "table table--inputs" }, el("thead", {}, el("tr", {}, heads)), rows)),
    el("p", { class: "entry-box__actions" }, more, saving(save, () => putting(block, value()))),
  ];
}

function several(block, save) {
  const held = Array.isArray(block.held) ? block.held : [];
  const boxes = block.options.map((option) => el("input", {
    type: "checkbox", value: option.value, checked: held.includes(option.value),
  }));
  const options = block.options.map((option, at) => el("label", { class: "option" }, boxes[at], el("span", {}, option.label)));
  const chosen = () => boxes.filter((one) => one.checked).map((one) => one.value);
  return [el("div", { class: "options options--grid" }, options), saving(save, () => putting(block, chosen()))];
}

function cell(part, held, label) {
  const isNumber = part.type === "number" || part.type === "integer";
  return el("input", {
    class: "input", type: part.type === "date" ? "date" : "text", value: held ?? "", "aria-label": label,
    inputmode: isNumber ? "decimal" : false, autocomplete: "off",
  });
}

function rowOf(block, inputs) {
  return Object.fromEntries(block.parts.map((part, at) => [part.key, inputs[at].value.trim()]));
}

function saving(save, work) {
  return el("button", { class: "button button--primary", type: "button", onclick: () => save(work()) }, t("entry.save"));
}
