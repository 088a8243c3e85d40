import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import { DASH, displayUnit, durationName, formatCount, formatMoment, formatValue, parseDuration } from "../../format";
import { useMoment, useNow, useZone } from "../../moment";
import { DataTable } from "../../ui/DataTable";
import { Empty, Failed, Loading } from "../../ui/states";
import { useSensors } from "../data";
import styles from "../dashboards.module.css";
import { texts } from "../texts";

/** The figures of a live range are read again after this share of it. */
const SHARE = 200;
const MIN_MS = 30_000;

/** The smallest, mean and largest value of each sensor over the range that ends at the moment. */
export function FiguresTile({ sensors, range }: { sensors: string[]; range: string }) {
  const { at } = useMoment();
  const now = useNow();
  const zone = useZone().name;
  const length = parseDuration(range) ?? 8 * 3_600_000;
  const step = Math.max(MIN_MS, length / SHARE);
  const end = at ?? Math.ceil(now / step) * step;
  const { known, ready } = useSensors(sensors);
  const figures = useQuery({
    queryKey: [tenantOfPath(), "figures", sensors, end, length],
    queryFn: async ({ signal }) => {
      const body = { sensors, start: Math.round(end - length), end: Math.round(end), points: 2 };
      const found = await unwrap(api.POST("/api/v1/samples/query", { body, signal }));
      return new Map(found.results.map((each) => [each.sensor, each.stats]));
    },
    enabled: sensors.length > 0 && ready && sensors.every((id) => known.has(id)),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  if (sensors.length === 0) return <Empty title={texts.noSensors} />;
  if (figures.isError) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  if (!ready) return <Loading />;
  const shown = (id: string, value: number | null | undefined) =>
    value == null ? DASH : formatValue(value, null, known.get(id), true);
  return (
    <div className={styles.scroll}>
      <DataTable
        rows={sensors}
        keyOf={(id) => id}
        columns={[
          {
            head: texts.sensor,
            cell: (id) => <span title={known.get(id)?.name}>{known.get(id)?.tag ?? `${id} (${texts.gone})`}</span>,
          },
          { head: "", cell: (id) => displayUnit(known.get(id)?.unit ?? "") },
          { head: texts.min, number: true, cell: (id) => shown(id, figures.data?.get(id)?.min) },
          { head: texts.mean, number: true, cell: (id) => shown(id, figures.data?.get(id)?.mean) },
          { head: texts.max, number: true, cell: (id) => shown(id, figures.data?.get(id)?.max) },
          { head: texts.samples, number: true, cell: (id) => formatCount(figures.data?.get(id)?.count ?? 0) },
        ]}
      />
      <p className={styles.caption}>
        {texts.last(durationName(length))}
        {at !== null && `, ${formatMoment(at, zone)}`}
      </p>
    </div>
  );
}
