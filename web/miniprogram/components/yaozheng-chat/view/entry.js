// The inputs of an `entry` block as plain rows of cells, and the value that they make.

const FIRST_ROWS = 2;
const NUMBERS = ["number", "integer"];

/** @param {any} block @param {any} held @param {number} row */
function rowOf(block, held, row) {
  return {
    id: row,
    cells: block.parts.map((part) => ({
      key: part.key, label: part.label, required: Boolean(part.required), value: textOf(held && held[part.key]),
      isDate: part.type === "date", kind: NUMBERS.indexOf(part.type) >= 0 ? "digit" : "text",
    })),
  };
}

function textOf(value) {
  return value === null || value === undefined ? "" : String(value);
}

/** The first rows: what is put forward, and empty ones to begin with. @param {any} block */
function rowsOf(block) {
  if (block.kind === "object") {
    return [rowOf(block, block.held, 0)];
  }
  const held = Array.isArray(block.held) ? block.held : [];
  const count = Math.max(FIRST_ROWS, held.length);
  return Array.from({ length: count }, (_, at) => rowOf(block, held[at], at));
}

/** @param {any} block */
function optionsOf(block) {
  const held = Array.isArray(block.held) ? block.held : [];
  return block.options.map((one) => Object.assign({ isChosen: held.indexOf(one.value) >= 0 }, one));
}

function filled(row) {
  const value = {};
  row.cells.forEach((cell) => { value[cell.key] = cell.value.trim(); });
  return value;
}

/** The value of an object, or the rows of a table in which something stands. @param {string} kind @param {any[]} rows */
function valueOf(kind, rows) {
  const values = rows.map(filled);
  return kind === "object" ? values[0] : values.filter((one) => Object.keys(one).some((key) => one[key]));
}

module.exports = { optionsOf, rowOf, rowsOf, valueOf };
