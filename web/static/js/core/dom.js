// Building elements. Text goes in as text nodes alone, never as markup.

export const LAW = "zh-Hans"; // the language of the law, of names and of most of what is typed
const CHINESE = /([\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]+)/;

/** Make an element: attributes by name, `on*` listeners, children as elements or texts; Chinese in other texts is marked. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== "").flatMap(
    (child) => (typeof child === "string" && !/^zh/.test(document.documentElement.lang) && !attributes.lang ? marked(child) : child)));
  return node;
}

function marked(text) {
  return text.split(CHINESE).map((part, at) => (at % 2 ? el("span", { lang: LAW }, part) : part)).filter(Boolean);
}

/** Return an address that may be followed: a path of ours, or http(s); "" otherwise. */
export function safeHref(href) {
  const text = String(href ?? "");
  if (text.startsWith("/") && !text.startsWith("//") && !text.includes("\\")) {
    return text;
  }
  return /^https?:\/\//i.test(text) ? text : "";
}

/** Return the one element that a selector names below `root`. */
export function find(selector, root = document) {
  return root.querySelector(selector);
}
