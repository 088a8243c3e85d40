import { Link } from "wouter";
import { formatAge, formatCount, formatTime } from "../format";
import { hrefWith, useZone } from "../moment";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import ui from "../ui/ui.module.css";
import type { Need } from "./needs";
import styles from "./home.module.css";
import { texts } from "./texts";

const SHOWN = 6;

interface Props {
  needs: Need[];
  of: number;
  /** Of them, those that have never sent anything. */
  silent: number;
  at: number;
}

/** Nothing to look at, and how much was looked at to say so. */
function calm(of: number, silent: number): string {
  if (silent === of) return texts.noneSensorsReportedYet(formatCount(of));
  const who = silent
    ? texts.sensorsReporting(formatCount(of - silent), formatCount(of))
    : texts.allSensorsReporting(formatCount(of));
  const rest = silent ? texts.neverReported(formatCount(silent)) : "";
  return texts.noneNoEquipmentFault(who, rest);
}

/** What the values say needs a look, worst first; or that there is nothing. */
export function Needs({ needs, of, silent, at }: Props) {
  const tenant = useTenant();
  const zone = useZone();
  const rest = needs.length - SHOWN;
  return (
    <Card
      title={texts.needsAttention}
      aside={needs.length ? texts.sensorsOf(needs.length, of) : undefined}
      flush={needs.length > 0}
    >
      {needs.length === 0 ? (
        <p className={ui.quiet}>{calm(of, silent)}</p>
      ) : (
        <div className={ui.scrollX}>
          <table className={ui.table}>
            <tbody>
              {needs.slice(0, SHOWN).map(({ sensor, who, trouble, what, why, t }) => (
                <tr key={sensor.id}>
                  <td>
                    <b className={styles.what}>
                      <i className={styles.mark} data-trouble={trouble || undefined} aria-hidden="true" />
                      {who} · {what}
                    </b>
                    <div className={`${ui.sub} ${styles.why}`}>{why}</div>
                  </td>
                  <td className={`${ui.number} ${ui.quiet}`}>
                    {t !== null && at - t < 86_400_000 && texts.since(formatTime(t, zone.name, false))}
                  </td>
                  <td className={`${ui.number} ${ui.quiet}`}>{t !== null && formatAge(at - t)}</td>
                  <td className={ui.number}>
                    <Link
                      className={styles.see}
                      href={hrefWith(`/t/${tenant?.slug}/trends`, trendOf(sensor.id, t, at))}
                    >
                      {texts.showTrend}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {rest > 0 && <p className={styles.rest}>{texts.more(rest)}</p>}
        </div>
      )}
    </Card>
  );
}

/** The last hours before it fell silent, if that is long ago. */
function trendOf(sensor: string, t: number | null, at: number) {
  if (t === null || at - t < 8 * 3_600_000) return { sensors: sensor };
  return { sensors: sensor, start: t - 6 * 3_600_000, end: t + 2 * 3_600_000 };
}
