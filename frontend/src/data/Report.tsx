import { formatCount, formatMoment } from "../format";
import ui from "../ui/ui.module.css";
import type { ImportReport } from "../api/types";
import styles from "./data.module.css";

const count = (value: unknown) => (typeof value === "number" ? formatCount(value) : "–");

/** What an import did, or would do: by sensor, and every cell it could not read by its line. */
export function Report({ report, zone }: { report: ImportReport; zone: string }) {
  const moment = (ms: number | null | undefined) => (ms == null ? "–" : formatMoment(ms, zone));
  return (
    <div className={styles.report}>
      {report.sensors.length > 0 && (
        <div className={ui.scrollX}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th>Sensor</th>
                <th className={ui.number}>Samples</th>
                <th>From</th>
                <th>To</th>
                <th className={ui.number}>Duplicates</th>
                <th className={ui.number}>Gaps</th>
                <th className={ui.number}>Empty</th>
                <th className={ui.number}>Unreadable</th>
              </tr>
            </thead>
            <tbody>
              {report.sensors.map((each) => (
                <tr key={each.tag}>
                  <td className={styles.strong}>{each.tag}</td>
                  <td className={ui.number}>{count(each.samples)}</td>
                  <td>{moment(each.start)}</td>
                  <td>{moment(each.end)}</td>
                  <td className={ui.number}>{count(each.duplicates)}</td>
                  <td className={ui.number}>{count(each.gaps)}</td>
                  <td className={ui.number}>{count(each.missing)}</td>
                  <td className={ui.number}>{count(each.unreadable)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {!!report.problems.length && (
        <>
          <h3>Could not be read</h3>
          <ul className={styles.cells}>
            {report.problems.map((cell) => (
              <li key={`${cell.file}:${cell.line}:${cell.column}`}>
                {cell.file} line {formatCount(cell.line)}, {cell.column}: <code>{cell.text}</code> {cell.why}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
