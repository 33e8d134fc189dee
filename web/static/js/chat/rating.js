// The five levels of the rating after staff have closed a case.

import { el } from "../core/dom.js";
import { t } from "../core/page.js";

const LEVELS = [5, 4, 3, 2, 1];

/** Return the form of the rating. */
export function rating(message, actions) {
  const name = `rating-${message.seq}`;
  const comment = el("textarea", { class: "input", id: `${name}-comment`, rows: "2", maxlength: "500" });
  const said = el("p", { class: "rating__said", role: "status" });
  const form = el("form", { class: "rating", "aria-label": t("rating.ask") },
    el("fieldset", { class: "rating__levels" },
      el("legend", {}, t("rating.ask")),
      LEVELS.map((level) => el("label", { class: "option" },
        el("input", { type: "radio", name, value: level, required: true }), el("span", {}, t(`rating.level.${level}`))))),
    el("label", { class: "rating__comment", for: `${name}-comment` }, t("rating.comment")), comment,
    el("button", { class: "button" }, t("rating.send")), said);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const level = Number(new FormData(form).get(name));
    const trouble = await actions.rate(level, comment.value.trim());
    if (trouble) {
      said.textContent = trouble;
    } else {
      form.replaceChildren(el("p", { class: "rating__said", role: "status" }, t("rating.thanks", { level: t(`rating.level.${level}`) })));
    }
  });
  return form;
}
