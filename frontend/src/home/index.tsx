import { Suspense, useMemo } from "react";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { keySensors } from "../catalog/keySensors";
import type { AsOf, Site } from "../api/types";
import { View } from "../frame";
import { useMoment, useNow } from "../moment";
import { useSite, useSites } from "../tenant";
import { Failed, Loading } from "../ui/states";
import ui from "../ui/ui.module.css";
import { useValues } from "../values";
import { useLastDay } from "./data";
import { Equipment } from "./Equipment";
import { Incoming } from "./Incoming";
import { KeyValue } from "./KeyValue";
import { RecentChanges } from "./RecentChanges";
import { findingsOf } from "./findings";
import { machines } from "./machines";
import { FirstSteps } from "./FirstSteps";
import { PlantCard } from "./PlantCard";
import styles from "./home.module.css";
import { texts } from "./texts";
import { lazy } from "../ui/lazy";

const Attention = lazy(() => import("./Attention"));

/** With more sensors than this, only those on the page are read. */
const MAX_SENSORS = 1000;

export default function Home() {
  const sites = useSites();
  const { live } = useMoment();
  const site = useSite();
  const state = useSiteCatalog(site?.id);
  const failed = sites.isError ? sites : state.isError ? state : null;
  if (failed) {
    return (
      <View title={texts.home}>
        <Failed error={failed.error} retry={() => void failed.refetch()} what={texts.plantDataUnavailable} />
      </View>
    );
  }
  if (sites.data?.length === 0 || (state.catalog && state.catalog.sensors.length === 0)) {
    return (
      <View title={texts.home}>
        <FirstSteps site={site} />
      </View>
    );
  }
  return (
    <View title={texts.homeOf(site?.name ?? "")} past={!live}>
      {site && state.catalog ? <HomeOf site={site} catalog={state.catalog} /> : <Loading />}
    </View>
  );
}

function HomeOf({ site, catalog }: { site: Site; catalog: SiteCatalog }) {
  const { at } = useMoment();
  const now = useNow();
  const keys = useMemo(() => keySensors(catalog), [catalog]);
  const equipment = useMemo(() => machines(catalog), [catalog]);
  const states = useMemo(() => equipment.map((each) => each.state).slice(0, 100), [equipment]);
  const some = useMemo(
    () =>
      [...keys, ...states, ...equipment.flatMap((each) => each.values)].slice(0, MAX_SENSORS).map((each) => each.id),
    [keys, states, equipment],
  );
  const small = catalog.sensors.length <= MAX_SENSORS;
  const values = useValues(small ? { site: site.id } : { sensors: some });
  const before = useValues({ sensors: keys.map((each) => each.id) }, 86_400_000);
  const trends = useLastDay(keys, 120);
  const changes = useLastDay(states, 1000);
  const found = useMemo(() => values.data?.bySensor ?? new Map<string, AsOf>(), [values.data]);
  const findings = useMemo(
    () =>
      findingsOf(
        catalog.sensors,
        found,
        (sensor) => catalog.assetById.get(sensor.asset ?? "")?.tag,
        (sensor) => changes.data?.get(sensor.id)?.t.at(-1),
      ),
    [catalog, found, changes.data],
  );
  const silent = [...found.values()].filter((each) => each.v === null).length;
  const moment = at ?? now;
  if (values.isError && !values.data) return <Failed error={values.error} retry={() => void values.refetch()} />;
  return (
    <div className={ui.page}>
      <div className={styles.keys}>
        {keys.map((sensor, index) => (
          <KeyValue
            key={sensor.id}
            sensor={sensor}
            value={found.get(sensor.id)}
            dayBefore={before.data?.bySensor.get(sensor.id)}
            series={trends.data?.get(sensor.id)}
            slot={index + 1}
          />
        ))}
      </div>
      <div className={styles.columns}>
        <div className={styles.column}>
          {values.data && (
            <Suspense fallback={null}>
              <Attention
                site={site}
                findings={findings}
                of={small ? catalog.sensors.length : some.length}
                silent={silent}
                at={moment}
              />
            </Suspense>
          )}
          {equipment.length > 0 && <Equipment machines={equipment} values={found} series={changes.data} at={moment} />}
        </div>
        <div className={styles.column}>
          <PlantCard site={site} />
          {values.data && <Incoming values={found} of={small ? catalog.sensors.length : some.length} at={at} />}
          <RecentChanges />
        </div>
      </div>
    </div>
  );
}
