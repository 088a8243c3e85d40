import { differenceOf, stateDifferences } from "../core/compare";
import type { Difference, StateDifference } from "../core/compare";
import type { ValueStore } from "../core/store";
import type { Stage } from "../view/context";

export interface Differences {
  states: StateDifference[];
  values: { id: string; found: Exclude<Difference, { is: "unknown" }> }[];
  /** Values, machines and valves of which one of the two is not known. */
  unknown: number;
}

const isOfItsMoment = (store: ValueStore) => store.at > 0 && store.of !== "other";

/** What differs between two moments; undefined while the values of either are still those of another one. */
export function summaryOf(
  { scene, store, sensor }: Pick<Stage, "scene" | "store" | "sensor">,
  other: ValueStore,
): Differences | undefined {
  if (!isOfItsMoment(store) || !isOfItsMoment(other)) return undefined;
  const placements = [...scene.placements.values()];
  const values: Differences["values"] = [];
  let unknown = placements.filter(({ id }) => [store, other].some((each) => each.state(id) === "unknown")).length;
  for (const id of new Set((scene.drawing.tags ?? []).map((tag) => tag.sensor))) {
    const found = differenceOf(store.entry(id), other.entry(id), sensor(id));
    if (found?.is === "unknown") unknown += 1;
    else if (found) values.push({ id, found });
  }
  return { states: stateDifferences(placements, store.state, other.state), values, unknown };
}
