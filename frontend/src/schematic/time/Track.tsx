import { useElementSize } from "@mantine/hooks";
import { memo, useMemo, useRef } from "react";
import type { Sensor } from "../../api/types";
import { EventTicks } from "../../events";
import { formatMoment, formatNumber, displayUnit } from "../../format";
import { timeTicks } from "../../format/ticks";
import { setMoment, useMoment, useZone } from "../../moment";
import { sparkOf } from "../../series/spark";
import type { VersionInfo } from "../core/types";
import type { TimeWindow } from "../core/window";
import { useTrend } from "../data";
import styles from "./time.module.css";
import { texts as all } from "../texts";

interface Props {
  window: TimeWindow;
  sensor: Sensor | undefined;
  versions: VersionInfo[];
}

const texts = all.time;
const HEIGHT = 92;
const TREND = { top: 20, height: 42 };
const AXIS = 66;
const SIDE_PX = 14;
const POINTS = 700;
/** Within this many pixels of the present the playhead snaps to LIVE. */
const LIVE_SNAP_PX = 5;
const DRAG_THRESHOLD_PX = 4;

/** The trend with the playhead. Dragging moves the moment of the whole application. */
export function Track({ window, sensor, versions }: Props) {
  const { ref, width } = useElementSize();
  const scale = useMemo(() => ({ ...window, left: SIDE_PX, width: Math.max(1, width - 2 * SIDE_PX) }), [window, width]);
  const drag = useDrag(scale);
  const zone = useZone().name;
  return (
    <div className={styles.track} ref={ref}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} data-testid="time-track" {...drag.handlers}>
          <Axis scale={scale} zone={zone} />
          <Trend scale={scale} sensor={sensor} />
          <Versions scale={scale} versions={versions} zone={zone} />
          <EventTicks
            start={scale.start}
            end={scale.end}
            left={scale.left}
            width={scale.width}
            top={AXIS}
            zone={zone}
          />
          <g ref={drag.hover} className={styles.hover} visibility="hidden">
            <line y1={TREND.top - 4} y2={AXIS} />
          </g>
          <Playhead scale={scale} zone={zone} />
        </svg>
      )}
    </div>
  );
}

interface Scale extends TimeWindow {
  left: number;
  width: number;
}

const xOf = (scale: Scale, at: number) => scale.left + ((at - scale.start) / (scale.end - scale.start)) * scale.width;

function useDrag(scale: Scale) {
  const hover = useRef<SVGGElement>(null);
  const from = useRef<{ x: number; moved: boolean } | null>(null);
  const momentAt = (event: React.PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const share = Math.min(1, Math.max(0, (x - scale.left) / scale.width));
    const at = scale.start + share * (scale.end - scale.start);
    const now = Date.now();
    const snap = (LIVE_SNAP_PX / scale.width) * (scale.end - scale.start);
    return at > now - snap ? null : at;
  };
  const handlers = {
    onPointerDown: (event: React.PointerEvent<SVGSVGElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, moved: false };
    },
    onPointerMove: (event: React.PointerEvent<SVGSVGElement>) => {
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
      hover.current?.setAttribute("transform", `translate(${x} 0)`);
      hover.current?.setAttribute("visibility", from.current ? "hidden" : "visible");
      const start = from.current;
      if (!start) return;
      start.moved ||= Math.abs(event.clientX - start.x) >= DRAG_THRESHOLD_PX;
      if (start.moved) setMoment(momentAt(event));
    },
    onPointerUp: (event: React.PointerEvent<SVGSVGElement>) => {
      if (from.current) setMoment(momentAt(event));
      from.current = null;
    },
    onPointerCancel: () => {
      from.current = null;
    },
    onPointerLeave: () => hover.current?.setAttribute("visibility", "hidden"),
  };
  return { hover, handlers };
}

const TICK_WIDTH = 84;

const Axis = memo(function Axis({ scale, zone }: { scale: Scale; zone: string }) {
  const ticks = timeTicks(scale.start, scale.end, zone, Math.max(2, scale.width / TICK_WIDTH));
  return (
    <g className={styles.axis}>
      <line x1={scale.left} x2={scale.left + scale.width} y1={AXIS} y2={AXIS} />
      {ticks.map(({ t, label, strong }) => {
        const x = xOf(scale, t);
        return (
          <g key={t}>
            <line x1={x} x2={x} y1={AXIS} y2={AXIS + 5} />
            <text x={x} y={AXIS + 19} data-strong={strong}>
              {label}
            </text>
          </g>
        );
      })}
    </g>
  );
});

const Trend = memo(function Trend({ scale, sensor }: { scale: Scale; sensor: Sensor | undefined }) {
  // A window that moves with the clock is requested only as often as it would look different.
  const coarse = Math.max(2000, (scale.end - scale.start) / POINTS);
  const window = useMemo(() => {
    const end = Math.ceil(scale.end / coarse) * coarse;
    return { start: Math.round(end - (scale.end - scale.start)), end: Math.round(end) };
  }, [scale.start, scale.end, coarse]);
  const { data, error, isPlaceholderData } = useTrend(sensor?.id, window, POINTS);
  const spark = useMemo(
    () =>
      data &&
      sparkOf(
        data,
        { start: scale.start, end: scale.end, width: scale.width, height: TREND.height },
        sensor?.kind === "discrete",
      ),
    [data, scale, sensor?.kind],
  );
  if (!sensor) return null;
  const unit = displayUnit(sensor.unit);
  const name = `${sensor.tag} · ${sensor.name}`;
  return (
    <g className={styles.trend} opacity={isPlaceholderData ? 0.45 : 1}>
      <svg x={scale.left} y={TREND.top} width={scale.width} height={TREND.height} overflow="hidden">
        {spark && <path className={styles.area} d={spark.area} />}
        {spark && <path className={styles.line} d={spark.path} />}
      </svg>
      <text className={styles.caption} x={scale.left + 2} y={13}>
        {name}
        {spark && sensor.kind !== "discrete" && (
          <tspan>{`  ${formatNumber(spark.low)} … ${formatNumber(spark.high)}${unit ? `\u202f${unit}` : ""}`}</tspan>
        )}
        {data && !spark && <tspan>{`  ${texts.noData}`}</tspan>}
        {error && <tspan>{`  ${texts.noTrend}`}</tspan>}
      </text>
    </g>
  );
});

const Versions = memo(function Versions({
  scale,
  versions,
  zone,
}: {
  scale: Scale;
  versions: VersionInfo[];
  zone: string;
}) {
  const shown = versions.filter((version) => version.valid_from > scale.start && version.valid_from < scale.end);
  return shown.map((version) => {
    const x = xOf(scale, version.valid_from);
    const right = x > scale.left + scale.width - 90;
    return (
      <g key={version.version} className={styles.version}>
        <title>{texts.versionHint(version.version, formatMoment(version.valid_from, zone), version.note)}</title>
        <line x1={x} x2={x} y1={TREND.top - 4} y2={AXIS} />
        <text x={right ? x - 5 : x + 5} y={13} textAnchor={right ? "end" : "start"}>
          {texts.version(version.version)}
        </text>
      </g>
    );
  });
});

function Playhead({ scale, zone }: { scale: Scale; zone: string }) {
  const { at, live } = useMoment();
  const x = xOf(scale, at ?? scale.end);
  if (x < scale.left - 1 || x > scale.left + scale.width + 1) return null;
  return (
    <g
      className={styles.playhead}
      data-live={live}
      transform={`translate(${x} 0)`}
      role="slider"
      tabIndex={0}
      aria-label={texts.moment}
      aria-valuemin={scale.start}
      aria-valuemax={scale.end}
      aria-valuenow={at ?? scale.end}
      aria-valuetext={live ? texts.live : formatMoment(at!, zone)}
    >
      <rect x="-12" y="0" width="24" height={HEIGHT} className={styles.grip} />
      <line y1={4} y2={AXIS} />
      <circle cy={AXIS} r="6.5" />
    </g>
  );
}
