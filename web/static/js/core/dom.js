// Building elements. Text goes in as text nodes alone, never as markup.

/** Make an element: attributes by name, `on*` listeners, children as elements or texts. */
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
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
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
