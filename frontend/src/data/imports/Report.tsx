import { formatCount, formatMoment } from "../../format";
import { DataTable } from "../../ui/DataTable";
import type { ImportReport } from "../../api/types";
import { NewSensors } from "./NewSensors";
import { PreviewTable } from "./PreviewTable";
import { Problems } from "./Problems";
import styles from "./imports.module.css";
import { texts } from "./texts";

const count = (value: unknown) => (typeof value === "number" ? formatCount(value) : "–");

interface Props {
  report: ImportReport;
  zone: string;
  zoneLabel: string;
}

/** The result of an import or a dry run: problems first, then the first rows as stored, then each sensor. */
export function Report({ report, zone, zoneLabel }: Props) {
  const moment = (ms: number | null | undefined) => (ms == null ? "–" : formatMoment(ms, zone));
  const first = (report.preview ?? []).filter((sample) => !sample.change);
  const compared = report.dry_run && report.new != null;
  const totals: [string, string][] = [
    [texts.rows, count(report.rows)],
    [report.dry_run ? texts.samplesToStore : texts.samplesStored, count(report.samples)],
    [texts.fromInZone(zoneLabel), moment(report.start)],
    [texts.to, moment(report.end)],
  ];
  if (compared)
    totals.push(
      [texts.new, count(report.new)],
      [texts.storedAlready, count(report.same)],
      [texts.wouldReplace, count(report.different)],
    );
  return (
    <div className={styles.report}>
      <dl className={styles.totals}>
        {totals.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Problems report={report} />
      {(report.new_sensors ?? []).length > 0 && <NewSensors sensors={report.new_sensors} dryRun={report.dry_run} />}
      {first.length > 0 && (
        <section>
          <h3>{texts.previewTitle}</h3>
          <PreviewTable samples={first} zone={zone} zoneLabel={zoneLabel} />
        </section>
      )}
      {(report.sensors ?? []).length > 0 && (
        <section>
          <h3>{texts.sensors}</h3>
          <DataTable
            rows={report.sensors!}
            keyOf={(each) => each.sensor}
            columns={[
              { head: texts.sensor, className: styles.strong, cell: (each) => each.tag },
              { head: texts.samples, number: true, cell: (each) => count(each.samples) },
              { head: texts.fromInZone(zoneLabel), className: styles.moment, cell: (each) => moment(each.start) },
              { head: texts.to, className: styles.moment, cell: (each) => moment(each.end) },
              compared && { head: texts.new, number: true, cell: (each) => count(each.new) },
              compared && { head: texts.same, number: true, cell: (each) => count(each.same) },
              compared && { head: texts.different, number: true, cell: (each) => count(each.different) },
              { head: texts.duplicates, number: true, cell: (each) => count(each.duplicates) },
              { head: texts.gaps, number: true, cell: (each) => count(each.gaps) },
              { head: texts.empty, number: true, cell: (each) => count(each.missing) },
              { head: texts.unreadable, number: true, cell: (each) => count(each.unreadable) },
              { head: texts.outOfRange, number: true, cell: (each) => count(each.out_of_range) },
            ]}
          />
        </section>
      )}
    </div>
  );
}
