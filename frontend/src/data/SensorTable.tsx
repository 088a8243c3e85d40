import { Select } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "wouter";
import type { SiteCatalog } from "../catalog";
import { matches, wordsOf } from "../catalog/tree";
import { displayUnit, formatCount, formatDuration, formatNumber } from "../format";
import { hrefWith, useParam } from "../moment";
import { EditSensor } from "../sensors/EditSensor";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { Empty } from "../ui/states";
import ui from "../ui/ui.module.css";
import { LongTable } from "./LongTable";
import styles from "./data.module.css";
import { texts } from "./texts";
import { useFilter } from "./useFilter";

const KINDS = ["continuous", "discrete", "counter", "text"];

export function SensorTable({ catalog }: { catalog: SiteCatalog }) {
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
            {
              name: "",
              width: "56px",
              cell: (sensor) => (
                <Link
                  href={hrefWith(`/t/${tenant?.slug}/trends/totals`, { sensor: sensor.id })}
                  title={texts.totalsHint(sensor.tag)}
                >
                  {texts.totals}
                </Link>
              ),
            },
            mayEdit && { name: "", width: "44px", cell: (sensor) => <EditSensor sensor={sensor} /> },
          ]}
        />
        {rows.length === 0 && <p style={{ padding: 16 }}>{texts.noSensorsMatch}</p>}
      </Card>
    </>
  );
}
