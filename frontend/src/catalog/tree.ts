import type { Asset, Sensor } from "../api/types";
import type { SiteCatalog } from ".";
import { isCalculated } from "./calculated";
import { texts } from "./texts";

export interface Row {
  key: string;
  depth: number;
  kind: "area" | "asset" | "sensor";
  label: string;
  note: string;
  /** Sensors below, for places and assets. */
  count: number;
  open: boolean;
  sensor?: Sensor;
}

interface Node {
  key: string;
  kind: "area" | "asset";
  label: string;
  note: string;
  children: Node[];
  sensors: Sensor[];
  count: number;
}

/** Areas contain areas and assets, assets contain assets and sensors; anything without a parent is at the top. */
export function makeTree(catalog: SiteCatalog): Node[] {
  const areas = new Map<string, Node>();
  const assets = new Map<string, Node>();
  const roots: Node[] = [];
  const node = (key: string, kind: Node["kind"], label: string, note: string): Node => ({
    key,
    kind,
    label,
    note,
    children: [],
    sensors: [],
    count: 0,
  });
  for (const area of catalog.areas) areas.set(area.id, node(area.id, "area", area.name, ""));
  for (const asset of catalog.assets) assets.set(asset.id, assetNode(asset, catalog, node));
  for (const area of catalog.areas) {
    const parent = area.parent ? areas.get(area.parent) : undefined;
    (parent?.children ?? roots).push(areas.get(area.id)!);
  }
  for (const asset of catalog.assets) {
    const parent = (asset.parent && assets.get(asset.parent)) || (asset.area && areas.get(asset.area)) || undefined;
    (parent?.children ?? roots).push(assets.get(asset.id)!);
  }
  const loose = catalog.sensors.filter((sensor) => !sensor.asset || !assets.has(sensor.asset));
  const group = (key: string, name: string, sensors: Sensor[]) => {
    if (sensors.length) roots.push({ ...node(key, "area", name, ""), sensors });
  };
  group(
    "loose",
    texts.withoutAsset,
    loose.filter((sensor) => !isCalculated(sensor)),
  );
  group("calculated", texts.calculated, loose.filter(isCalculated));
  for (const root of roots) countSensors(root);
  return roots.filter((root) => root.count > 0);
}

function assetNode(asset: Asset, catalog: SiteCatalog, node: (k: string, kind: "asset", l: string, n: string) => Node) {
  const made = node(asset.id, "asset", asset.tag, asset.name === asset.tag ? "" : asset.name);
  made.sensors = catalog.sensorsOf.get(asset.id) ?? [];
  return made;
}

function countSensors(node: Node): number {
  node.count = node.sensors.length + node.children.reduce((sum, child) => sum + countSensors(child), 0);
  return node.count;
}

/** Every word must occur in one of the texts; case is ignored. */
export function matches(words: string[], ...fields: (string | null | undefined)[]): boolean {
  const all = fields.join(" ").toLowerCase();
  return words.every((word) => all.includes(word));
}

export const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

/** The rows to show: everything expanded, or with a filter every match with its ancestors. */
export function visibleRows(roots: Node[], closed: ReadonlySet<string>, filter: string): Row[] {
  const words = wordsOf(filter);
  const rows: Row[] = [];
  const visit = (node: Node, depth: number, above: string) => {
    if (node.count === 0) return;
    const path = `${above} ${node.label} ${node.note}`;
    const at = rows.length;
    const open = words.length > 0 || !closed.has(node.key);
    rows.push({ key: node.key, depth, kind: node.kind, label: node.label, note: node.note, count: node.count, open });
    if (!open) return;
    for (const sensor of node.sensors) {
      if (words.length && !matches(words, path, sensor.tag, sensor.name, sensor.unit)) continue;
      rows.push({
        key: sensor.id,
        depth: depth + 1,
        kind: "sensor",
        label: sensor.tag,
        note: sensor.name,
        count: 0,
        open: false,
        sensor,
      });
    }
    for (const child of node.children) visit(child, depth + 1, path);
    if (words.length && rows.length === at + 1) rows.pop();
  };
  for (const root of roots) visit(root, 0, "");
  return rows;
}
