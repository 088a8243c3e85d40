import { Button } from "@mantine/core";
import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import { CasesOf, caseTexts } from "../../cases";
import type { SiteCatalog } from "../../catalog";
import { tenantOfPath } from "../../api/client";
import type { AsOf, Asset, Sensor } from "../../api/types";
import { displayUnit, formatAge, formatDate, formatMoment, formatNumber, formatTime, formatValue } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { useHref, useMoment, useMomentOf, useZone } from "../../moment";
import { MAX_TRACES } from "../../series/slots";
import { EditSensor } from "../../sensors/EditSensor";
import { useTenant } from "../../tenant";
import { sparkOf } from "../../series/spark";
import type { ValueStore } from "../core/store";
import { useOwnValues, useTrend } from "../data";
import { useSettledMoment } from "../useValueFeed";
import { useRestingEnd } from "../useRestingEnd";
import ui from "../../ui/ui.module.css";
import { AssetAlarms } from "./AssetAlarms";
import styles from "./inspector.module.css";
import { texts as all } from "../texts";

const texts = all.inspector;
const OWN_VALUES = () => [tenantOfPath(), "own values"];
const NONE: ReadonlyMap<string, AsOf> = new Map();
const DAY = 86_400_000;
const SPARK = { width: 280, height: 64 };

interface Props {
  asset: Asset;
  catalog: SiteCatalog;
  store: ValueStore;
  /** The values of another moment that is compared. */
  other?: ValueStore | undefined;
  sensor: Sensor | undefined;
  select: (asset: string | null, sensor?: string) => void;
}

/** The selected asset: its values with their age, one sparkline, and the assets up- and downstream. */
export function AssetInspector({ asset, catalog, store, other, sensor, select }: Props) {
  const tenant = useTenant();
  const hrefWith = useHref();
  const sensors = catalog.sensorsOf.get(asset.id) ?? [];
  const shown = sensor?.asset === asset.id ? sensor : sensors[0];
  const place = [catalog.areas.find((area) => area.id === asset.area)?.name, asset.name].filter(Boolean);
  const trends = [shown, ...sensors.filter((each) => each !== shown)].filter((each) => each !== undefined);
  return (
    <Inspector title={`${asset.tag} · ${asset.name}`} subtitle={place[0]} onClose={() => select(null)}>
      <AssetAlarms asset={asset} />
      {shown && <DayTrend sensor={shown} />}
      {sensors.length > 0 ? (
        <Values sensors={sensors} shown={shown} store={store} other={other} choose={(id) => select(asset.id, id)} />
      ) : (
        <p className={styles.none}>{texts.noSensors}</p>
      )}
      <Neighbours asset={asset} catalog={catalog} select={select} />
      <Work asset={asset} />
      {tenant && trends.length > 0 && (
        <div className={`${ui.actions} ${styles.actions}`}>
          <Button
            component={Link}
            href={hrefWith(`/t/${tenant.slug}/trends`, {
              sensors: trends
                .slice(0, MAX_TRACES)
                .map((each) => each.tag)
                .join(","),
              range: "1d",
            })}
          >
            {texts.openTrends}
          </Button>
          {shown && <EditSensor sensor={shown} button />}
        </div>
      )}
    </Inspector>
  );
}

/** Its open cases at the moment. */
function Work({ asset }: { asset: Asset }) {
  const at = useSettledMoment();
  return (
    <InspectorSection title={caseTexts.work}>
      <CasesOf of={{ asset: asset.id }} start={() => ({ title: "", asset: asset.id })} at={at} />
    </InspectorSection>
  );
}

function DayTrend({ sensor }: { sensor: Sensor }) {
  const live = useMomentOf((at) => at === null);
  const zone = useZone().name;
  const end = useRestingEnd();
  const window = useMemo(() => ({ start: end - DAY, end }), [end]);
  const { data, error, isPlaceholderData } = useTrend(sensor.id, window, SPARK.width * 2);
  const discrete = sensor.kind === "discrete";
  const spark = useMemo(() => data && sparkOf(data, { ...window, ...SPARK }, discrete), [data, window, discrete]);
  const unit = displayUnit(sensor.unit);
  return (
    <InspectorSection title={`${sensor.name}, ${live ? texts.lastDay : texts.dayBefore}`}>
      <figure className={styles.trend} data-old={isPlaceholderData || undefined}>
        <svg viewBox={`0 -2 ${SPARK.width} ${SPARK.height + 4}`} preserveAspectRatio="none" aria-hidden="true">
          {spark && <path d={spark.path} vectorEffect="non-scaling-stroke" />}
        </svg>
        {!spark && <p className={styles.none}>{error ? texts.trendFailed : data ? texts.noSamples : "\u00a0"}</p>}
        <figcaption>
          <span>{`${formatDate(window.start, zone, false)} ${formatTime(window.start, zone, false)}`}</span>
          {spark && !discrete && (
            <b>{`${formatNumber(spark.low)} … ${formatNumber(spark.high)}${unit ? `\u202f${unit}` : ""}`}</b>
          )}
          <span>{`${formatDate(window.end, zone, false)} ${formatTime(window.end, zone, false)}`}</span>
        </figcaption>
      </figure>
    </InspectorSection>
  );
}

interface ValuesProps {
  sensors: Sensor[];
  shown: Sensor | undefined;
  store: ValueStore;
  other: ValueStore | undefined;
  choose: (sensor: string) => void;
}

function Values({ sensors, shown, store, other, choose }: ValuesProps) {
  const { at, live } = useMoment();
  const zone = useZone().name;
  const [, redraw] = useState(0);
  useEffect(() => {
    const ends = [store, other].map((each) => each?.subscribe("*", () => redraw((count) => count + 1)));
    return () => ends.forEach((end) => end?.());
  }, [store, other]);
  // Most of an asset's sensors are on the drawing; the others are requested when the moment rests.
  const missing = sensors.filter((sensor) => !store.entry(sensor.id)).map((sensor) => sensor.id);
  const settled = useSettledMoment();
  const owned = useOwnValues(missing, settled);
  const asking = useIsFetching({ queryKey: OWN_VALUES(), predicate: ({ state }) => state.data === undefined }) > 0;
  // Those of another moment are not shown under this one.
  const others = asking || settled !== at ? NONE : owned;
  return (
    <InspectorSection title={live ? texts.valuesNow : texts.valuesAt(formatMoment(at!, zone))}>
      <table className={styles.values} data-other={store.of === "other" || undefined}>
        <tbody>
          {sensors.map((sensor) => {
            const drawn = store.entry(sensor.id);
            const entry = drawn ?? others.get(sensor.id);
            // While the moment moves the ages are unknown, and none is shown rather than an outdated one.
            const age = drawn ? drawn.t !== null && store.at - drawn.t : others.get(sensor.id)?.age;
            return (
              <tr
                key={sensor.id}
                data-chosen={sensor === shown || undefined}
                data-stale={entry?.stale || undefined}
                onClick={() => choose(sensor.id)}
              >
                <th scope="row" title={sensor.tag}>
                  <button type="button" aria-pressed={sensor === shown}>
                    {sensor.name}
                  </button>
                </th>
                <td className={styles.value} data-sensor={sensor.tag}>
                  <b>{formatValue(entry?.v, sensor.unit, sensor, true)}</b>
                  {sensor.kind !== "discrete" && entry?.v !== null && entry && ` ${displayUnit(sensor.unit)}`}
                </td>
                {other && (
                  <td className={styles.then} title={all.comparison.then}>
                    {formatValue(other.entry(sensor.id)?.v, sensor.unit, sensor, true)}
                  </td>
                )}
                <td className={styles.age} title={entry?.t != null ? formatMoment(entry.t, zone) : undefined}>
                  {entry && entry.v === null
                    ? (entry.reason ?? texts.noData)
                    : typeof age === "number" && formatAge(age)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </InspectorSection>
  );
}

function Neighbours({ asset, catalog, select }: { asset: Asset; catalog: SiteCatalog; select: Props["select"] }) {
  const ends = (from: "source" | "target", to: "source" | "target") =>
    [...new Set(catalog.connections.filter((each) => each[from] === asset.id).map((each) => each[to]))].flatMap(
      (id) => catalog.assetById.get(id) ?? [],
    );
  const upstream = ends("target", "source");
  const downstream = ends("source", "target");
  if (upstream.length + downstream.length === 0) return null;
  return (
    <InspectorSection title={texts.connected}>
      {[[texts.upstream, upstream] as const, [texts.downstream, downstream] as const].map(
        ([title, assets]) =>
          assets.length > 0 && (
            <div key={title} className={styles.neighbours}>
              <span>{title}</span>
              <div>
                {assets.map((each) => (
                  <button key={each.id} type="button" title={each.name} onClick={() => select(each.id)}>
                    {each.tag}
                  </button>
                ))}
              </div>
            </div>
          ),
      )}
    </InspectorSection>
  );
}
