import { memo } from "react";
import { sparkOf } from "../series/spark";
import type { SparkSeries } from "../series/spark";

const WIDTH = 116;
const HEIGHT = 36;

/** A sparkline: a trend without axes, with the gaps of the data. */
export const Spark = memo(function Spark({ series, slot = 1 }: { series: SparkSeries; slot?: number }) {
  const [start, end] = [series.t[0] ?? 0, series.t.at(-1) ?? 1];
  const spark = sparkOf(series, { start, end: Math.max(end, start + 1), width: WIDTH, height: HEIGHT });
  return (
    <svg
      width={WIDTH}
      height={HEIGHT + 4}
      viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ display: "block" }}
    >
      {spark && (
        <path d={spark.path} fill="none" stroke={`var(--pt-series-${slot})`} strokeWidth="1.3" strokeLinejoin="round" />
      )}
    </svg>
  );
});
