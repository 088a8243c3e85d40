import { memo } from "react";

const WIDTH = 200;

/** How many passed, step by step, as wide as its place; the current step, which has only begun, is left out. */
export const Trace = memo(function Trace({ numbers, height }: { numbers: readonly number[]; height: number }) {
  const shown = numbers.slice(0, -1);
  const top = Math.max(...shown, 1);
  const x = (index: number) => ((index / Math.max(1, shown.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (height - 1 - (value / top) * (height - 2)).toFixed(1);
  return (
    <svg
      width="100%"
      height={height}
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ display: "block" }}
    >
      <path
        d={shown.map((value, index) => `${index ? "L" : "M"}${x(index)},${y(value)}`).join("")}
        fill="none"
        stroke="var(--pt-series-1)"
        strokeWidth="1.3"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});
