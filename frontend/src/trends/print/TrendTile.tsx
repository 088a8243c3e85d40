import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { useMoment, useNow, useZone } from "../../moment";
import { Empty, Failed, Loading } from "../../ui/states";
import { useTrendData } from "../data";
import type { Trace } from "../lanes";
import { alike, readRange, resolveRange } from "../range";
import { computable, reasonsOf } from "../reasons";
import type { Chosen, Mode } from "../state";
import { notDrawn, optionsOf } from "./options";
import type { NamedOptions } from "./options";
import styles from "./print.module.css";
import { texts } from "./texts";
import { VectorChart } from "./VectorChart";

interface Props {
  chosen: Chosen[];
  /** As in an address: `range`, or `start` and `end`. */
  range: { range?: string | null; start?: number | null; end?: number | null };
  mode?: Mode;
  options?: NamedOptions | undefined;
}

/** A trend without controls, at the application's moment: for dashboards. */
export default function TrendTile({ chosen, range, mode = "auto", options: written }: Props) {
  const { at } = useMoment();
  const now = useNow();
  const zone = useZone().name;
  const { ref, width, height } = useElementSize();
  const named = useMemo(() => {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(range)) if (value != null) params.set(name, String(value));
    return readRange(params).range;
  }, [range]);
  const { start, end } = resolveRange(named, at, now);
  const span = useMemo(() => ({ start, end }), [start, end]);
  const options = useMemo(() => optionsOf(written), [written]);
  const sensors = useMemo(() => chosen.map(({ sensor }) => sensor), [chosen]);
  const data = useTrendData(sensors, span, mode);
  const shown = data.data;
  const traces = useMemo<Trace[]>(
    () =>
      chosen.map(({ sensor, slot }) => {
        return { sensor, slot, series: shown?.series.get(sensor.id), limits: options.limits.get(slot) };
      }),
    [chosen, shown, options.limits],
  );
  const old = data.isError || (data.isPlaceholderData && shown !== undefined && !alike(shown.span, span));
  const reasons = reasonsOf(traces);
  const left = notDrawn(options).join(", ");
  return (
    <div
      className={styles.tile}
      role="group"
      aria-label={texts.trendOf(sensors.map(({ tag }) => tag).join(", "))}
      data-old={old || undefined}
    >
      <div className={styles.room} ref={ref}>
        {!shown ? (
          data.isError ? (
            <Failed error={data.error} retry={() => void data.refetch()} />
          ) : (
            <Loading />
          )
        ) : traces.every(({ series }) => !series?.t.length) ? (
          <Empty title={reasons.length === traces.length ? texts.notComputable : texts.noSamples} />
        ) : (
          width > 0 && (
            <VectorChart
              traces={computable(traces)}
              span={span}
              zone={zone}
              size={{ width, height }}
              at={at}
              drawn={options}
            />
          )
        )}
      </div>
      {(left || reasons.length > 0) && (
        <p className={styles.missing} data-testid="not-drawn">
          {left && texts.notDrawn(left)}
          {reasons.map(({ tag, why }) => ` ${texts.notComputed(tag, why)}`)}
        </p>
      )}
    </div>
  );
}
