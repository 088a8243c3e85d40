import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { formatWhen } from "../../alarmData";
import { durationName } from "../../format";
import { useZone } from "../../moment";
import type { Performance } from "./api";
import { barsOf, MANAGEABLE_PER_10_MIN } from "./bars";
import styles from "./performance.module.css";
import { texts } from "../texts";

const TEN_MIN = 600_000;
const LABELS = 18;

/** Alarms raised over time, with what one operator can manage. */
export function BarChart({ figures, height = 84 }: { figures: Performance; height?: number }) {
  const { ref, width } = useElementSize();
  const zone = useZone().name;
  const { start, end, buckets, bucket_ms: bucket } = figures;
  const plot = height - LABELS;
  const chart = useMemo(
    () => barsOf(buckets, bucket, { start, end, width, height: plot }),
    [buckets, bucket, start, end, width, plot],
  );
  const manageable = plot - chart.yOf((MANAGEABLE_PER_10_MIN * bucket) / TEN_MIN);
  const { most } = chart;
  const when = (t: number) => formatWhen(t, zone, end);
  return (
    <div className={styles.chart} ref={ref}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={texts.chartLabel(figures.raised, durationName(bucket))}
        >
          <line className={styles.ground} x1={0} x2={width} y1={plot} y2={plot} />
          <line className={styles.manageable} x1={0} x2={width} y1={manageable} y2={manageable} />
          {chart.bars.map((bar) => (
            <rect
              key={bar.start}
              className={styles.bar}
              data-flood={bar.flood || undefined}
              x={bar.x}
              y={plot - bar.height}
              width={bar.width}
              height={bar.height}
            >
              <title>{texts.barTitle(when(bar.start), bar.count)}</title>
            </rect>
          ))}
          <text x={0} y={height - 4}>
            {when(start)}
          </text>
          {most && most.count > MANAGEABLE_PER_10_MIN && (
            <text x={Math.min(width - 150, Math.max(150, most.x))} y={height - 4} textAnchor="middle">
              {(most.flood ? texts.floodAt : texts.peakAt)(when(most.start), most.count, durationName(bucket))}
            </text>
          )}
          <text x={width} y={height - 4} textAnchor="end">
            {when(end)}
          </text>
        </svg>
      )}
    </div>
  );
}
