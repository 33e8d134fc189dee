// The closed set of core/blocks.py as elements. web/templates/macros/blocks.html renders the same on the server.

import { el, LAW, safeHref } from "../core/dom.js";
import { hasText, showDate, t } from "../core/page.js";
import { EXTRAS, formLink } from "./extras.js";

const LONG_QUOTE = 220;

const RENDERERS = {
  paragraph: (block) => el("p", { class: "block" }, block.text),
  list: (block) => el("ul", { class: "block block--list" }, block.items.map((item) => el("li", {}, item))),
  steps: (block) => el("ol", { class: "block steps" }, block.items.map((item) => el("li", {},
    item.title ? el("strong", { class: "steps__title" }, item.title) : null,
    el("span", { class: "steps__text" }, item.text)))),
  table,
  citation,
  choices: (block) => (block.prompt ? el("p", { class: "block" }, block.prompt) : null),
  card,
  field,
  file: (block) => el("a", { class: "block file", href: safeHref(block.href), download: block.name }, block.name),
  entry: (block, message, actions) => EXTRAS.entry?.(block, message, actions) ?? el("p", { class: "block" }, formLink(block)),
  notice: (block) => el("p", { class: `block notice notice--${block.level}` },
    el("strong", { class: "notice__level" }, t(`level.${block.level}`)), " ", block.text),
};

/** Return the elements of some blocks; `actions` is null where they are only read. */
export function renderBlocks(blocks, message, actions) {
  return blocks.map((block) => renderBlock(block, message, actions)).filter(Boolean);
}

function renderBlock(block, message, actions) {
  const renderer = RENDERERS[block.type];
  if (!renderer) {
    console.warn("unknown block", block.type);
    return block.text ? RENDERERS.paragraph(block) : null;
  }
  return renderer(block, message, actions);
}

function table(block) {
  return el("div", { class: "block table-scroll", role: "region", tabindex: "0", "aria-label": block.caption },
    el("table", { class: "table table--stacks", role: "table" },
      el("caption", {}, block.caption),
      el("thead", {}, el("tr", {}, block.columns.map((column) => el("th", { scope: "col" }, column)))),
      el("tbody", { role: "rowgroup" }, block.rows.map((row) => el("tr", { role: "row" }, row.map((cell, at) =>
        el("td", { role: "cell", "data-label": block.columns[at] }, cell)))))));
}

function card(block) {
  const href = safeHref(block.href);
  return el("div", { class: "block card" },
    el("p", { class: "card__title" }, block.title),
    block.lines.length ? el("dl", { class: "card__lines" }, block.lines.map((line) => el("div", {},
      el("dt", {}, line.label), el("dd", {}, line.value)))) : null,
    href ? el("a", { class: "card__link", href }, t("open"), el("span", { class: "visually-hidden" }, ` ${block.title}`)) : null);
}

function field(block) {
  return el("div", { class: `block field-line field-line--${block.status}` },
    el("span", { class: "field-line__label" }, block.label),
    el("span", { class: "field-line__value" }, block.value),
    block.receipt ? el("span", { class: "field-line__receipt" }, block.receipt) : null);
}

/** A citation as a card: law and article, the quoted words, document number, date, where to read on. */
export function citation(found) {
  const url = safeHref(found.url);
  return el("article", { class: "block citation" },
    el("p", { class: "citation__title" },
      found.n ? el("span", { class: "citation__n" }, String(found.n)) : null,
      found.name ?? `${t("law", { title: found.title })} ${found.article_label ?? ""}`),
    found.quote ? quote(found.quote) : null,
    found.summary ? el("p", { class: "citation__summary" }, found.summary) : null,
    found.note ? el("p", { class: "citation__note" }, found.note) : null,
    el("p", { class: "citation__meta" },
      found.document_number ? el("span", {}, found.document_number) : null,
      found.effective_from ? el("span", {}, t("effective", { date: showDate(found.effective_from) })) : null,
      lawStatus(found.status),
      url.startsWith("http") ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, t("original")) : null));
}

function lawStatus(status) {
  return hasText(`law_status.${status}`)
    ? el("span", { class: `tag tag--law-${status}` }, t(`law_status.${status}`)) : null;
}

function quote(text) {
  if (text.length <= LONG_QUOTE) {
    return el("blockquote", { class: "citation__quote", lang: LAW }, text);
  }
  return el("details", { class: "citation__long" },
    el("summary", {}, el("span", { class: "citation__quote", lang: LAW }, `${text.slice(0, LONG_QUOTE)}…`), " ",
      el("span", { class: "citation__more" }, t("quote_whole"))),
    el("blockquote", { class: "citation__quote", lang: LAW }, text));
}
