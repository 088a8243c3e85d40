// What a browser fetches for the first page (sign in, then home) and then for the drawing editor, gzipped; fonts as they
// are. Fails above the budgets.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 260_000;
const EDITOR_BUDGET = 80_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set(["index.html", "scheme.js", "mark.svg"]);
function add(name, into) {
  const chunk = manifest[name];
  if (!chunk || files.has(chunk.file) || into.has(chunk.file)) return;
  into.add(chunk.file);
  for (const css of chunk.css ?? []) if (!files.has(css)) into.add(css);
  for (const imported of chunk.imports ?? []) add(imported, into);
}

function sum(found) {
  let total = 0;
  for (const file of [...found].sort()) {
    const bytes = readFileSync(new URL(file, dist));
    const size = file.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
    total += size;
    console.log(`${String(size).padStart(8)}  ${file}`);
  }
  return total;
}

function compare(what, total, budget) {
  console.log(`${String(total).padStart(8)}  ${what}, of ${budget}`);
  if (total <= budget) return;
  console.error(`${what} is over its budget: split what it does not need, or leave it out.`);
  process.exitCode = 1;
}

for (const entry of ["index.html", "src/home/index.tsx"]) add(entry, files);
// Of the font's subsets a browser takes only those with letters on the page.
for (const chunk of Object.values(manifest)) {
  if (/inter-latin-wght-normal.*woff2$/.test(chunk.file)) files.add(chunk.file);
  for (const asset of chunk.assets ?? []) if (/inter-latin-wght-normal.*woff2$/.test(asset)) files.add(asset);
}
compare("The first page", sum(files), BUDGET);

const editor = new Set();
add("src/schematic/editor/index.tsx", editor);
compare("The editor", sum(editor), EDITOR_BUDGET);
