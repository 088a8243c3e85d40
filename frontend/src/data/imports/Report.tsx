import { formatCount, formatMoment } from "../../format";
import ui from "../../ui/ui.module.css";
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

/** What an import did, or would do: what is wrong first, then the first rows as stored, then each sensor. */
export function Report({ report, zone, zoneLabel }: Props) {
  const moment = (ms: number | null | undefined) => (ms == null ? "–" : formatMoment(ms, zone));
  const first = (report.preview ?? []).filter((sample) => !sample.change);
  const told = report.dry_run && report.new != null;
  const totals: [string, string][] = [
    [texts.rows, count(report.rows)],
    [report.dry_run ? texts.samplesStore : texts.samplesStored, count(report.samples)],
    [texts.fromOf(zoneLabel), moment(report.start)],
    [texts.to, moment(report.end)],
  ];
  if (told)
    totals.push(
      ["New", count(report.new)],
      ["Stored already", count(report.same)],
      ["Would replace another value", count(report.different)],
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
          <h3>{texts.previewStoredSamples}</h3>
          <PreviewTable samples={first} zone={zone} zoneLabel={zoneLabel} />
        </section>
      )}
      {(report.sensors ?? []).length > 0 && (
        <section>
          <h3>{texts.sensors}</h3>
          <div className={ui.scrollX}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{texts.sensor}</th>
                  <th className={ui.number}>{texts.samples}</th>
                  <th>{texts.fromOf(zoneLabel)}</th>
                  <th>{texts.to}</th>
                  {told && <th className={ui.number}>{texts.newLabel2}</th>}
                  {told && <th className={ui.number}>{texts.same}</th>}
                  {told && <th className={ui.number}>{texts.different}</th>}
                  <th className={ui.number}>{texts.duplicates}</th>
                  <th className={ui.number}>{texts.gaps}</th>
                  <th className={ui.number}>{texts.empty}</th>
                  <th className={ui.number}>{texts.unreadable}</th>
                  <th className={ui.number}>{texts.outRange2}</th>
                </tr>
              </thead>
              <tbody>
                {report.sensors!.map((each) => (
                  <tr key={each.sensor}>
                    <td className={styles.strong}>{each.tag}</td>
                    <td className={ui.number}>{count(each.samples)}</td>
                    <td className={styles.moment}>{moment(each.start)}</td>
                    <td className={styles.moment}>{moment(each.end)}</td>
                    {told && <td className={ui.number}>{count(each.new)}</td>}
                    {told && <td className={ui.number}>{count(each.same)}</td>}
                    {told && <td className={ui.number}>{count(each.different)}</td>}
                    <td className={ui.number}>{count(each.duplicates)}</td>
                    <td className={ui.number}>{count(each.gaps)}</td>
                    <td className={ui.number}>{count(each.missing)}</td>
                    <td className={ui.number}>{count(each.unreadable)}</td>
                    <td className={ui.number}>{count(each.out_of_range)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
    </div>
  );
}
