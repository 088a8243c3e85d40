// What a browser fetches for the first page (sign in, then home), gzipped; fonts as they are. Fails above the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 260_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set(["index.html", "scheme.js", "mark.svg"]);
function add(name) {
  const chunk = manifest[name];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const imported of chunk.imports ?? []) add(imported);
}
add("index.html");
add("src/home/index.tsx");
// Of the font's subsets a browser takes only those with letters on the page.
for (const chunk of Object.values(manifest)) {
  if (/inter-latin-wght-normal.*woff2$/.test(chunk.file)) files.add(chunk.file);
  for (const asset of chunk.assets ?? []) if (/inter-latin-wght-normal.*woff2$/.test(asset)) files.add(asset);
}

let total = 0;
for (const file of [...files].sort()) {
  const bytes = readFileSync(new URL(file, dist));
  const size = file.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  in all, of ${BUDGET}`);
if (total > BUDGET) {
  console.error("The first page is over its budget: split what it does not need, or leave it out.");
  process.exit(1);
}
