import type { ReactNode } from "react";
import type { ImportReport } from "../../api/types";
import { formatCount } from "../../format";
import { useZone } from "../../moment";
import { PreviewTable } from "./PreviewTable";
import { byColumn } from "./problems";
import styles from "./imports.module.css";
import { texts } from "./texts";

const many = (count: number, one: string, more = `${one}s`) => `${formatCount(count)} ${count === 1 ? one : more}`;

function Problem({ title, children, open = false }: { title: ReactNode; children?: ReactNode; open?: boolean }) {
  if (!children) return <p className={styles.problem}>{title}</p>;
  return (
    <details className={styles.problem} open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** All that a person should look at before the import is done, the worst first. */
export function Problems({ report }: { report: ImportReport }) {
  const zone = useZone();
  const changed = (report.preview ?? []).filter((sample) => sample.change);
  const columns = byColumn(report);
  const notes = (report.sensors ?? []).filter((each) => each.unit_note);
  const beyond = (report.sensors ?? []).filter((each) => each.out_of_range);
  const shown: ReactNode[] = [];
  const clock = report.clock_changes ?? [];
  if (clock.length > 0 || report.repeated_hour) {
    const title = texts.daylightSavingRepeatedHour(
      many(report.repeated_hour_rows ?? 0, "row"),
      formatCount(report.skipped_hour_rows ?? 0),
    );
    shown.push(
      <Problem key="clock" title={<b>{title}</b>} open>
        <ul className={styles.cells}>
          {clock.map((each) => (
            <li key={`${each.file} ${each.kind} ${each.start}`}>
              {texts.fromLine(
                each.file,
                formatCount(each.line),
                each.note ||
                  `${many(each.rows ?? 0, "row")} from ${each.start} to ${each.end}, an hour that ${each.zone} repeats; both passes are told apart by the order of the rows.`,
              )}
            </li>
          ))}
          {!!report.repeated_hour && (
            <li>{texts.repeatedHourOverwriteDifferent(many(report.repeated_hour, "sample"))}</li>
          )}
        </ul>
        {changed.length > 0 && <PreviewTable samples={changed} zone={zone.name} zoneLabel={zone.label} />}
      </Problem>,
    );
  }
  columns.forEach((each, index) =>
    shown.push(
      <Problem
        key={`column ${each.column}`}
        title={
          <>
            <b>{each.column || texts.invalidRows}</b>:{" "}
            {each.column ? many(each.count, "cell") : many(each.count, "row")} {texts.rejected}
          </>
        }
        open={index < 3}
      >
        <ul className={styles.cells}>
          {each.problems.map((cell) => (
            <li key={`${cell.file}:${cell.line}`}>
              {cell.file} {texts.lineInline} {formatCount(cell.line)}: {cell.text && <code>{cell.text}</code>}{" "}
              {cell.why}
            </li>
          ))}
          {each.count > each.problems.length && <li>{texts.more(formatCount(each.count - each.problems.length))}</li>}
        </ul>
      </Problem>,
    ),
  );
  for (const each of notes)
    shown.push(
      <Problem
        key={`unit ${each.sensor}`}
        title={
          <>
            <b>{each.tag}</b>: {each.unit_note}
          </>
        }
      />,
    );
  if (beyond.length) {
    const list = beyond.map((each) => `${each.tag} (${formatCount(each.out_of_range ?? 0)})`).join(", ");
    shown.push(
      <Problem
        key="range"
        title={
          <>
            <b>{many(report.out_of_range ?? 0, "value")}</b> {texts.outRange} {list}
          </>
        }
      />,
    );
  }
  if (report.conflicting)
    shown.push(
      <Problem
        key="conflicts"
        title={
          <>
            <b>{many(report.conflicting, "duplicate")}</b> {texts.differentValueLaterRow}
          </>
        }
      />,
    );
  const names = (found: Record<string, number> | undefined) => Object.entries(found ?? {});
  const list = (found: [string, number][]) =>
    found
      .slice(0, 100)
      .map(([name, files]) => `${name}${files > 1 ? texts.filesOf(formatCount(files)) : ""}`)
      .join(", ");
  const absent = names(report.absent);
  const unmapped = names(report.unmapped);
  if (absent.length)
    shown.push(
      <Problem
        key="absent"
        title={
          <>
            <b>{many(absent.length, "mapped column")}</b> {texts.missing} {list(absent)}
          </>
        }
      />,
    );
  if (unmapped.length)
    shown.push(
      <Problem
        key="unmapped"
        title={
          <>
            <b>{many(unmapped.length, "column")}</b> {texts.notMappedNotImported} {list(unmapped)}
          </>
        }
      />,
    );
  for (const file of report.files ?? [])
    if (file.note)
      shown.push(
        <Problem
          key={`file ${file.file}`}
          title={
            <>
              <b>{file.file}</b>: {file.note}
            </>
          }
        />,
      );
  if (!shown.length) return null;
  return (
    <section aria-label={texts.problems}>
      <h3>{texts.issues}</h3>
      {shown}
    </section>
  );
}
