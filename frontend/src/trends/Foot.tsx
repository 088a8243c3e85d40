import { formatDuration, formatNumber, zoneOffset } from "../format";
import type { Zone } from "../moment";
import type { Shown } from "./data";
import type { Span } from "./range";
import { fromRungs } from "./rungs";
import styles from "./trends.module.css";
import { texts } from "./texts";

const exactly = (count: number) => formatNumber(count, 0);

/** "1,000 points of 1,576,800 samples, from the 2-day rung": of each sensor, or the sums if they differ. */
function amounts(shown: Shown): string {
  const series = [...shown.series.values()];
  const counts = series.map((each) => ({
    shown: each.method === "band" ? each.t.length * 3 : each.t.length,
    of: each.samples,
  }));
  const first = counts[0];
  if (!first) return "";
  const same = counts.every((each) => each.of === first.of && each.shown === first.shown);
  const sum = counts.reduce((all, each) => ({ shown: all.shown + each.shown, of: all.of + each.of }), {
    shown: 0,
    of: 0,
  });
  const { shown: points, of } = same ? first : sum;
  const a = same && counts.length > 1 ? texts.perSensor : "";
  if (of === 0) return texts.noSamples;
  const rungs = series.map((each) => each.rung);
  if (points >= of && rungs.every((rung) => rung === "raw")) return texts.allSamples(exactly(of), a);
  return texts.pointsSamples(exactly(points), exactly(of), a, fromRungs(rungs));
}

/** The source of the chart: how many points of how many samples, from which rung, how fast, in which time zone. */
interface Props {
  shown: Shown | undefined;
  /** The name of the range that is compared. */
  compare: string | null;
  zone: Zone;
  view: Span;
}

export function Foot({ shown, compare, zone, view }: Props) {
  if (!shown) return <div className={styles.foot} />;
  const series = [...shown.series.values()];
  const bucket = Math.max(0, ...series.filter((each) => each.method === "band").map((each) => each.resolution_ms));
  const extremes = series.some(
    (each) => each.resolution_ms > 0 && (each.method === "minmax" || each.method === "band"),
  );
  const bad = series.reduce((sum, each) => sum + each.bad, 0);
  return (
    <div className={styles.foot} data-testid="foot">
      <span title={texts.rungsHint}>{amounts(shown)}</span>
      {extremes && <span>{texts.extremesKept}</span>}
      {bucket > 0 && <span>{texts.band(formatDuration(bucket))}</span>}
      {compare !== null && <span>{texts.comparedWith(compare)}</span>}
      {bad > 0 && <span>{texts.badExcludedCount(exactly(bad))}</span>}
      <span title={texts.queryTime}>{texts.ms(exactly(Math.max(1, shown.took)))}</span>
      {series.some((each) => !each.complete) && <span role="status">{texts.lateSamples}</span>}
      <span>
        {texts.timesIn} {zone.label}
        {zone.choice === "utc" ? "" : ` (${zoneOffset(view.end, zone.name)})`}
      </span>
    </div>
  );
}
