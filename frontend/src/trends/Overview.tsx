import { useEffect, useRef, useState } from "react";
import type { Sensor } from "../api/types";
import { timeTicks } from "../format/ticks";
import { useSize } from "./chart/useSize";
import { AXIS, RIGHT } from "./chart/lane";
import { useOverview } from "./data";
import type { SeriesView } from "../series/view";
import { withGaps } from "../series/view";
import { overviewSpan } from "./range";
import type { Span } from "./range";
import styles from "./trends.module.css";
import { texts } from "./texts";

const HEIGHT = 36;

interface Props {
  sensor: Sensor | undefined;
  view: Span;
  now: number;
  zone: string;
  choose: (span: Span) => void;
}

/** A wider range with a brush on what is shown: drag the brush, its edges, or anywhere else for a new one. */
export function Overview({ sensor, view, now, zone, choose }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const { width } = useSize(host);
  const [whole, setWhole] = useState(() => overviewSpan(view, now));
  const next = overviewSpan(view, now, whole);
  useEffect(() => {
    if (next.start !== whole.start || next.end !== whole.end) setWhole(next);
  }, [next, whole]);
  const series = useOverview(sensor, whole).data;
  const inner = Math.max(0, width - AXIS - RIGHT);
  const [moving, brush] = useBrush(host, whole, inner, view, choose);
  const shown = moving ?? view;
  const xOf = (t: number) => ((t - whole.start) / (whole.end - whole.start)) * inner;
  const x0 = Math.max(0, xOf(shown.start));
  const x1 = Math.min(inner, xOf(shown.end));
  return (
    <div className={styles.overview} ref={host} data-testid="overview">
      <svg width={width} height={HEIGHT + 18} onPointerDown={brush} aria-label={texts.overview}>
        <g transform={`translate(${AXIS} 0)`}>
          <rect className={styles.ground} x=".5" y=".5" width={Math.max(0, inner - 1)} height={HEIGHT - 1} />
          {series && <path className={styles.trace} d={pathOf(series, xOf)} />}
          <rect className={styles.brush} x={x0} y="0" width={Math.max(2, x1 - x0)} height={HEIGHT} />
          <path className={styles.edges} d={`M${x0} 0v${HEIGHT}M${Math.max(x0 + 2, x1)} 0v${HEIGHT}`} />
          {timeTicks(whole.start, whole.end, zone, Math.max(2, Math.floor(inner / 92))).map(({ t, label }) => (
            <text key={t} x={xOf(t)} y={HEIGHT + 14}>
              {label}
            </text>
          ))}
        </g>
      </svg>
    </div>
  );
}

function pathOf(series: SeriesView, xOf: (t: number) => number): string {
  const { t, columns } = withGaps(series);
  const values = columns.at(-1)!;
  const numbers = values.filter((value): value is number => typeof value === "number");
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const yOf = (value: number) => HEIGHT - 4 - ((value - low) / (high - low || 1)) * (HEIGHT - 8);
  let path = "";
  let pen = "M";
  t.forEach((time, index) => {
    const value = values[index];
    if (typeof value !== "number") pen = "M";
    else {
      path += `${pen}${xOf(time).toFixed(1)} ${yOf(value).toFixed(1)}`;
      pen = "L";
    }
  });
  return path;
}

type Grip = "start" | "end" | "both" | "new";

function useBrush(
  host: React.RefObject<HTMLDivElement | null>,
  whole: Span,
  inner: number,
  view: Span,
  choose: (span: Span) => void,
): [Span | null, (event: React.PointerEvent) => void] {
  const [moving, setMoving] = useState<Span | null>(null);
  const begin = (event: React.PointerEvent) => {
    if (event.button !== 0 || !host.current || inner <= 0) return;
    const left = host.current.getBoundingClientRect().left + AXIS;
    const scale = (whole.end - whole.start) / inner;
    const timeAt = (x: number) => whole.start + Math.min(inner, Math.max(0, x - left)) * scale;
    const from = timeAt(event.clientX);
    const near = (t: number) => Math.abs(t - from) < 8 * scale;
    const inside = from > view.start && from < view.end;
    const grip: Grip = near(view.end) ? "end" : near(view.start) ? "start" : inside ? "both" : "new";
    let now: Span | null = null;
    const move = (moved: PointerEvent) => {
      const to = timeAt(moved.clientX);
      const by = to - from;
      if (!now && Math.abs(by) < 3 * scale) return;
      const [a, b] =
        grip === "both"
          ? [view.start + by, view.end + by]
          : grip === "start"
            ? [to, view.end]
            : grip === "end"
              ? [view.start, to]
              : [from, to];
      now = { start: Math.min(a, b), end: Math.max(a, b) };
      setMoving(now);
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      setMoving(null);
      const half = (view.end - view.start) / 2;
      // A click beside the brush moves it there.
      if (now) choose(now);
      else if (grip === "new") choose({ start: from - half, end: from + half });
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
  };
  return [moving, begin];
}
