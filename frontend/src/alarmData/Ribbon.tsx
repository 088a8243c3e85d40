import { memo, useMemo } from "react";
import { formatMoment } from "../format";
import { ribbonOf } from "./occurrences";
import type { Bar, Occurrence } from "./occurrences";
import styles from "./mark.module.css";
import { texts } from "./texts";
import { useOccurrences } from "./useOccurrences";

const MIN_PX = 3;
const MAX_LINES = 6;

function describe({ occurrences }: Bar, zone: string): string {
  const lines = occurrences
    .slice(0, MAX_LINES)
    .map(({ name, tag, start, end }) =>
      texts.line(name, tag, formatMoment(start, zone), end === null ? texts.still : formatMoment(end, zone)),
    );
  const rest = occurrences.length - lines.length;
  return [...lines, ...(rest > 0 ? [texts.more(rest)] : [])].join("\n");
}

interface Props {
  site: string | undefined;
  start: number;
  end: number;
  width: number;
  zone: string;
}

const isShown = (each: Occurrence, sensors: readonly string[] | undefined) => !sensors || sensors.includes(each.sensor);

interface RibbonProps extends Props {
  /** Only those of these sensors. */
  sensors: readonly string[];
}

/** Above a chart: when alarms of its sensors were active, by their priority. */
export const AlarmRibbon = memo(function AlarmRibbon({ site, start, end, width, zone, sensors }: RibbonProps) {
  const { occurrences, complete, error } = useOccurrences(site, start, end);
  const bars = useMemo(
    () =>
      ribbonOf(
        occurrences.filter((each) => isShown(each, sensors)),
        start,
        Math.min(end, Date.now()),
        width / MIN_PX,
      ),
    [occurrences, sensors, start, end, width],
  );
  const x = (t: number) => ((t - start) / (end - start)) * width;
  return (
    <div className={styles.ribbon} data-testid="alarm-ribbon">
      {bars.map((bar) => {
        const text = describe(bar, zone);
        return (
          <span
            key={bar.start}
            role="img"
            aria-label={text}
            title={text}
            data-priority={bar.priority}
            style={{ left: x(bar.start), width: x(bar.end) - x(bar.start) }}
          />
        );
      })}
      {(error || !complete) && <p role="status">{error ? texts.unavailable : texts.tooMany}</p>}
    </div>
  );
});

interface BarsProps {
  occurrences: readonly Occurrence[];
  start: number;
  end: number;
  width: number;
  left: number;
  top: number;
  zone: string;
}

/** The same on the time bar, inside its drawing. */
export const AlarmBars = memo(function AlarmBars({ occurrences, start, end, width, left, top, zone }: BarsProps) {
  const bars = useMemo(
    () => ribbonOf(occurrences, start, Math.min(end, Date.now()), width / MIN_PX),
    [occurrences, start, end, width],
  );
  const x = (t: number) => left + ((t - start) / (end - start)) * width;
  return (
    <g className={styles.bars} data-testid="alarm-bars">
      {bars.map((bar) => {
        const text = describe(bar, zone);
        const width = Math.max(2, x(bar.end) - x(bar.start));
        return (
          <rect
            key={bar.start}
            role="img"
            aria-label={text}
            data-at={bar.start}
            data-priority={bar.priority}
            x={x(bar.start)}
            y={top}
            width={width}
            height={5}
            rx={1.5}
          >
            <title>{text}</title>
          </rect>
        );
      })}
    </g>
  );
});
