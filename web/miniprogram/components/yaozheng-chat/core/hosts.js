// Parts of a widget find what serves them by number: properties of components carry data alone.

const hosts = new Map();
let newest = 0;

function register(host) {
  newest += 1;
  hosts.set(newest, host);
  return newest;
}

function hostOf(number) {
  return hosts.get(number);
}

function unregister(number) {
  hosts.delete(number);
}

module.exports = { hostOf, register, unregister };
