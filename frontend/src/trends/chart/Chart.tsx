import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatDuration, formatTime, formatDate } from "../../format";
import { axisOf, laneHeights } from "../lanes";
import type { Lane } from "../lanes";
import { readAt } from "../../series/view";
import type { Span } from "../range";
import { readColours } from "./colours";
import type { Cursor } from "./cursor";
import { useCursor } from "./cursor";
import { useGestures } from "./gestures";
import type { Gestures } from "./gestures";
import { RIGHT, TIME_AXIS, leftMargin, makeLaneOptions } from "./lane";
import type { Panel } from "./panel";
import { NoteMarks } from "../../annotations";
import { EventMarks } from "../../events";
import { Ribbons } from "./Ribbons";
import { useSize } from "./useSize";
import styles from "./chart.module.css";
import { texts } from "../texts";

/** Space above the first lane for the cursor's time. */
const TOP = 26;
/** A lane's name, and below it room for its alarms. */
const TITLE = 24;

interface Props extends Gestures {
  lanes: Lane[];
  zone: string;
  cursor: Cursor;
  /** The second, pinned cursor that values are compared with. */
  reference: number | null;
  steps: boolean;
  ranges: boolean;
  /** The application's moment, drawn if it is in view. */
  at: number | null;
  dimmed: boolean;
  onPanels?: (panels: Panel[]) => void;
}

export function Chart(props: Props) {
  const { lanes, zone, cursor, reference, steps, ranges, at, dimmed, onPanels, ...gestures } = props;
  const { view } = gestures;
  const room = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const hosts = useRef<(HTMLDivElement | null)[]>([]);
  const plots = useRef<uPlot[]>([]);
  const [drawn, setDrawn] = useState(0);
  const { width, height } = useSize(room);
  const scheme = useComputedColorScheme();
  const left = leftMargin(lanes, width);
  const heights = laneHeights(lanes, height - TOP - TIME_AXIS - 4, TITLE);
  const heightKey = heights.join();
  const selecting = useGestures(area, gestures);
  const viewNow = useRef(view);
  viewNow.current = view;

  useEffect(() => {
    if (width < 200) return;
    const colours = readColours();
    const sizes = heightKey.split(",").map(Number);
    const created = lanes.map((lane, index) => {
      const last = index === lanes.length - 1;
      const size = { width, height: sizes[index]!, left };
      const input = { lane, ...size, view: viewNow.current, zone, colours, last, steps, ranges };
      const { options, data } = makeLaneOptions(input);
      return new uPlot(options, data, hosts.current[index]!);
    });
    plots.current = created;
    onPanels?.(created.map((plot, index) => ({ title: lanes[index]!.title, plot })));
    setDrawn((count) => count + 1);
    return () => created.forEach((plot) => plot.destroy());
  }, [lanes, width, heightKey, left, zone, scheme, steps, ranges, onPanels]);

  useEffect(() => {
    for (const plot of plots.current) plot.setScale("x", { min: view.start, max: view.end });
  }, [view.start, view.end]);

  const total = heights.reduce((sum, each) => sum + each + TITLE, 0);
  const inner = Math.max(0, width - left - RIGHT);
  const xOf = (t: number) => ((t - view.start) / (view.end - view.start)) * inner;
  return (
    <div className={styles.room} ref={room} data-testid="chart" data-dimmed={dimmed || undefined}>
      <div className={styles.sheet} style={{ height: TOP + total + TIME_AXIS }}>
        <div className={styles.lanes} style={{ top: TOP }}>
          {lanes.map((lane, index) => (
            <div key={lane.key} className={styles.lane}>
              <h2 style={{ height: TITLE, marginLeft: left }}>{lane.title}</h2>
              <div
                style={{ height: heights[index]! + (index === lanes.length - 1 ? TIME_AXIS : 0) }}
                ref={(element) => {
                  hosts.current[index] = element;
                }}
              />
            </div>
          ))}
        </div>
        <div
          className={styles.area}
          ref={area}
          style={{ left, right: RIGHT, top: TOP, height: total }}
          data-testid="chart-area"
        >
          <Ribbons lanes={lanes} heights={heights} view={view} width={inner} zone={zone} title={TITLE} />
          <EventMarks start={view.start} end={view.end} width={inner} zone={zone} />
          <NoteMarks start={view.start} end={view.end} width={inner} zone={zone} />
          {at !== null && at >= view.start && at <= view.end && (
            <div className={styles.moment} style={{ left: xOf(at) }} title={texts.selectedTime} />
          )}
          {reference !== null && <ReferenceMark t={reference} view={view} zone={zone} xOf={xOf} />}
          <CursorMarks
            cursor={cursor}
            view={view}
            zone={zone}
            xOf={xOf}
            lanes={lanes}
            heights={heights}
            plots={plots.current}
            drawn={drawn}
          />
          {selecting && (
            <div
              className={styles.selection}
              style={{ left: xOf(selecting.start), width: xOf(selecting.end) - xOf(selecting.start) }}
            >
              <span>{texts.zoom(formatDuration(selecting.end - selecting.start))}</span>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

interface ReferenceProps {
  t: number;
  view: Span;
  zone: string;
  xOf: (t: number) => number;
}

/** The pinned cursor that values are compared with; outside the view there is none. */
function ReferenceMark({ t, view, zone, xOf }: ReferenceProps) {
  if (t < view.start || t > view.end) return null;
  const label = `${formatDate(t, zone, view.end - view.start > 300 * 86_400_000)} ${formatTime(t, zone)}`;
  return (
    <div className={styles.reference} style={{ left: xOf(t) }} data-testid="reference-mark">
      <span title={texts.referenceAt(label)}>{texts.referenceMark}</span>
    </div>
  );
}

interface MarksProps {
  cursor: Cursor;
  view: Span;
  zone: string;
  xOf: (t: number) => number;
  lanes: Lane[];
  heights: number[];
  plots: uPlot[];
  drawn: number;
}

/** The cursor's line over all lanes, its time above, and a dot on each value. */
function CursorMarks({ cursor, view, zone, xOf, lanes, heights, plots }: MarksProps) {
  const t = useCursor(cursor);
  if (t === null || t < view.start || t > view.end) return null;
  const dots: { key: string; x: number; y: number; slot: number }[] = [];
  let top = 0;
  lanes.forEach((lane, index) => {
    top += TITLE;
    const plot = plots[index];
    for (const trace of lane.kind === "values" && plot ? lane.traces : []) {
      const { series, sensor, slot } = trace;
      const found = series && readAt(series, t);
      if (!found || typeof found.value !== "number") continue;
      const axis = axisOf(lane, trace)!;
      if (axis.log && found.value <= 0) continue;
      const y = plot!.valToPos(found.value - axis.base, axis.key);
      // A band's mean is that of its bucket; a line's dot is on the sample itself.
      const x = series.method === "band" ? xOf(t) : xOf(found.t);
      if (Number.isFinite(y) && x >= 0)
        dots.push({ key: sensor.id, x, y: top + plot!.bbox.top / devicePixelRatio + y, slot });
    }
    top += heights[index]!;
  });
  const label = `${formatDate(t, zone, view.end - view.start > 300 * 86_400_000)} ${formatTime(t, zone)}`;
  return (
    <>
      <div className={styles.cursor} style={{ left: xOf(t) }} />
      <div
        className={styles.time}
        style={{ left: `clamp(52px, ${xOf(t)}px, calc(100% - 52px))` }}
        data-testid="cursor-time"
      >
        {label}
      </div>
      {dots.map((dot) => (
        <div
          key={dot.key}
          className={styles.dot}
          style={{ left: dot.x, top: dot.y, background: `var(--pt-series-${dot.slot})` }}
        />
      ))}
    </>
  );
}
