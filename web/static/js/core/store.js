// What this tab remembers. Browsers that forbid storage in frames of other sites keep it for as long as the page lives.

const held = new Map();

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** Remember a text under a name; null forgets it. */
export function remember(name, text) {
  held.set(name, text);
  if (text === null) {
    storage()?.removeItem(name);
  } else {
    storage()?.setItem(name, text);
  }
}

/** Return what is remembered under a name, or null. */
export function recall(name) {
  return storage()?.getItem(name) ?? held.get(name) ?? null;
}
