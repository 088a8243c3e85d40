import type { components } from "../../api/schema";
import { displayUnit, formatMoment, formatNumber } from "../../format";
import { useSiteCatalog } from "../../catalog";
import { useSite } from "../../tenant";
import ui from "../../ui/ui.module.css";
import styles from "./imports.module.css";
import { texts } from "./texts";

export type Sample = components["schemas"]["ImportedSample"];

const QUALITIES = ["good", "uncertain", "bad"];

interface Props {
  samples: Sample[];
  zone: string;
  zoneLabel: string;
}

/** Samples as they stand in the files and as they will be stored, by row. */
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
    <div className={`${ui.scrollX} ${styles.preview}`}>
      <table className={ui.table}>
        <thead>
          <tr>
            {several && <th>{texts.file}</th>}
            <th className={ui.number}>{texts.line2}</th>
            <th>{texts.timeFile}</th>
            <th>{texts.storedUtc}</th>
            <th>{texts.inOfOf(zoneLabel)}</th>
            <th>{texts.sensor}</th>
            <th className={ui.number}>{texts.value}</th>
            <th>{texts.unit}</th>
            <th>{texts.quality}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((sample) => (
            <tr key={`${sample.file} ${sample.line} ${sample.column} ${sample.at}`}>
              {several && <td>{sample.file}</td>}
              <td className={ui.number}>{sample.line}</td>
              <td className={styles.moment}>{sample.clock}</td>
              <td className={styles.moment}>
                {new Date(sample.at).toISOString().replace("T", " ").replace(".000Z", "")}
              </td>
              <td className={styles.moment}>{formatMoment(sample.at, zone)}</td>
              <td className={styles.strong}>{sample.tag}</td>
              <td className={ui.number}>{value(sample)}</td>
              <td>{displayUnit(sample.unit)}</td>
              <td>{QUALITIES[sample.quality ?? 0] ?? sample.quality}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
