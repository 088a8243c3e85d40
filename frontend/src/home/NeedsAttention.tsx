import { Link } from "wouter";
import { formatAge, formatCount, formatTime } from "../format";
import { hrefWith, useZone } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { DataTable } from "../ui/DataTable";
import ui from "../ui/ui.module.css";
import type { Finding } from "./findings";
import styles from "./home.module.css";
import { texts } from "./texts";

const MAX_SHOWN = 6;

interface Props {
  title: string;
  findings: Finding[];
  of: number;
  /** Those of them that have never sent anything. */
  silent: number;
  at: number;
}

/** Nothing needs attention, and how many sensors that is based on. */
function calm(of: number, silent: number): string {
  if (silent === of) return texts.noneReported(formatCount(of));
  const who = silent
    ? texts.someReporting(formatCount(of - silent), formatCount(of))
    : texts.allReporting(formatCount(of));
  const rest = silent ? texts.neverReported(formatCount(silent)) : "";
  return texts.allClear(who, rest);
}

/** What needs attention according to the values, worst first. */
export function NeedsAttention({ title, findings, of, silent, at }: Props) {
  const tenant = useTenant();
  const zone = useZone();
  const rest = findings.length - MAX_SHOWN;
  return (
    <Card
      title={title}
      aside={findings.length ? texts.needsCount(findings.length, of) : undefined}
      flush={findings.length > 0}
    >
      {findings.length === 0 ? (
        <p className={ui.quiet}>{calm(of, silent)}</p>
      ) : (
        <>
          <DataTable
            rows={findings.slice(0, MAX_SHOWN)}
            keyOf={({ sensor }) => sensor.id}
            label={title}
            className={styles.lines}
            columns={[
              {
                cell: ({ who, trouble, what, why }) => (
                  <>
                    <b className={styles.finding}>
                      <i className={styles.mark} data-trouble={trouble || undefined} aria-hidden="true" />
                      {who} · {what}
                    </b>
                    <div className={`${ui.sub} ${styles.findingDetail}`}>{why}</div>
                  </>
                ),
              },
              {
                number: true,
                className: ui.quiet,
                cell: ({ t }) => t !== null && at - t < 86_400_000 && texts.since(formatTime(t, zone.name, false)),
              },
              { number: true, className: ui.quiet, cell: ({ t }) => t !== null && formatAge(at - t) },
              {
                number: true,
                cell: ({ sensor, t }) => (
                  <Link
                    className={styles.showTrend}
                    href={hrefWith(`/t/${tenant?.slug}/trends`, trendOf(sensor.id, t, at))}
                  >
                    {texts.showTrend}
                  </Link>
                ),
              },
            ]}
          />
          {rest > 0 && <p className={styles.more}>{texts.more(rest)}</p>}
        </>
      )}
    </Card>
  );
}

/** The last hours before a sensor stopped reporting, if that was long ago. */
function trendOf(sensor: string, t: number | null, at: number) {
  if (t === null || at - t < 8 * 3_600_000) return { sensors: sensor };
  return { sensors: sensor, start: t - 6 * 3_600_000, end: t + 2 * 3_600_000 };
}
