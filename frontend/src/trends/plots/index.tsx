import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { isCalculated } from "../../catalog/calculated";
import { displayUnit } from "../../format";
import { Empty } from "../../ui/states";
import type { Cursor } from "../chart/cursor";
import type { Panel } from "../chart/panel";
import type { Trace } from "../lanes";
import type { Options } from "../options";
import type { Span } from "../range";
import { texts } from "../texts";
import { durationCsv, histogramCsv } from "./csv";
import type { Distributed } from "./csv";
import { distributionQuery } from "./distributions";
import { DurationCurve } from "./DurationCurve";
import { Histogram } from "./Histogram";
import styles from "./plots.module.css";
import { useExport } from "./useExport";
import type { Exported } from "./useExport";
import { Xy } from "./Xy";

interface Props {
  options: Pick<Options, "plot" | "x">;
  setX: (id: string) => void;
  traces: Trace[];
  span: Span;
  zone: string;
  cursor: Cursor;
  pin: (t: number) => void;
  exportedRef: Exported;
  onPanels: (panels: Panel[]) => void;
}

/** What replaces the lanes: sensors over one another, histograms, duration curves. Measured sensors only. */
export default function Plots({ options, onPanels, traces, ...rest }: Props) {
  const { plot } = options;
  // A calculated series has no samples of its own to count.
  const measured = useMemo(
    () => traces.filter(({ sensor }) => sensor.kind === "continuous" && (plot === "xy" || !isCalculated(sensor))),
    [traces, plot],
  );
  const others = traces.filter((each) => !measured.includes(each)).map(({ sensor }) => sensor.tag);
  const panels = useRef(new Map<string, Panel>());
  const register = useCallback(
    (name: string, panel: Panel | null) => {
      if (panel) panels.current.set(name, panel);
      else panels.current.delete(name);
      onPanels([...panels.current.values()]);
    },
    [onPanels],
  );
  if (measured.length === 0) return <Empty title={texts.noMeasured}>{texts.noMeasuredDetail}</Empty>;
  const note = others.length > 0 && <p className={styles.note}>{texts.notMeasured(others.join(", "))}</p>;
  return (
    <div className={styles.whole} data-plots>
      {note}
      {plot === "xy" ? (
        <Xy {...rest} traces={measured} x={options.x} register={register} />
      ) : (
        <Distributions {...rest} traces={measured} histogram={plot === "histogram"} register={register} />
      )}
    </div>
  );
}

interface DistributionProps {
  traces: Trace[];
  span: Span;
  histogram: boolean;
  exportedRef: Exported;
  register: (name: string, panel: Panel | null) => void;
}

function Distributions({ traces, span, histogram, exportedRef, register }: DistributionProps) {
  const found = useQueries({ queries: traces.map(({ sensor }) => distributionQuery(sensor, span)) });
  useExport(exportedRef, () => {
    const all = traces.flatMap<Distributed>(({ sensor }, index) => {
      const data = found[index]?.data;
      return data ? [{ sensor, data }] : [];
    });
    return histogram ? histogramCsv(all) : durationCsv(all);
  });
  const byUnit = useMemo(() => {
    const groups = new Map<string, Trace[]>();
    for (const trace of traces) {
      const unit = displayUnit(trace.sensor.unit);
      groups.set(unit, [...(groups.get(unit) ?? []), trace]);
    }
    return [...groups];
  }, [traces]);
  return (
    <div className={styles.plots}>
      {histogram
        ? traces.map((trace) => <Histogram key={trace.sensor.id} trace={trace} span={span} register={register} />)
        : byUnit.map(([unit, own]) => <DurationCurve key={unit} traces={own} span={span} register={register} />)}
    </div>
  );
}
