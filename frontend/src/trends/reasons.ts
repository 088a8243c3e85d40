import type { Trace } from "./lanes";

export interface Reason {
  tag: string;
  why: string;
}

/** Those of which something may be drawn. */
export const computable = (traces: Trace[]): Trace[] => traces.filter(({ series }) => series?.reason === undefined);

/** Why series have no values, of those that cannot be computed. */
export const reasonsOf = (traces: readonly Trace[]): Reason[] =>
  traces.flatMap(({ sensor, series }) =>
    series?.reason === undefined ? [] : [{ tag: sensor.tag, why: series.reason }],
  );
