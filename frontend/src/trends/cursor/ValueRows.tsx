import type { AsOf, Sensor } from "../../api/types";
import { isCalculated } from "../../catalog/calculated";
import { DASH, displayUnit, formatMoment, formatValue } from "../../format";
import { EditSensor } from "../../sensors/EditSensor";
import { readAt } from "../../series/view";
import { CloseIcon } from "../../ui/icons";
import { CalculatedLink } from "../AnalysisLink";
import type { Trace } from "../lanes";
import { texts } from "../texts";
import styles from "../trends.module.css";
import { difference, valueAt } from "./comparisons";
import type { Comparison } from "./comparisons";

interface Props {
  trace: Trace;
  t: number;
  exact: AsOf | undefined;
  comparisons: Comparison[];
  zone: string;
  onRemove: (sensor: Sensor) => void;
}

/** A sensor's value at the cursor, and below it those that it is compared with. */
export function ValueRows({ trace, t, exact, comparisons, zone, onRemove }: Props) {
  const { sensor, slot, series } = trace;
  const found = valueAt(series ? readAt(series, t) : null, exact);
  const stats = series?.stats;
  const bare = (value: number | string | null | undefined) => formatValue(value, null, sensor, true);
  const counter = sensor.kind === "counter";
  const why =
    series?.reason !== undefined ? texts.notComputable : series?.t.length === 0 ? texts.noSamples : texts.noData;
  return (
    <>
      <tr data-testid={`value-${sensor.tag}`} data-compared={comparisons.length > 0 || undefined}>
        <td>
          <div className={styles.name}>
            <span className={styles.swatch} style={{ background: `var(--pt-series-${slot})` }} />
            <span>
              <b title={sensor.tag}>
                {isCalculated(sensor) ? (
                  <CalculatedLink sensor={sensor} />
                ) : (
                  <EditSensor sensor={sensor} className={styles.tag} readOnly={sensor.tag}>
                    {sensor.tag}
                  </EditSensor>
                )}
              </b>
              <small title={sensor.name}>{sensor.name}</small>
            </span>
          </div>
        </td>
        <td title={found ? texts.sampleAt(formatMoment(found.t, zone)) : (series?.reason ?? why)}>
          <b>{found ? bare(found.value) : DASH}</b>
          <small>
            {found ? displayUnit(sensor.unit) : series ? why : ""}
            {found?.min !== undefined && <span title={texts.bandHint}>{texts.mean}</span>}
          </small>
        </td>
        <td>
          {sensor.kind === "continuous" && stats?.min != null && (
            <>
              <small>{bare(stats?.min)}</small>
              <small>{bare(stats?.max)}</small>
            </>
          )}
          {counter && stats?.increase !== undefined && (
            <small title={texts.increaseInBars(bare(stats.increase))}>+{bare(stats.increase)}</small>
          )}
        </td>
        <td>
          <button
            type="button"
            className={styles.remove}
            onClick={() => onRemove(sensor)}
            aria-label={texts.remove(sensor.tag)}
          >
            <CloseIcon size={12} />
          </button>
        </td>
      </tr>
      {comparisons.map(({ key, label, read }) => {
        const other = read(trace);
        const delta = sensor.kind === "discrete" ? null : difference(found, other);
        return (
          <tr key={key} className={styles.compared} data-testid={`${key}-${sensor.tag}`}>
            <td>{label}</td>
            <td title={other ? texts.sampleAt(formatMoment(other.t, zone)) : texts.noData}>
              {other ? bare(other.value) : DASH}
            </td>
            <td title={texts.deltaHint}>{delta !== null && `Δ\u2009${delta > 0 ? "+" : ""}${bare(delta)}`}</td>
            <td />
          </tr>
        );
      })}
    </>
  );
}
