// What only the service's own pages show in a message: inputs of a filing, an officer's help with it. The chat on
// other sites, where nobody signs in, leaves them out and names the way to the form.

import { el, safeHref } from "../core/dom.js";
import { t } from "../core/page.js";

/** `entry(block, message, actions)` makes inputs, `assist(message)` buttons, `settle(message, list)` closes them. */
export const EXTRAS = {};

/** A link to the place on the form where an entry is made. */
export function formLink(block) {
  const href = safeHref(block.href);
  return href ? el("a", { class: "entry-box__link", href: `${href}#field-${block.key}` }, t("entry.on_form"),
    el("span", { class: "visually-hidden" }, ` ${block.label}`)) : null;
}
