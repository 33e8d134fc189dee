// Why this answer: a disclosure below an answer that loads a short panel when it is opened.

import { el } from "../core/dom.js";
import { t } from "../core/page.js";
import { renderBlocks } from "./blocks.js";

/** Return the disclosure; what it shows is loaded once. */
export function why(message, actions) {
  const panel = el("div", { class: "why__panel", role: "status" });
  const box = el("details", { class: "why" }, el("summary", {}, t("why.title")), panel);
  box.addEventListener("toggle", async () => {
    if (!box.open || box.dataset.state) {
      return;
    }
    box.dataset.state = "loading";
    panel.replaceChildren(el("p", { class: "hint" }, t("why.loading")));
    const found = await actions.reasons(message);
    box.dataset.state = found.trouble ? "" : "shown";
    panel.replaceChildren(...(found.trouble ? [el("p", {}, found.trouble)] : shown(found)));
  });
  return box;
}

function shown(found) {
  return [...renderBlocks(found.blocks, null, null), el("p", {},
    el("a", { href: `/verify?code=${encodeURIComponent(found.receipt_code)}`, target: "_blank", rel: "noopener" }, t("why.verify")))];
}
