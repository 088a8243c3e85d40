import { useElementSize } from "@mantine/hooks";
import { memo, useLayoutEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import type { Sensor } from "../../api/types";
import { AlarmBars } from "../../alarmData";
import type { Occurrence } from "../../alarmData";
import { NoteTicks } from "../../annotations";
import { EventTicks } from "../../events";
import { formatMoment, formatNumber, displayUnit } from "../../format";
import { timeTicks } from "../../format/ticks";
import { momentNow, onMoment, setMoment, useZone } from "../../moment";
import { sparkOf } from "../../series/spark";
import type { VersionInfo } from "../core/types";
import type { TimeWindow } from "../core/window";
import { useTrend } from "../data";
import type { Timeline } from "../useTimeline";
import { ChangeMarks, LoopRegion, VersionMarks } from "./marks";
import { ALARMS_TOP, AXIS, HEIGHT, TREND, xOf } from "./scale";
import type { Scale } from "./scale";
import styles from "./time.module.css";
import { texts as all } from "../texts";

interface Props {
  window: TimeWindow;
  sensor: Sensor | undefined;
  versions: VersionInfo[];
  timeline: Timeline;
  alarms: readonly Occurrence[];
  sensorOf: (id: string) => Sensor | undefined;
  loop: TimeWindow | null;
  setLoop: (loop: TimeWindow | null) => void;
  /** More marks, of what is kept elsewhere. */
  marks?: (scale: Scale) => ReactNode;
}

const texts = all.time;
const SIDE_PX = 14;
const POINTS = 700;
/** Within this many pixels of the present the playhead snaps to LIVE. */
const LIVE_SNAP_PX = 5;
const DRAG_THRESHOLD_PX = 4;

/** The trend with the playhead. Dragging moves the moment of the whole application, with Shift it marks a loop. */
export function Track({ window, sensor, versions, timeline, alarms, sensorOf, loop, setLoop, marks }: Props) {
  const { ref, width } = useElementSize();
  const scale = useMemo(() => ({ ...window, left: SIDE_PX, width: Math.max(1, width - 2 * SIDE_PX) }), [window, width]);
  const drag = useDrag(scale, setLoop);
  const zone = useZone().name;
  return (
    <div className={styles.track} ref={ref}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} data-testid="time-track" {...drag.handlers}>
          <Axis scale={scale} zone={zone} />
          <Trend scale={scale} sensor={sensor} />
          {loop && <LoopRegion scale={scale} loop={loop} />}
          <g ref={drag.region} className={styles.loop} visibility="hidden">
            <rect y={TREND.top - 4} height={AXIS - TREND.top + 4} />
          </g>
          <VersionMarks scale={scale} versions={versions} zone={zone} />
          <ChangeMarks scale={scale} changes={timeline.changes} sensorOf={sensorOf} zone={zone} />
          <AlarmBars
            occurrences={alarms}
            start={scale.start}
            end={scale.end}
            left={scale.left}
            width={scale.width}
            top={ALARMS_TOP}
            zone={zone}
          />
          <EventTicks
            start={scale.start}
            end={scale.end}
            left={scale.left}
            width={scale.width}
            top={AXIS}
            zone={zone}
          />
          {marks?.(scale)}
          <NoteTicks start={scale.start} end={scale.end} left={scale.left} width={scale.width} top={AXIS} zone={zone} />
          <g ref={drag.hover} className={styles.hover} visibility="hidden">
            <line y1={TREND.top - 4} y2={AXIS} />
          </g>
          <Playhead scale={scale} zone={zone} />
        </svg>
      )}
    </div>
  );
}

interface Drag {
  x: number;
  moved: boolean;
  /** The moment of the mark that was pressed. */
  mark: number | undefined;
  loops: boolean;
}

function useDrag(scale: Scale, setLoop: (loop: TimeWindow) => void) {
  const hover = useRef<SVGGElement>(null);
  const region = useRef<SVGGElement>(null);
  const from = useRef<Drag | null>(null);
  const timeAt = (event: React.PointerEvent<SVGSVGElement>, clientX = event.clientX) => {
    const x = clientX - event.currentTarget.getBoundingClientRect().left;
    const share = Math.min(1, Math.max(0, (x - scale.left) / scale.width));
    return scale.start + share * (scale.end - scale.start);
  };
  const momentAt = (event: React.PointerEvent<SVGSVGElement>) => {
    const at = timeAt(event);
    const snap = (LIVE_SNAP_PX / scale.width) * (scale.end - scale.start);
    return at > Date.now() - snap ? null : at;
  };
  const looped = (event: React.PointerEvent<SVGSVGElement>, start: Drag): TimeWindow => {
    const ends = [timeAt(event, start.x), timeAt(event)];
    return { start: Math.min(...ends), end: Math.min(Math.max(...ends), Date.now()) };
  };
  const showRegion = (loop: TimeWindow | null) => {
    region.current?.setAttribute("visibility", loop ? "visible" : "hidden");
    const rect = region.current?.firstElementChild;
    if (!loop || !rect) return;
    rect.setAttribute("x", String(xOf(scale, loop.start)));
    rect.setAttribute("width", String(Math.max(0, xOf(scale, loop.end) - xOf(scale, loop.start))));
  };
  const end = () => {
    from.current = null;
    showRegion(null);
  };
  const handlers = {
    onPointerDown: (event: React.PointerEvent<SVGSVGElement>) => {
      if (event.button !== 0) return;
      const mark = (event.target as Element).closest<SVGElement>("[data-at]")?.dataset.at;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = {
        x: event.clientX,
        moved: false,
        mark: mark === undefined ? undefined : Number(mark),
        loops: event.shiftKey,
      };
    },
    onPointerMove: (event: React.PointerEvent<SVGSVGElement>) => {
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
      hover.current?.setAttribute("transform", `translate(${x} 0)`);
      hover.current?.setAttribute("visibility", from.current ? "hidden" : "visible");
      const start = from.current;
      if (!start) return;
      start.moved ||= Math.abs(event.clientX - start.x) >= DRAG_THRESHOLD_PX;
      if (!start.moved) return;
      if (start.loops) showRegion(looped(event, start));
      else setMoment(momentAt(event));
    },
    onPointerUp: (event: React.PointerEvent<SVGSVGElement>) => {
      const start = from.current;
      end();
      if (!start) return;
      if (start.loops && start.moved) setLoop(looped(event, start));
      else setMoment(start.moved ? momentAt(event) : (start.mark ?? momentAt(event)));
    },
    onPointerCancel: end,
    onPointerLeave: () => hover.current?.setAttribute("visibility", "hidden"),
  };
  return { hover, region, handlers };
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

/** Moved without React: in each frame while the moment moves. */
function Playhead({ scale, zone }: { scale: Scale; zone: string }) {
  const head = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    const show = () => placeHead(head.current!, scale, zone);
    show();
    return onMoment(show);
  }, [scale, zone]);
  return (
    <g
      className={styles.playhead}
      ref={head}
      role="slider"
      tabIndex={0}
      aria-label={texts.moment}
      aria-valuemin={scale.start}
      aria-valuemax={scale.end}
      aria-valuenow={scale.end}
    >
      <rect y="0" width="24" height={HEIGHT} className={styles.grip} />
      <line y1={4} y2={AXIS} />
      <circle cy={AXIS} r="6.5" />
    </g>
  );
}

function placeHead(head: SVGGElement, scale: Scale, zone: string): void {
  const at = momentNow();
  // What moves less than half a pixel is not painted again.
  const x = Math.round(2 * xOf(scale, at ?? scale.end)) / 2;
  head.style.display = x < scale.left - 1 || x > scale.left + scale.width + 1 ? "none" : "";
  head.dataset.live = String(at === null);
  head.setAttribute("aria-valuenow", String(at ?? scale.end));
  head.setAttribute("aria-valuetext", at === null ? texts.live : formatMoment(at, zone));
  if (head.dataset.x === String(x)) return;
  head.dataset.x = String(x);
  const [grip, line, circle] = head.children;
  grip!.setAttribute("x", String(x - 12));
  line!.setAttribute("x1", String(x));
  line!.setAttribute("x2", String(x));
  circle!.setAttribute("cx", String(x));
}
