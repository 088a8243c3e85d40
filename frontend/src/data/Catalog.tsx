import { Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useMemo, useRef } from "react";
import { Link } from "wouter";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { matches, wordsOf } from "../catalog/tree";
import { displayUnit, formatCount, formatDuration, formatNumber } from "../format";
import { hrefWith, useParam } from "../moment";
import { EditSensor } from "../sensors/EditSensor";
import { useSite, useSites, useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Card } from "../ui/Card";
import { Empty, Failed, Loading } from "../ui/states";
import { useCoarse } from "../ui/useCoarse";
import { useWindow } from "../ui/useWindow";
import ui from "../ui/ui.module.css";
import styles from "./data.module.css";
import { texts } from "./texts";

interface Column<T> {
  name: string;
  width: string;
  number?: boolean;
  cell: (row: T) => ReactNode;
}

interface TableProps<T> {
  rows: T[];
  /** Falsy entries are hidden columns. */
  columns: readonly (Column<T> | false)[];
  keyOf: (row: T) => string;
}

/** A table of any length: only the visible rows are rendered. */
function LongTable<T>({ rows, keyOf, ...props }: TableProps<T>) {
  const columns = props.columns.filter((column) => !!column);
  const scroller = useRef<HTMLDivElement>(null);
  const height = useCoarse() ? 44 : 34;
  const { first, last } = useWindow(scroller, rows.length, height);
  const template = columns.map((column) => column.width).join(" ");
  return (
    <div className={styles.long} role="table" aria-rowcount={rows.length}>
      <div className={styles.longHead} role="row" style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <span key={column.name} role="columnheader" className={column.number ? styles.numbers : undefined}>
            {column.name}
          </span>
        ))}
      </div>
      <div className={styles.longBody} ref={scroller} tabIndex={0} role="rowgroup">
        <div style={{ height: rows.length * height, position: "relative" }}>
          {rows.slice(first, last).map((row, index) => (
            <div
              key={keyOf(row)}
              role="row"
              className={styles.longRow}
              style={{ gridTemplateColumns: template, top: (first + index) * height, height }}
            >
              {columns.map((column) => (
                <span key={column.name} role="cell" className={column.number ? styles.numbers : undefined}>
                  {column.cell(row)}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function OfSite({ what, children }: { what: string; children: (catalog: SiteCatalog) => ReactNode }) {
  const sites = useSites();
  const site = useSite();
  const { catalog, ...state } = useSiteCatalog(site?.id);
  if (state.isError) return <Failed error={state.error} retry={() => void state.refetch()} />;
  if (sites.data?.length === 0) return <Empty title={texts.noSites}>{texts.needSite(what)}</Empty>;
  return catalog ? children(catalog) : <Loading />;
}

function useFilter() {
  const [text, setText] = useParam("q");
  const field = (label: string) => (
    <TextInput
      data-filter
      className={styles.filter}
      aria-label={label}
      placeholder={label}
      value={text ?? ""}
      onChange={(event) => setText(event.currentTarget.value || null)}
    />
  );
  return { words: wordsOf(text ?? ""), field };
}

const KINDS = ["continuous", "discrete", "counter", "text"];

export const Sensors = () => <OfSite what={texts.sensors}>{(catalog) => <SensorTable catalog={catalog} />}</OfSite>;

function SensorTable({ catalog }: { catalog: SiteCatalog }) {
  const tenant = useTenant();
  const { words, field } = useFilter();
  const [kind, setKind] = useParam("kind");
  const mayEdit = tenant !== undefined && tenant.role !== "viewer";
  const key = words.join(" ");
  const rows = useMemo(
    () =>
      catalog.sensors.filter((sensor) => {
        const asset = catalog.assetById.get(sensor.asset ?? "");
        const found = matches(wordsOf(key), sensor.tag, sensor.name, sensor.unit, asset?.tag, asset?.name, sensor.id);
        return (!kind || sensor.kind === kind) && found;
      }),
    [catalog, key, kind],
  );
  if (catalog.sensors.length === 0) {
    return (
      <Empty title={texts.noSensors}>
        {texts.addInBulk} <code>POST /api/v1/sensors/bulk</code> {texts.withLabel}{" "}
        <code>{'{"items":[{"site":…,"tag":"TT-101",…}]}'}</code>.
      </Empty>
    );
  }
  return (
    <>
      <div className={styles.filters}>
        {field(texts.filterSensors)}
        <Select
          w={150}
          aria-label={texts.kind}
          placeholder={texts.allKinds}
          clearable
          data={KINDS}
          value={kind}
          onChange={(value) => setKind(value)}
        />
        <span className={ui.quiet}>
          {rows.length === catalog.sensors.length
            ? texts.sensorCount(formatCount(rows.length))
            : texts.sensorCountOf(formatCount(rows.length), formatCount(catalog.sensors.length))}
        </span>
      </div>
      <Card flush>
        <LongTable
          rows={rows}
          keyOf={(sensor) => sensor.id}
          columns={[
            {
              name: texts.tag,
              width: "minmax(110px, 1fr)",
              cell: (sensor) => (
                <Link
                  className={styles.tag}
                  href={hrefWith(`/t/${tenant?.slug}/trends`, { sensors: sensor.id })}
                  title={texts.openInTrends}
                >
                  {sensor.tag}
                </Link>
              ),
            },
            { name: texts.name, width: "minmax(120px, 1.6fr)", cell: (sensor) => sensor.name },
            {
              name: texts.asset,
              width: "minmax(80px, 1fr)",
              cell: (sensor) => catalog.assetById.get(sensor.asset ?? "")?.tag ?? "–",
            },
            { name: texts.kind, width: "92px", cell: (sensor) => sensor.kind },
            { name: texts.unit, width: "72px", cell: (sensor) => displayUnit(sensor.unit) || "–" },
            {
              name: texts.rangeOrStates,
              width: "minmax(110px, 1.2fr)",
              cell: (sensor) =>
                sensor.kind === "discrete"
                  ? Object.values(sensor.states ?? {}).join(", ")
                  : sensor.range
                    ? texts.rangeText(formatNumber(sensor.range[0]), formatNumber(sensor.range[1]))
                    : "–",
            },
            {
              name: texts.interval,
              width: "76px",
              number: true,
              cell: (sensor) =>
                sensor.sampling === "on_change"
                  ? texts.onChange
                  : sensor.interval_s
                    ? formatDuration(sensor.interval_s * 1000, 1)
                    : "–",
            },
            mayEdit && { name: "", width: "44px", cell: (sensor) => <EditSensor sensor={sensor} /> },
          ]}
        />
        {rows.length === 0 && <p style={{ padding: 16 }}>{texts.noSensorsMatch}</p>}
      </Card>
    </>
  );
}

export const Assets = () => <OfSite what={texts.assets}>{(catalog) => <AssetTable catalog={catalog} />}</OfSite>;

function AssetTable({ catalog }: { catalog: SiteCatalog }) {
  const { words, field } = useFilter();
  const area = new Map(catalog.areas.map((each) => [each.id, each.name]));
  const rows = catalog.assets.filter((asset) =>
    matches(words, asset.tag, asset.name, asset.type, area.get(asset.area ?? "")),
  );
  const named = (ids: string[]) => ids.map((id) => catalog.assetById.get(id)?.tag ?? id).join(", ") || "–";
  if (catalog.assets.length === 0) {
    return (
      <Empty title={texts.noAssets}>
        {texts.addInBulk} <code>POST /api/v1/assets/bulk</code>.
      </Empty>
    );
  }
  return (
    <>
      <div className={styles.filters}>
        {field(texts.filterAssets)}
        <span className={ui.quiet}>{texts.assetCount(formatCount(rows.length))}</span>
      </div>
      <Card flush>
        <LongTable
          rows={rows}
          keyOf={(asset) => asset.id}
          columns={[
            {
              name: texts.tag,
              width: "minmax(80px, .8fr)",
              cell: (asset) => <b className={styles.strong}>{asset.tag}</b>,
            },
            { name: texts.name, width: "minmax(140px, 1.6fr)", cell: (asset) => asset.name },
            { name: texts.type, width: "minmax(90px, 1fr)", cell: (asset) => asset.type.replaceAll("_", " ") },
            { name: texts.area, width: "minmax(90px, 1fr)", cell: (asset) => area.get(asset.area ?? "") ?? "–" },
            {
              name: texts.fedBy,
              width: "minmax(90px, 1.2fr)",
              cell: (asset) =>
                named(catalog.connections.filter((each) => each.target === asset.id).map((each) => each.source)),
            },
            {
              name: texts.feeds,
              width: "minmax(90px, 1.2fr)",
              cell: (asset) =>
                named(catalog.connections.filter((each) => each.source === asset.id).map((each) => each.target)),
            },
            {
              name: texts.sensors,
              width: "72px",
              number: true,
              cell: (asset) => catalog.sensorsOf.get(asset.id)?.length ?? 0,
            },
          ]}
        />
      </Card>
    </>
  );
}

export function Sites() {
  const sites = useSites();
  const tenant = useTenant();
  if (sites.isError) return <Failed error={sites.error} retry={() => void sites.refetch()} />;
  if (!sites.data) return <Loading />;
  if (sites.data.length === 0) {
    return (
      <Empty title={texts.noSites}>
        {texts.addSites} <code>POST /api/v1/sites</code> {texts.addSitesFields}
      </Empty>
    );
  }
  return (
    <Card flush>
      <DataTable
        rows={sites.data}
        keyOf={(site) => site.id}
        columns={[
          {
            head: texts.site,
            cell: (site) => (
              <Link className={styles.tag} href={hrefWith(`/t/${tenant?.slug}/home`, { site: site.slug })}>
                {site.name}
              </Link>
            ),
          },
          { head: texts.slug, cell: (site) => site.slug },
          { head: texts.timeZone, cell: (site) => site.timezone },
        ]}
      />
    </Card>
  );
}
