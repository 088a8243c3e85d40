import { useMemo } from "react";
import { Link } from "wouter";
import { useSiteCatalog } from "../catalog";
import { DASH, formatAge, formatCount, formatValue } from "../format";
import { hrefWith, useNow } from "../moment";
import { useSite, useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Card } from "../ui/Card";
import { Empty, Failed, Loading } from "../ui/states";
import { useValues } from "../values";
import ui from "../ui/ui.module.css";
import styles from "./data.module.css";
import { texts } from "./texts";

/** Per asset: how many of its sensors report, and the newest value. */
export function Live() {
  const site = useSite();
  const tenant = useTenant();
  const now = useNow();
  const { catalog, ...state } = useSiteCatalog(site?.id);
  const ids = useMemo(() => catalog?.sensors.slice(0, 1000).map((each) => each.id), [catalog]);
  const values = useValues({ sensors: ids ?? [] });
  if (state.isError) return <Failed error={state.error} retry={() => void state.refetch()} />;
  if (values.isError && !values.data) return <Failed error={values.error} retry={() => void values.refetch()} />;
  if (catalog && catalog.sensors.length === 0) return <Empty title={texts.noSensors}>{texts.noSensorsLive}</Empty>;
  if (!catalog || !values.data) return <Loading />;
  const found = values.data.bySensor;
  const rows = catalog.assets
    .map((asset) => {
      const sensors = (catalog.sensorsOf.get(asset.id) ?? []).filter((each) => found.has(each.id));
      const read = sensors.map((sensor) => ({ sensor, value: found.get(sensor.id)! }));
      const newest = read.reduce<(typeof read)[number] | null>(
        (best, each) => (each.value.t !== null && (best === null || each.value.t > best.value.t!) ? each : best),
        null,
      );
      const reporting = read.filter((each) => each.value.t !== null && !each.value.stale).length;
      return { asset, of: sensors.length, reporting, newest };
    })
    .filter((row) => row.of > 0);
  return (
    <>
      {catalog.sensors.length > 1000 && (
        <p className={ui.quiet}>{texts.firstSensors(formatCount(catalog.sensors.length))}</p>
      )}
      <Card flush>
        <DataTable
          rows={rows}
          keyOf={({ asset }) => asset.id}
          columns={[
            {
              head: texts.asset,
              cell: ({ asset }) => (
                <>
                  <b className={styles.strong}>{asset.tag}</b> <span className={ui.quiet}>{asset.name}</span>
                </>
              ),
            },
            {
              head: texts.reporting,
              cell: ({ of, reporting }) => (
                <span className={styles.reporting} data-state={reporting === of ? "all" : reporting ? "some" : "none"}>
                  <i aria-hidden="true" />
                  {reporting === of ? texts.allOf(of) : reporting ? texts.someOf(reporting, of) : texts.noneOf(of)}
                </span>
              ),
            },
            {
              head: texts.latestValue,
              cell: ({ newest }) =>
                newest ? (
                  <Link
                    className={styles.tag}
                    href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors: newest.sensor.id })}
                  >
                    {newest.sensor.tag} {formatValue(newest.value.v, null, newest.sensor)}
                  </Link>
                ) : (
                  DASH
                ),
            },
            {
              head: texts.age,
              number: true,
              cell: ({ newest }) => (newest ? formatAge(now - newest.value.t!) : texts.never),
            },
          ]}
        />
      </Card>
    </>
  );
}
