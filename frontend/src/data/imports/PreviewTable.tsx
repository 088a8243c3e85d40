import type { components } from "../../api/schema";
import { displayUnit, formatMoment, formatNumber } from "../../format";
import { useSiteCatalog } from "../../catalog";
import { useSite } from "../../tenant";
import { DataTable } from "../../ui/DataTable";
import styles from "./imports.module.css";
import { texts } from "./texts";

export type Sample = components["schemas"]["ImportedSample"];

interface Props {
  samples: Sample[];
  zone: string;
  zoneLabel: string;
}

/** Samples as they are in the files and as they will be stored, by row. */
export function PreviewTable({ samples, zone, zoneLabel }: Props) {
  const { catalog } = useSiteCatalog(useSite()?.id);
  const rows = [...samples].sort((a, b) => (a.file === b.file ? a.line - b.line : 0));
  const several = new Set(samples.map((sample) => sample.file)).size > 1;
  const value = (sample: Sample) => {
    if (typeof sample.value === "string") return sample.value;
    const state = catalog?.sensorById.get(sample.sensor)?.states?.[String(sample.value)];
    return state ?? formatNumber(sample.value);
  };
  return (
    <div className={styles.preview}>
      <DataTable
        rows={rows}
        keyOf={(sample) => `${sample.file} ${sample.line} ${sample.column} ${sample.at}`}
        columns={[
          several && { head: texts.file, cell: (sample) => sample.file },
          { head: texts.lineHead, number: true, cell: (sample) => sample.line },
          { head: texts.timeInFile, className: styles.moment, cell: (sample) => sample.clock },
          {
            head: texts.storedUtc,
            className: styles.moment,
            cell: (sample) => new Date(sample.at).toISOString().replace("T", " ").replace(".000Z", ""),
          },
          { head: texts.inZone(zoneLabel), className: styles.moment, cell: (sample) => formatMoment(sample.at, zone) },
          { head: texts.sensor, className: styles.strong, cell: (sample) => sample.tag },
          { head: texts.value, number: true, cell: (sample) => value(sample) },
          { head: texts.unit, cell: (sample) => displayUnit(sample.unit) },
          { head: texts.quality, cell: (sample) => texts.qualities[sample.quality ?? 0] ?? sample.quality },
        ]}
      />
    </div>
  );
}
