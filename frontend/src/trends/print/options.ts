import { readOptions, shiftName } from "../options";
import type { Options } from "../options";
import { texts } from "./texts";

/** As in an address, or of a saved view. */
export type NamedOptions = Readonly<Record<string, string | null>>;

export function optionsOf(named: NamedOptions | undefined): Options {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(named ?? {})) if (value !== null) params.set(name, value);
  return readOptions(params);
}

/** What the screen shows and a printed trend does not. */
export function notDrawn({ plot, layout, compare }: Options): string[] {
  const found: string[] = [];
  if (plot !== "time") found.push(texts.plots[plot]);
  if (layout !== "unit") found.push(texts.layouts[layout]);
  if (compare) found.push(texts.comparison(shiftName(compare)));
  return found;
}
