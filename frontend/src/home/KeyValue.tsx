import { Link } from "wouter";
import type { AsOf, Sensor } from "../api/types";
import { DASH, displayUnit, formatAge, formatValue } from "../format";
import { hrefWith } from "../moment";
import { useTenant } from "../tenant";
import type { LineView } from "../series/view";
import { Spark } from "../ui/Spark";
import styles from "./home.module.css";
import { texts } from "./texts";

interface Props {
  sensor: Sensor;
  value: AsOf | undefined;
  dayBefore: AsOf | undefined;
  series: LineView | undefined;
  slot: number;
}

/** One key figure of the plant: now, a day before, and its course in between. */
export function KeyValue({ sensor, value, dayBefore, series, slot }: Props) {
  const tenant = useTenant();
  const stale = value?.stale ?? false;
  return (
    <Link
      className={styles.key}
      href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors: sensor.id, range: "1d" })}
      data-stale={stale || undefined}
      title={texts.openSensorInTrends(sensor.tag)}
    >
      <span className={styles.keyName}>{sensor.name || sensor.tag}</span>
      <span className={styles.figure}>
        <b>{formatValue(value?.v, null, sensor, true)}</b> {value?.v != null && displayUnit(sensor.unit)}
      </span>
      <span className={styles.keyDetail}>{noteOf(sensor, value, dayBefore, series)}</span>
      {series && series.t.length > 1 && (
        <span className={styles.spark}>
          <Spark series={series} slot={slot} />
        </span>
      )}
    </Link>
  );
}

function noteOf(sensor: Sensor, value: AsOf | undefined, dayBefore: AsOf | undefined, series: LineView | undefined) {
  if (!value) return "\u00a0";
  if (value.v === null) return value.reason ?? texts.noDataYet;
  if (value.stale) return texts.old(formatAge(value.age ?? 0));
  if (sensor.kind === "counter" && series?.stats.increase !== undefined) {
    return texts.increase24h(formatValue(series.stats.increase, null, sensor));
  }
  if (!dayBefore || dayBefore.v === null || dayBefore.stale) return "\u00a0";
  return texts.value24hAgo(formatValue(dayBefore.v, null, sensor, true) || DASH);
}
