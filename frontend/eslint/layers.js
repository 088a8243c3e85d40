import path from "node:path";

/** Folders of src/, lowest first. A file imports from its own folder and from lower layers, never sideways. */
export const LAYERS = [
  ["api", "theme"],
  ["format"],
  ["tenant"],
  ["moment"],
  ["keyboard", "series", "stream"],
  ["ui"],
  ["catalog", "values"],
  ["alarmData", "annotations", "cases", "corrections", "events", "notifications", "savedViews", "search", "sensors"],
  ["frame"],
  ["alarms", "dashboards", "home", "trends", "analysis", "schematic", "data", "people", "operators", "work", "entry"],
  ["app.tsx"],
  ["main.tsx"],
];

/** What one screen shows of another: its public component, nothing behind it. */
const SHARED = [
  ["home", "schematic/Thumb"],
  ["dashboards", "schematic/Thumb"],
  ["dashboards", "trends/print/TrendTile"],
  ["dashboards", "trends/print/TrendSection"],
];

const levelOf = (folder) => LAYERS.findIndex((layer) => layer.includes(folder));

/** The reason why `file` must not import `target` (both relative to src/), or undefined where it may. */
export function violation(file, target) {
  const [from, to] = [file, target].map((each) => each.split("/")[0]);
  if (from === to || SHARED.some(([who, what]) => who === from && what === target)) return undefined;
  const [level, below] = [levelOf(from), levelOf(to.includes(".") || levelOf(to) >= 0 ? to : `${to}.tsx`)];
  if (level < 0) return `src/${from} has no layer: add it to eslint/layers.js.`;
  if (below < 0) return `src/${to} has no layer: add it to eslint/layers.js.`;
  if (below < level) return undefined;
  return `${from} must not import ${to}: imports go from higher layers to lower ones (eslint/layers.js).`;
}

function check(context, node, source) {
  if (typeof source?.value !== "string" || !source.value.startsWith(".")) return;
  const src = path.join(context.cwd, "src");
  const file = path.relative(src, context.filename);
  const target = path.relative(src, path.resolve(path.dirname(context.filename), source.value));
  if (file.startsWith("..") || target.startsWith("..")) return;
  const message = violation(file.split(path.sep).join("/"), target.split(path.sep).join("/"));
  if (message) context.report({ node, message });
}

export const layers = {
  meta: { type: "problem", docs: { description: "Imports between folders of src/ go one way" }, schema: [] },
  create: (context) => ({
    ImportDeclaration: (node) => check(context, node, node.source),
    ImportExpression: (node) => check(context, node, node.source),
    ExportNamedDeclaration: (node) => check(context, node, node.source),
    ExportAllDeclaration: (node) => check(context, node, node.source),
  }),
};
