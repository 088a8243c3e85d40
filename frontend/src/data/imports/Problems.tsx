import type { ReactNode } from "react";
import type { ImportReport } from "../../api/types";
import { formatCount } from "../../format";
import { useZone } from "../../moment";
import { PreviewTable } from "./PreviewTable";
import { byColumn } from "./problems";
import styles from "./imports.module.css";
import { texts } from "./texts";

/** A count for the texts: the formatted number, and whether it is one. */
const counted = (count: number): [string, boolean] => [formatCount(count), count === 1];

const Titled = ({ of: [bold, rest] }: { of: [string, string] }) => (
  <>
    <b>{bold}</b> {rest}
  </>
);

function Problem({ title, children, open = false }: { title: ReactNode; children?: ReactNode; open?: boolean }) {
  if (!children) return <p className={styles.problem}>{title}</p>;
  return (
    <details className={styles.problem} open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** Everything to check before the import is run, the worst first. */
export function Problems({ report }: { report: ImportReport }) {
  const zone = useZone();
  const changed = (report.preview ?? []).filter((sample) => sample.change);
  const columns = byColumn(report);
  const notes = (report.sensors ?? []).filter((each) => each.unit_note);
  const outOfRange = (report.sensors ?? []).filter((each) => each.out_of_range);
  const problems: ReactNode[] = [];
  const clock = report.clock_changes ?? [];
  if (clock.length > 0 || report.repeated_hour) {
    const title = texts.daylightSaving(
      texts.rowCount(...counted(report.repeated_hour_rows ?? 0)),
      formatCount(report.skipped_hour_rows ?? 0),
    );
    problems.push(
      <Problem key="clock" title={<b>{title}</b>} open>
        <ul className={styles.cells}>
          {clock.map((each) => (
            <li key={`${each.file} ${each.kind} ${each.start}`}>
              {texts.fromLine(
                each.file,
                formatCount(each.line),
                each.note ||
                  texts.repeatedHour(texts.rowCount(...counted(each.rows ?? 0)), each.start, each.end, each.zone),
              )}
            </li>
          ))}
          {!!report.repeated_hour && <li>{texts.repeatedHourOverwrites(...counted(report.repeated_hour))}</li>}
        </ul>
        {changed.length > 0 && <PreviewTable samples={changed} zone={zone.name} zoneLabel={zone.label} />}
      </Problem>,
    );
  }
  columns.forEach((each, index) =>
    problems.push(
      <Problem
        key={`column ${each.column}`}
        title={
          <>
            <b>{each.column || texts.invalidRows}</b>:{" "}
            {(each.column ? texts.cellsRejected : texts.rowsRejected)(...counted(each.count))}
          </>
        }
        open={index < 3}
      >
        <ul className={styles.cells}>
          {each.problems.map((cell) => (
            <li key={`${cell.file}:${cell.line}`}>
              {texts.atLine(cell.file, formatCount(cell.line))} {cell.text && <code>{cell.text}</code>} {cell.why}
            </li>
          ))}
          {each.count > each.problems.length && (
            <li>{texts.andMore(formatCount(each.count - each.problems.length))}</li>
          )}
        </ul>
      </Problem>,
    ),
  );
  for (const each of notes)
    problems.push(
      <Problem
        key={`unit ${each.sensor}`}
        title={
          <>
            <b>{each.tag}</b>: {each.unit_note}
          </>
        }
      />,
    );
  if (outOfRange.length) {
    const list = outOfRange.map((each) => `${each.tag} (${formatCount(each.out_of_range ?? 0)})`).join(", ");
    problems.push(
      <Problem
        key="range"
        title={<Titled of={texts.outOfRangeValues(...counted(report.out_of_range ?? 0), list)} />}
      />,
    );
  }
  if (report.conflicting)
    problems.push(
      <Problem key="conflicts" title={<Titled of={texts.conflictingDuplicates(...counted(report.conflicting))} />} />,
    );
  const names = (found: Record<string, number> | undefined) => Object.entries(found ?? {});
  const list = (found: [string, number][]) =>
    found
      .slice(0, 100)
      .map(([name, files]) => (files > 1 ? texts.inFiles(name, formatCount(files)) : name))
      .join(", ");
  const absent = names(report.absent);
  const unmapped = names(report.unmapped);
  if (absent.length)
    problems.push(
      <Problem key="absent" title={<Titled of={texts.missingColumns(...counted(absent.length), list(absent))} />} />,
    );
  if (unmapped.length)
    problems.push(
      <Problem
        key="unmapped"
        title={<Titled of={texts.unmappedColumns(...counted(unmapped.length), list(unmapped))} />}
      />,
    );
  for (const file of report.files ?? [])
    if (file.note)
      problems.push(
        <Problem
          key={`file ${file.file}`}
          title={
            <>
              <b>{file.file}</b>: {file.note}
            </>
          }
        />,
      );
  if (!problems.length) return null;
  return (
    <section aria-label={texts.problems}>
      <h3>{texts.issues}</h3>
      {problems}
    </section>
  );
}
