import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { CorrectButton } from "../corrections/CorrectButton";
import type { AsOf, Sensor } from "../api/types";
import { isCalculated } from "../catalog/calculated";
import { DASH, displayUnit, formatMoment, formatTime, formatValue } from "../format";
import { Inspector } from "../frame";
import type { Zone } from "../moment";
import { CloseIcon } from "../ui/icons";
import { CalculatedLink } from "./AnalysisLink";
import type { Cursor } from "./chart/cursor";
import { useCursor } from "./chart/cursor";
import type { Trace } from "./lanes";
import { EditSensor } from "../sensors/EditSensor";
import { readAt } from "../series/view";
import type { AtCursor } from "../series/view";
import type { Span } from "./range";
import ui from "../ui/ui.module.css";
import styles from "./trends.module.css";
import { useExact } from "./useExact";
import { texts } from "./texts";

interface Props {
  cursor: Cursor;
  traces: Trace[];
  view: Span;
  zone: Zone;
  /** The application's moment. */
  at: number | null;
  onRemove: (sensor: Sensor) => void;
  seePlant: () => void;
  children: ReactNode;
}

/** The values at the cursor in a table, where neither a finger nor a line covers them. */
export function CursorPane({ cursor, traces, view, zone, at, onRemove, seePlant, children }: Props) {
  const set = useCursor(cursor);
  const inView = (ms: number | null) => (ms !== null && ms >= view.start && ms <= view.end ? ms : null);
  const t = inView(set);
  const chosen = t ?? inView(at);
  const shownAt = chosen ?? view.end;
  const exact = useExact(traces, shownAt);
  const measured = traces.filter((each) => !isCalculated(each.sensor));
  return (
    <Inspector
      title={t !== null ? texts.atCursor : shownAt === at ? texts.atSelectedTime : texts.atEndOfRange}
      subtitle={formatMoment(shownAt, zone.name)}
    >
      {children}
      <table className={styles.values}>
        <thead>
          <tr>
            <th>{texts.sensor}</th>
            <th>{texts.value}</th>
            <th>
              {texts.min}
              <br />
              {texts.max}
            </th>
            <th />
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <ValueRow
              key={trace.sensor.id}
              trace={trace}
              t={shownAt}
              exact={exact.get(trace.sensor.id)}
              zone={zone.name}
              onRemove={onRemove}
            />
          ))}
        </tbody>
      </table>
      <p className={styles.hint}>{texts.minMaxHint}</p>
      <div className={ui.actions}>
        <Button onClick={seePlant} disabled={chosen === null} title={texts.showPlantShortcut}>
          {chosen === null
            ? texts.showPlantAtCursor
            : texts.showPlantAt(formatTime(chosen, zone.name, view.end - view.start < 600_000))}
        </Button>
        <CorrectButton sensors={measured.map((each) => each.sensor.id)} span={view} label={texts.correctSamples} />
      </div>
    </Inspector>
  );
}

function ValueRow({
  trace,
  t,
  exact,
  zone,
  onRemove,
}: {
  trace: Trace;
  t: number;
  exact: AsOf | undefined;
  zone: string;
  onRemove: (sensor: Sensor) => void;
}) {
  const { sensor, slot, series } = trace;
  const drawn = series ? readAt(series, t) : null;
  // In a gap there is no value, whatever came before it.
  const found: AtCursor | null =
    drawn && exact && exact.v !== null && exact.t !== null ? { t: exact.t, value: exact.v } : drawn;
  const stats = series?.stats;
  const bare = (value: number | string | null | undefined) => formatValue(value, null, sensor, true);
  const counter = sensor.kind === "counter";
  const why = series && series.t.length === 0 ? texts.noSamples : texts.noData;
  return (
    <tr data-testid={`value-${sensor.tag}`}>
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
      <td title={found ? texts.sampleAt(formatMoment(found.t, zone)) : why}>
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
  );
}
