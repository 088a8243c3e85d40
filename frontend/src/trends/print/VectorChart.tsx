import { useId } from "react";
import { formatNumber, stateName } from "../../format";
import { axisLabels, baseText, logTicks } from "../../format/axis";
import { timeTicks } from "../../format/ticks";
import { stateBlocks } from "../../series/blocks";
import { hasHidden } from "../lanes";
import type { Trace } from "../lanes";
import type { Options } from "../options";
import type { Span } from "../range";
import { lanesOf } from "./lanes";
import type { PrintedLane } from "./lanes";
import { limitsOf } from "./limits";
import styles from "./print.module.css";
import { texts } from "./texts";
import { bandPath, barsPath, linear, linePath, logarithmic, valueTicks } from "./vector";

const PAPER = { width: 720, height: 150 };
const AXIS = 58;
const RIGHT = 18;
const STATES = 22;
const TIME = 22;
const CAPTION = 34;
const MIN_LANE = 48;
const CHAR_PX = 6;
const TICK_PX = 86;
const LABEL_PX = 26;
const LABEL_ROOM = 16;

interface Props {
  traces: Trace[];
  span: Span;
  zone: string;
  /** Of the whole chart on a screen; without it the lanes have the size that is right for paper. */
  size?: { width: number; height: number };
  /** The application's moment, drawn if it is in view. */
  at?: number | null;
  drawn?: Drawn;
}

/** How values are drawn; a trace's own limits are drawn in any case. */
export type Drawn = Partial<Pick<Options, "log" | "steps" | "ranges">>;

/** The lanes of a trend as vectors, one image each so that a page break falls between them; times below the last. */
export function VectorChart({ traces, span, zone, size, at = null, drawn = {} }: Props) {
  const lanes = lanesOf(traces, drawn.log);
  const states = lanes.filter(({ kind }) => kind === "states").length;
  const room = size && size.height - TIME - lanes.length * CAPTION - states * STATES;
  const height = room === undefined ? PAPER.height : Math.max(MIN_LANE, room / Math.max(1, lanes.length - states));
  return (
    <div className={styles.lanes}>
      {lanes.map((lane, index) => (
        <figure key={lane.key} className={styles.lane}>
          <figcaption style={{ paddingLeft: size ? AXIS : `${(AXIS / PAPER.width) * 100}%` }}>
            <span className={styles.title}>
              {lane.title}
              {lane.base !== 0 && ` ${texts.offset(baseText(lane.base))}`}
              {lane.log && `, ${lane.traces.some(hasHidden) ? texts.logHidden : texts.logarithmic}`}
            </span>
            {lane.traces.map(({ sensor, slot }) => (
              <span key={sensor.id} className={styles.key} title={sensor.name}>
                <i style={{ background: `var(--pt-series-${slot})` }} />
                {sensor.tag}
              </span>
            ))}
          </figcaption>
          <LaneImage
            lane={lane}
            span={span}
            zone={zone}
            at={at}
            drawn={drawn}
            width={size?.width ?? PAPER.width}
            height={lane.kind === "states" ? STATES : height}
            last={index === lanes.length - 1}
          />
        </figure>
      ))}
    </div>
  );
}

interface LaneProps {
  lane: PrintedLane;
  span: Span;
  zone: string;
  at: number | null;
  drawn: Drawn;
  width: number;
  height: number;
  last: boolean;
}

function LaneImage({ lane, span, zone, at, drawn, width, height, last }: LaneProps) {
  const right = Math.max(AXIS + 1, width - RIGHT);
  const x = linear([span.start, span.end], [AXIS, right]);
  const ticks = timeTicks(span.start, span.end, zone, Math.max(2, Math.floor((right - AXIS) / TICK_PX)));
  const clip = useId();
  const part = { lane, x, right, height, clip };
  return (
    <svg viewBox={`0 0 ${width} ${height + (last ? TIME : 4)}`} role="img" aria-label={lane.title}>
      <clipPath id={clip}>
        <rect x={AXIS} y="0" width={right - AXIS} height={height} />
      </clipPath>
      {ticks.map(({ t }) => (
        <line key={t} className={styles.grid} x1={x(t)} x2={x(t)} y1="0" y2={height} />
      ))}
      {lane.kind === "states" ? <States {...part} end={span.end} /> : <Values {...part} drawn={drawn} />}
      <rect className={styles.border} x={AXIS} y="0.5" width={right - AXIS} height={height - 1} />
      {at !== null && at >= span.start && at <= span.end && (
        <line className={styles.at} x1={x(at)} x2={x(at)} y1="0" y2={height} />
      )}
      {last &&
        ticks.map(({ t, label }) => (
          <text key={t} x={x(t)} y={height + 15} textAnchor="middle">
            {label}
          </text>
        ))}
    </svg>
  );
}

interface PartProps {
  lane: PrintedLane;
  x: (t: number) => number;
  right: number;
  height: number;
  clip: string;
}

/** Where a limit is named: outside of it, unless there is no room. */
const isAbove = (y: number, height: number, outside: boolean) => (outside ? y > LABEL_ROOM : height - y < LABEL_ROOM);

function Values({ lane, x, right, height, clip, drawn }: PartProps & { drawn: Drawn }) {
  const [low, high] = lane.range;
  const y = (lane.log ? logarithmic : linear)([low, high], [height - 4, 4]);
  const most = Math.max(1, Math.floor(height / LABEL_PX));
  const { values, step } = lane.log
    ? { values: logTicks(low, high, Math.max(2, most)), step: 0 }
    : valueTicks(low - lane.base, high - lane.base, most);
  const labels = lane.log ? values.map((value) => formatNumber(value)) : axisLabels(values, step);
  const scale = { x, y };
  // A band that reaches below what a logarithmic axis shows ends at its foot.
  const bandScale = lane.log ? { x, y: (value: number) => y(Math.max(value, low)) } : scale;
  return (
    <>
      {values.map((value, index) => (
        <g key={value}>
          <line className={styles.grid} x1={AXIS} x2={right} y1={y(value + lane.base)} y2={y(value + lane.base)} />
          <text x={AXIS - 6} y={y(value + lane.base) + 4} textAnchor="end">
            {labels[index]}
          </text>
        </g>
      ))}
      <g clipPath={`url(#${clip})`}>
        {lane.traces.map(({ sensor, slot, series }) => {
          if (!series) return null;
          const colour = `var(--pt-series-${slot})`;
          if (series.method === "inc" && series.resolution_ms > 0) {
            return <path key={sensor.id} d={barsPath(series, scale)} fill={colour} fillOpacity="0.6" />;
          }
          const held =
            drawn.steps || sensor.kind === "counter" || series.method === "last" || series.method === "changes";
          return (
            <g key={sensor.id}>
              {series.method === "band" && <path d={bandPath(series, bandScale)} fill={colour} fillOpacity="0.26" />}
              <path className={styles.line} d={linePath(series, scale, held)} stroke={colour} />
            </g>
          );
        })}
      </g>
      {limitsOf(lane, drawn.ranges ?? false)
        .filter(({ value }) => value > low && value < high)
        .map(({ key, value, label, colour, above }) => (
          <g key={key}>
            <line className={styles.limit} x1={AXIS} x2={right} y1={y(value)} y2={y(value)} stroke={colour} />
            <text x={right - 6} y={y(value) + (isAbove(y(value), height, above) ? -3 : 11)} textAnchor="end">
              {label}
            </text>
          </g>
        ))}
    </>
  );
}

function States({ lane, x, right, end, clip }: PartProps & { end: number }) {
  const { sensor, slot, series } = lane.traces[0]!;
  const colour = `var(--pt-series-${slot})`;
  return (
    <g clipPath={`url(#${clip})`}>
      {stateBlocks(series, end).map((block) => {
        const [from, to] = [Math.max(AXIS, x(block.from)), Math.min(right, x(block.to))];
        if (to <= from) return null;
        const name = stateName(block.value, sensor.states);
        const opacity = block.value === 0 ? 0.12 : block.value === 1 ? 0.62 : 0.38;
        return (
          <g key={block.from}>
            <rect x={from} y="2" width={to - from} height={STATES - 4} fill={colour} fillOpacity={opacity} />
            {name.length * CHAR_PX + 12 < to - from && (
              <text x={from + 6} y={STATES / 2 + 4}>
                {name}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}
