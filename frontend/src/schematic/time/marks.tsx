import { memo } from "react";
import type { Sensor } from "../../api/types";
import { formatMoment, formatValue } from "../../format";
import { changeMarks } from "../core/changes";
import type { ChangeMark, StateChange } from "../core/changes";
import type { VersionInfo } from "../core/types";
import type { TimeWindow } from "../core/window";
import { texts as all } from "../texts";
import { AXIS, CHANGES, TREND, xOf } from "./scale";
import type { Scale } from "./scale";
import styles from "./time.module.css";

const texts = all.time;
/** Marks need as many pixels as a pointer needs to hit one of them. */
const MARK_PX = 7;
const MAX_LINES = 6;

export const VersionMarks = memo(function VersionMarks({
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
      <g key={version.version} className={styles.version} data-at={version.valid_from}>
        <title>{texts.versionHint(version.version, formatMoment(version.valid_from, zone), version.note)}</title>
        <line x1={x} x2={x} y1={TREND.top - 4} y2={AXIS} />
        <text x={right ? x - 5 : x + 5} y={13} textAnchor={right ? "end" : "start"}>
          {texts.version(version.version)}
        </text>
      </g>
    );
  });
});

interface ChangeProps {
  scale: Scale;
  changes: readonly StateChange[];
  sensorOf: (id: string) => Sensor | undefined;
  zone: string;
}

/** A lane above the axis: when machines' and valves' states changed. */
export const ChangeMarks = memo(function ChangeMarks({ scale, changes, sensorOf, zone }: ChangeProps) {
  const marks = changeMarks(changes, scale, scale.width / MARK_PX);
  return (
    <g className={styles.changes} data-testid="change-marks">
      {marks.map((mark) => {
        const x = xOf(scale, mark.t);
        const text = describeChanges(mark, sensorOf, zone);
        return (
          <g
            key={mark.t}
            role="img"
            aria-label={text}
            data-at={mark.t}
            data-several={mark.changes.length > 1 || undefined}
          >
            <title>{text}</title>
            <rect x={x - MARK_PX / 2} y={CHANGES.top - 2} width={MARK_PX} height={CHANGES.height + 3} />
            <line x1={x} x2={x} y1={CHANGES.top} y2={CHANGES.top + CHANGES.height} />
          </g>
        );
      })}
    </g>
  );
});

export function describeChanges({ changes }: ChangeMark, sensorOf: ChangeProps["sensorOf"], zone: string): string {
  const lines = changes.slice(0, MAX_LINES).map(({ t, sensor: id, from, to, passed }) => {
    const sensor = sensorOf(id);
    const [before, after] = [from, to].map((value) => formatValue(value, null, sensor));
    const what = passed ? texts.cameAndWent(after!) : `${before} → ${after}`;
    return `${formatMoment(t, zone)}  ${sensor?.tag ?? id}: ${what}`;
  });
  const rest = changes.length - lines.length;
  return [...lines, ...(rest > 0 ? [texts.moreChanges(rest)] : [])].join("\n");
}

/** The window that is played again and again. */
export function LoopRegion({ scale, loop }: { scale: Scale; loop: TimeWindow }) {
  const [from, to] = [Math.max(loop.start, scale.start), Math.min(loop.end, scale.end)];
  if (to <= from) return null;
  const [x, width] = [xOf(scale, from), xOf(scale, to) - xOf(scale, from)];
  return (
    <g className={styles.loop} data-testid="loop">
      <rect x={x} y={TREND.top - 4} width={width} height={AXIS - TREND.top + 4} />
      {from === loop.start && <path d={`M${x} ${TREND.top - 4}V${AXIS}`} />}
      {to === loop.end && <path d={`M${x + width} ${TREND.top - 4}V${AXIS}`} />}
    </g>
  );
}
