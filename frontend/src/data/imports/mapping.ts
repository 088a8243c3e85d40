import { LineCounter, isMap, isNode, isScalar, parseDocument } from "yaml";
import type { Document, Pair, YAMLMap } from "yaml";
import { texts } from "./texts";

/** The part of a mapping that the form shows. The text contains all of it, and is what the server reads. */
export interface MappingView {
  site: string;
  layout: "wide" | "long";
  /** Column or name in the file, and its sensor. Null: the names are the sensors' tags already. */
  sensors: Map<string, string> | null;
  ignore: string[];
  text: (path: readonly string[]) => string;
}

export interface LineError {
  line: number | null;
  message: string;
}

type Path = readonly string[];

const parse = (text: string, lines?: LineCounter) => parseDocument(text, { lineCounter: lines, prettyErrors: false });

/** The first syntax error, with its line. */
export function syntaxError(text: string): LineError | null {
  const lines = new LineCounter();
  const document = parse(text, lines);
  const error = document.errors[0];
  if (error) return { line: lines.linePos(error.pos[0]).line, message: error.message };
  if (!isMap(document.contents)) return { line: 1, message: texts.notAMapping };
  return null;
}

function pairOf(map: unknown, name: string): Pair | undefined {
  if (!isMap(map)) return undefined;
  return (map as YAMLMap).items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === name);
}

function nodeAt(document: Document, path: Path): unknown {
  return path.reduce<unknown>((node, name) => pairOf(node, name)?.value, document.contents);
}

const plain = (node: unknown): unknown => (isScalar(node) ? node.value : isNode(node) ? node.toJSON() : node);

function wordOf(node: unknown): string {
  const value = plain(node);
  if (Array.isArray(value)) return value.join(", ");
  return value === null || value === undefined || typeof value === "object" ? "" : String(value);
}

export function viewOf(text: string): MappingView {
  const document = parse(text);
  const at = (path: Path) => wordOf(nodeAt(document, path));
  const layout = at(["layout"]) === "long" ? "long" : "wide";
  const rules = nodeAt(document, [listOf(layout)]);
  const ignore = plain(nodeAt(document, ["ignore"]));
  return {
    site: at(["site"]),
    layout,
    text: at,
    ignore: Array.isArray(ignore) ? ignore.map(String) : [],
    sensors: isMap(rules)
      ? new Map(
          (rules as YAMLMap).items.map((pair) => [
            wordOf(pair.key),
            isMap(pair.value) ? wordOf(pairOf(pair.value, "sensor")?.value) : wordOf(pair.value),
          ]),
        )
      : null,
  };
}

export const listOf = (layout: "wide" | "long") => (layout === "wide" ? "columns" : "sensors");

/** The text with one value changed; comments and everything else are kept. An empty value removes its key. */
export function withValue(text: string, path: Path, value: string | string[]): string {
  const document = parse(text);
  if (document.errors.length) return text;
  set(document, path, value);
  return document.toString({ lineWidth: 0 });
}

function set(document: Document, path: Path, value: unknown): void {
  const parent = path.slice(0, -1);
  const name = path.at(-1)!;
  const known = pairOf(nodeAt(document, parent), name);
  if (value === "" || (Array.isArray(value) && value.length === 0)) {
    const map = nodeAt(document, parent);
    if (known && isMap(map)) (map as YAMLMap).items = map.items.filter((pair) => pair !== known);
    if (parent.length && isMap(map) && map.items.length === 0) set(document, parent, "");
  } else if (known) known.value = document.createNode(value);
  else if (isMap(nodeAt(document, parent))) (nodeAt(document, parent) as YAMLMap).add(document.createPair(name, value));
  else set(document, parent, { [name]: value });
}

/** The text with the sensor of one column (or name) changed; the rest of its rule is kept. An empty sensor removes it. */
export function withSensor(text: string, name: string, sensor: string): string {
  const { layout } = viewOf(text);
  const document = parse(text);
  const rule = nodeAt(document, [listOf(layout), name]);
  return withValue(text, [listOf(layout), name, ...(isMap(rule) && sensor ? ["sensor"] : [])], sensor);
}

/** The text with another layout; keys of the old one are removed, because the server refuses them. */
export function withLayout(text: string, layout: "wide" | "long"): string {
  const gone = layout === "wide" ? ["sensor_column", "value_column", "sensors"] : ["columns"];
  return gone.reduce((left, name) => withValue(left, [name], ""), withValue(text, ["layout"], layout));
}

/** What is missing before the form can be sent. */
export function missing(view: MappingView): string | null {
  if (!view.site) return texts.enterSite;
  if (view.layout === "long") {
    if (!view.text(["sensor_column"])) return texts.enterSensorColumn;
    if (!view.text(["value_column"])) return texts.enterValueColumn;
  }
  return null;
}

/** The line of the text that a message of the server is about. */
export function lineOf(text: string, message: string): number | null {
  const named = /\bline (\d+), column/.exec(message);
  if (named) return Number(named[1]);
  const lines = new LineCounter();
  const document = parse(text, lines);
  const where = /at `\$\.?([^`[]*)/.exec(message)?.[1]?.split(".").filter(Boolean) ?? [];
  const unknown = /unknown field `([^`]+)`/.exec(message)?.[1];
  const path = unknown ? [...where, unknown] : where;
  const found = path.length ? keyAt(document, path) : quotedKey(document, message);
  return found === null ? null : lines.linePos(found).line;
}

function keyAt(document: Document, path: Path): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const key = pairOf(nodeAt(document, path.slice(0, length - 1)), path[length - 1]!)?.key;
    if (isScalar(key) && key.range) return key.range[0];
  }
  return null;
}

/** The first key or value that is one of the words the message quotes. */
function quotedKey(document: Document, message: string): number | null {
  const words = [...message.matchAll(/['“`]([^'”`]+)['”`]/g)].map((match) => match[1]!);
  const places = new Map<string, number>();
  const walk = (node: unknown): void => {
    if (isScalar(node) && node.range) places.set(String(node.value), places.get(String(node.value)) ?? node.range[0]);
    else if (isMap(node)) (node as YAMLMap).items.forEach((pair) => [pair.key, pair.value].forEach(walk));
  };
  walk(document.contents);
  const word = words.find((each) => places.has(each));
  return word === undefined ? null : places.get(word)!;
}
