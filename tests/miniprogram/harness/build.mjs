// Builds the mini-program for a browser with WeChat's own component framework (glass-easel).
//
//     node harness/build.mjs MINIPROGRAM OUT
//
// WXML, WXSS and JS are taken as they are: templates are compiled, sheets get scopes, scripts are bundled.
// It is not WeChat: no Skyline, no list of domains, no keyboard of a phone.

import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import esbuild from "esbuild";

const require = createRequire(import.meta.url);
const { TmplGroup } = require("glass-easel-template-compiler");

const [source, out] = process.argv.slice(2).map((one) => path.resolve(one));
const here = path.dirname(new URL(import.meta.url).pathname);
const read = (name) => fs.readFileSync(path.join(source, name), "utf8");

function walk(folder) {
  return fs.readdirSync(path.join(source, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? walk(name) : [name];
  });
}

const names = walk("").filter((name) => name.endsWith(".wxml")).map((name) => name.slice(0, -".wxml".length));

function templates() {
  const group = new TmplGroup();
  for (const name of names) {
    const problems = group.addTmpl(name, read(`${name}.wxml`)) || [];
    if (problems.length) {
      throw new Error(`${name}.wxml: ${problems.map((one) => JSON.stringify(one)).join("; ")}`);
    }
  }
  return group.getTmplGenObjectGroups();
}

const configOf = (name) => JSON.parse(read(`${name}.json`));
/** Components have a scope of their own; pages share theirs with app.wxss. */
const scopeOf = (name) => (configOf(name).component ? name.replace(/[^a-z0-9]+/g, "-") : "");

/** A sheet with its imports in it. */
function sheet(name) {
  return read(name).replace(/@import\s+"([^"]+)";/g, (_, target) => sheet(path.posix.join(path.posix.dirname(name), target)));
}

function scoped(css, scope) {
  const sized = css.replace(/([\d.]+)rpx/g, "calc(var(--mpw, 100vw) * $1 / 750)");
  if (!scope) {
    return sized.replace(/(?<![.\w-])page(?=\s*\{)/g, "body");
  }
  return sized
    .replace(/\.(-?[a-zA-Z_][\w-]*)/g, (_, cls) => `.${scope}--${cls}`)
    .replace(/:host/g, `[wx-host="${scope}"]`);
}

function sheets() {
  const parts = [scoped(sheet("app.wxss"), "")];
  for (const name of names) {
    if (fs.existsSync(path.join(source, `${name}.wxss`))) {
      parts.push(scoped(sheet(`${name}.wxss`).replace(/\/\*.*?\*\//gs, ""), scopeOf(name)));
    }
  }
  return parts.join("\n");
}

function entryScript() {
  const configs = names.map((name) => `${JSON.stringify(name)}: ${read(`${name}.json`)}`);
  // A page that needs no script of its own would not be a component: each has one.
  const scripts = names.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path.join(source, `${name}.js`))})`);
  return `
const run = require(${JSON.stringify(path.join(here, "runtime.js"))});
run({
  templates: (${templates()}),
  configs: {${configs.join(",\n")}},
  scripts: {${scripts.join(",\n")}},
  scopes: ${JSON.stringify(Object.fromEntries(names.map((name) => [name, scopeOf(name)])))},
  app: () => require(${JSON.stringify(path.join(source, "app.js"))}),
  home: ${JSON.stringify(JSON.parse(read("app.json")).pages[0])},
});`;
}

fs.mkdirSync(out, { recursive: true });
await esbuild.build({
  stdin: { contents: entryScript(), resolveDir: here },
  bundle: true, format: "iife", target: "es2020", outfile: path.join(out, "mp.js"), logLevel: "error",
});
fs.writeFileSync(path.join(out, "index.html"), `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>miniprogram</title><link rel="stylesheet" href="base.css"><link rel="stylesheet" href="mp.css"></head>
<body><div id="root"></div><script src="mp.js"></script></body></html>`);
fs.copyFileSync(path.join(here, "base.css"), path.join(out, "base.css"));
fs.writeFileSync(path.join(out, "mp.css"), sheets());
