import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { useZone } from "../../moment";
import type { Month } from "./api";
import { formatHours, monthBars, monthName } from "./figures";
import styles from "./reliability.module.css";
import { texts } from "../texts";

const HEIGHT = 116;
const LABELS = 18;

interface Props {
  months: readonly Month[];
  value: (month: Month) => number | null;
  /** The figure of the tallest bar. */
  say: (value: number) => string;
  label: string;
}

/** One figure per month. */
export function MonthChart({ months, value, say, label }: Props) {
  const { ref, width } = useElementSize();
  const zone = useZone().name;
  const plot = HEIGHT - LABELS;
  const { bars, top } = useMemo(() => monthBars(months.map(value), width, plot - LABELS), [months, value, width, plot]);
  const [first, last] = [months[0], months.at(-1)];
  return (
    <div className={styles.chart} ref={ref}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          <line className={styles.ground} x1={0} x2={width} y1={plot} y2={plot} />
          {top > 0 && (
            <text x={0} y={11}>
              {texts.upTo(say(top))}
            </text>
          )}
          {bars.map((bar) => (
            <rect
              key={bar.index}
              className={styles.bar}
              x={bar.x}
              y={plot - bar.height}
              width={bar.width}
              height={bar.height}
            >
              <title>{titleOf(months[bar.index]!, zone)}</title>
            </rect>
          ))}
          {first && (
            <text x={0} y={HEIGHT - 4}>
              {monthName(first, zone)}
            </text>
          )}
          {last && last !== first && (
            <text x={width} y={HEIGHT - 4} textAnchor="end">
              {monthName(last, zone)}
            </text>
          )}
        </svg>
      )}
    </div>
  );
}

const titleOf = (month: Month, zone: string) =>
  texts.monthTitle(monthName(month, zone), month.failures, formatHours(month.mtbf_h), formatHours(month.mttr_h));
