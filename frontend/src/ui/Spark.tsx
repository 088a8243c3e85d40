import { memo } from "react";

interface Props {
  t: number[];
  v: (number | string)[];
  gaps?: [number, number][];
  width?: number;
  height?: number;
  slot?: number;
}

/** A little trend without axes; it breaks where the data does. */
export const Spark = memo(function Spark({ t, v, gaps = [], width = 116, height = 40, slot = 1 }: Props) {
  const values = v.map(Number);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const [t0, t1] = [t[0] ?? 0, t.at(-1) ?? 1];
  const xOf = (time: number) => ((time - t0) / (t1 - t0 || 1)) * width;
  const yOf = (value: number) => 2 + (1 - (value - low) / (high - low || 1)) * (height - 4);
  let path = "";
  t.forEach((time, index) => {
    const before = t[index - 1];
    const broken = before !== undefined && gaps.some(([from, to]) => from >= before && from < time && to > before);
    path += `${index === 0 || broken ? "M" : "L"}${xOf(time).toFixed(1)} ${high === low ? height / 2 : yOf(values[index]!).toFixed(1)}`;
  });
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ display: "block" }}
    >
      <path d={path} fill="none" stroke={`var(--pt-series-${slot})`} strokeWidth="1.3" strokeLinejoin="round" />
    </svg>
  );
});
