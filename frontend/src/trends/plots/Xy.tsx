import { NativeSelect } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, tenantOfPath, unwrap } from "../../api/client";
import { formatDuration, formatMoment, formatNumber } from "../../format";
import { Empty, Failed } from "../../ui/states";
import type { Cursor } from "../chart/cursor";
import { useCursor } from "../chart/cursor";
import type { Panel } from "../chart/panel";
import { POLL_INTERVAL_MS } from "../data";
import type { Trace } from "../lanes";
import { alike } from "../range";
import type { Span } from "../range";
import type { SeriesView } from "../../series/view";
import { texts } from "../texts";
import { pairsOf } from "./pairs";
import type { Pairs } from "./pairs";
import { xyCsv } from "./csv";
import styles from "./plots.module.css";
import { useExport } from "./useExport";
import type { Exported } from "./useExport";
import { XyPanel } from "./XyPanel";

/** More would lie on top of one another. */
const POINTS = 2000;

interface Props {
  /** Measured sensors. */
  traces: Trace[];
  x: string | null;
  setX: (id: string) => void;
  span: Span;
  zone: string;
  cursor: Cursor;
  pin: (t: number) => void;
  exportedRef: Exported;
  register: (name: string, panel: Panel | null) => void;
}

/** The means of the same buckets of all sensors in a range. */
function useMeans(sensors: string[], span: Span) {
  return useQuery({
    queryKey: [tenantOfPath(), "means", sensors, span.start, span.end],
    queryFn: async ({ signal }) => {
      const body = { sensors, start: span.start, end: span.end, points: POINTS, method: "mean" as const };
      const { results } = await unwrap(api.POST("/api/v1/samples/query", { body, signal }));
      return { ...span, series: new Map((results as SeriesView[]).map((each) => [each.sensor, each])) };
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      [...(query.state.data?.series.values() ?? [])].some((each) => !each.complete) ? POLL_INTERVAL_MS : false,
    staleTime: 60_000,
    gcTime: 120_000,
    enabled: sensors.length > 1,
  });
}

/** Each sensor over the one of the horizontal axis. */
export function Xy({ traces, x: wanted, setX, span, zone, cursor, pin, exportedRef, register }: Props) {
  const at = useCursor(cursor);
  const ids = useMemo(() => traces.map(({ sensor }) => sensor.id), [traces]);
  const means = useMeans(ids, span);
  const x = traces.find(({ sensor }) => sensor.id === wanted || sensor.tag === wanted) ?? traces[0];
  const data = means.data;
  const all = useMemo(() => {
    const over = x && data?.series.get(x.sensor.id);
    if (!over || !data) return [];
    return traces.flatMap(({ sensor }) => {
      const series = data.series.get(sensor.id);
      return sensor.id === x.sensor.id || !series ? [] : [{ sensor, pairs: pairsOf(over, series), series }];
    });
  }, [traces, x, data]);
  const shown = useMemo(() => (data ? { start: data.start, end: data.end } : span), [data, span]);
  useExport(exportedRef, () => (x ? xyCsv(x.sensor, all) : ""));
  if (!x || traces.length < 2) return <Empty title={texts.xyNeedsTwo}>{texts.xyNeedsTwoDetail}</Empty>;
  if (means.isError && !data) {
    return <Failed error={means.error} retry={() => void means.refetch()} what={texts.rangeUnavailable} />;
  }
  const dimmed = means.isPlaceholderData && data !== undefined && !alike(data, span);
  return (
    <div className={styles.whole}>
      <div className={styles.bar}>
        <NativeSelect
          aria-label={texts.horizontalAxis}
          value={x.sensor.id}
          onChange={(event) => setX(event.currentTarget.value)}
          data={traces.map(({ sensor }) => ({ value: sensor.id, label: texts.horizontal(sensor.tag) }))}
        />
        <span className={styles.scale}>
          {formatMoment(shown.start, zone, false)} <i /> {formatMoment(shown.end, zone, false)}
        </span>
      </div>
      <div className={styles.plots}>
        {all.map(({ sensor, pairs, series }) => (
          <XyPanel
            key={sensor.id}
            x={x.sensor}
            y={sensor}
            pairs={pairs}
            span={shown}
            zone={zone}
            at={at}
            pin={pin}
            about={aboutPairs(pairs, series)}
            dimmed={dimmed}
            register={register}
          />
        ))}
      </div>
    </div>
  );
}

function aboutPairs(pairs: Pairs, { resolution_ms }: SeriesView): string {
  if (pairs.t.length === 0) return texts.noPairs;
  const count = formatNumber(pairs.t.length, 0);
  return resolution_ms > 0 ? texts.pairsOfMeans(count, formatDuration(resolution_ms)) : texts.pairs(count);
}
