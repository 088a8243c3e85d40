import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { CorrectButton } from "../../corrections/CorrectButton";
import type { AsOf, Sensor } from "../../api/types";
import { isCalculated } from "../../catalog/calculated";
import { formatMoment, formatTime } from "../../format";
import { Inspector } from "../../frame";
import type { Zone } from "../../moment";
import ui from "../../ui/ui.module.css";
import type { Cursor } from "../chart/cursor";
import { useCursor } from "../chart/cursor";
import type { Trace } from "../lanes";
import type { Span } from "../range";
import { texts } from "../texts";
import styles from "../trends.module.css";
import { useExact } from "../useExact";
import { useComparisons } from "./comparisons";
import type { Compared } from "./comparisons";
import { ValueRows } from "./ValueRows";

interface Props extends Compared {
  cursor: Cursor;
  traces: Trace[];
  view: Span;
  zone: Zone;
  /** The application's moment. */
  at: number | null;
  onRemove: (sensor: Sensor) => void;
  setReference: (t: number | null) => void;
  seePlant: () => void;
  /** Opens the form for a run of what is selected; null for those who may not. */
  mark: (() => void) | null;
  children: ReactNode;
}

/** The values at the cursor in a table, where neither a finger nor a line covers them. */
export function CursorPane({
  cursor,
  traces,
  view,
  zone,
  at,
  onRemove,
  setReference,
  seePlant,
  mark,
  children,
  ...compared
}: Props) {
  const set = useCursor(cursor);
  const inView = (ms: number | null) => (ms !== null && ms >= view.start && ms <= view.end ? ms : null);
  const t = inView(set);
  const chosen = t ?? inView(at);
  const shownAt = chosen ?? view.end;
  const exact: ReadonlyMap<string, AsOf> = useExact(traces, shownAt);
  const comparisons = useComparisons(traces, shownAt, zone.name, compared);
  const { reference } = compared;
  const measured = traces.filter((each) => !isCalculated(each.sensor));
  return (
    <Inspector
      title={t !== null ? texts.atCursor : shownAt === at ? texts.atSelectedTime : texts.atEndOfRange}
      subtitle={formatMoment(shownAt, zone.name)}
    >
      {children}
      {comparisons.map(({ key, title }) => (
        <p key={key} className={styles.compare} data-testid={`compare-${key}`}>
          {title}
        </p>
      ))}
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
            <ValueRows
              key={trace.sensor.id}
              trace={trace}
              t={shownAt}
              exact={exact.get(trace.sensor.id)}
              comparisons={comparisons}
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
        {reference === null ? (
          <Button variant="default" onClick={() => setReference(shownAt)} title={texts.setReferenceHint}>
            {texts.setReference}
          </Button>
        ) : (
          <Button variant="default" onClick={() => setReference(null)} title={texts.setReferenceHint}>
            {texts.removeReference}
          </Button>
        )}
        {mark && (
          <Button variant="default" onClick={mark} title={texts.markRunHint}>
            {texts.markRunMenu}
          </Button>
        )}
        <CorrectButton sensors={measured.map((each) => each.sensor.id)} span={view} label={texts.correctSamples} />
      </div>
    </Inspector>
  );
}
