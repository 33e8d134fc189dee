// Every template and sheet is taken by WeChat's own compilers.

const fs = require("fs");
const path = require("path");
const compiler = require("miniprogram-compiler");

const ROOT = path.resolve(__dirname, "../../../web/miniprogram");
const PAGES = JSON.parse(fs.readFileSync(path.join(ROOT, "app.json"), "utf8")).pages;

function walk(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    return entry.isDirectory() ? walk(place) : [place];
  });
}

const templates = walk(ROOT).filter((place) => place.endsWith(".wxml")).map((place) => path.relative(ROOT, place));

test("every template compiles", () => {
  const made = compiler.wxmlToJs(ROOT);
  expect(templates.length).toBeGreaterThan(8);
  expect(templates.filter((name) => !made.includes(name))).toEqual([]);
});

test("every sheet compiles", () => {
  expect(compiler.wxssToJs(ROOT)).toBeTruthy();
});

test("every page and every part that is named has its four files", () => {
  const named = walk(ROOT).filter((place) => place.endsWith("index.json")).flatMap((place) => {
    const parts = Object.values(JSON.parse(fs.readFileSync(place, "utf8")).usingComponents || {});
    return parts.map((part) => path.resolve(path.dirname(place), part));
  });
  expect(named.length).toBeGreaterThan(6);
  for (const place of [...named, ...PAGES.map((page) => path.join(ROOT, page))]) {
    for (const ending of [".js", ".json", ".wxml", ".wxss"]) {
      expect(fs.existsSync(place + ending)).toBe(true);
    }
  }
});
