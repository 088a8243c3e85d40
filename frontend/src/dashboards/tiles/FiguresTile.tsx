import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import { untilRead } from "../../api/queries";
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

const countText = (count: number | undefined) => (count === undefined ? DASH : formatCount(count));

/** The smallest, mean and largest value of each sensor over the range that ends at the moment. */
export function FiguresTile({ sensors, range }: { sensors: string[]; range: string }) {
  const { at } = useMoment();
  const now = useNow();
  const zone = useZone().name;
  const length = parseDuration(range) ?? 8 * 3_600_000;
  const step = Math.max(MIN_MS, length / SHARE);
  const end = at ?? Math.ceil(now / step) * step;
  const { known, ready, error, retry } = useSensors(sensors);
  const present = ready ? sensors.filter((id) => known.has(id)) : [];
  const figures = useQuery({
    queryKey: [tenantOfPath(), "figures", present, end, length],
    queryFn: async ({ signal }) => {
      const body = { sensors: present, start: Math.round(end - length), end: Math.round(end), points: 2 };
      const found = await unwrap(api.POST("/api/v1/samples/query", { body, signal }));
      return { end, length, stats: new Map(found.results.map((each) => [each.sensor, each.stats])) };
    },
    enabled: present.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchInterval: untilRead,
  });
  if (sensors.length === 0) return <Empty title={texts.noSensors} />;
  if (figures.isError && !figures.data) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  if (!ready) return error === null ? <Loading /> : <Failed error={error} retry={retry} />;
  const read = figures.data;
  const old = read !== undefined && (read.length !== length || Math.abs(read.end - end) > 2 * step);
  const shown = (id: string, value: number | null | undefined) =>
    value == null ? DASH : formatValue(value, null, known.get(id), true);
  return (
    <div className={styles.scroll} data-old={old || undefined}>
      <DataTable
        rows={sensors}
        keyOf={(id) => id}
        columns={[
          {
            head: texts.sensor,
            cell: (id) => <span title={known.get(id)?.name}>{known.get(id)?.tag ?? `${id} (${texts.gone})`}</span>,
          },
          { head: "", cell: (id) => displayUnit(known.get(id)?.unit ?? "") },
          { head: texts.min, number: true, cell: (id) => shown(id, read?.stats.get(id)?.min) },
          { head: texts.mean, number: true, cell: (id) => shown(id, read?.stats.get(id)?.mean) },
          { head: texts.max, number: true, cell: (id) => shown(id, read?.stats.get(id)?.max) },
          { head: texts.samples, number: true, cell: (id) => countText(read?.stats.get(id)?.count) },
        ]}
      />
      <p className={styles.caption}>
        {texts.last(durationName(length))}
        {at !== null && `, ${formatMoment(at, zone)}`}
      </p>
    </div>
  );
}
