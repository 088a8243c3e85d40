import { formatCount, formatDuration, formatNumber, zoneOffset } from "../format";
import type { Zone } from "../moment";
import type { Shown } from "./data";
import type { Span } from "./range";
import styles from "./trends.module.css";

/** "1,000 of 6,764 samples a sensor", or the sums where the sensors differ. */
function amounts(shown: Shown): string {
  const pictures = [...shown.pictures.values()];
  const counts = pictures.map((each) => ({
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
  const a = same && counts.length > 1 ? " a sensor" : "";
  if (of === 0) return "no samples";
  return points >= of
    ? `all ${formatCount(of)} samples${a}`
    : `${formatCount(points)} points of ${formatCount(of)} samples${a}`;
}

/** How honest the picture is: how many of how many, from where, how fast, whose clock. */
export function Foot({ shown, zone, view }: { shown: Shown | undefined; zone: Zone; view: Span }) {
  if (!shown) return <div className={styles.foot} />;
  const pictures = [...shown.pictures.values()];
  const rungs = [...new Set(pictures.map((each) => each.rung))].join(", ");
  const bucket = Math.max(0, ...pictures.filter((each) => each.method === "band").map((each) => each.resolution_ms));
  const extremes = pictures.some(
    (each) => each.resolution_ms > 0 && (each.method === "minmax" || each.method === "band"),
  );
  const bad = pictures.reduce((sum, each) => sum + each.bad, 0);
  return (
    <div className={styles.foot} data-testid="foot">
      <span>
        {amounts(shown)}
        {extremes ? ", every extreme kept" : ""}
      </span>
      {bucket > 0 && <span>band of {formatDuration(bucket)}</span>}
      {bad > 0 && <span>{formatCount(bad)} of bad quality left out</span>}
      <span>
        {rungs} · {formatNumber(Math.max(1, shown.took), 0)} ms
      </span>
      {pictures.some((each) => !each.complete) && <span>late data is being worked in</span>}
      <span>
        times in {zone.label}
        {zone.choice === "utc" ? "" : ` (${zoneOffset(view.end, zone.name)})`}
      </span>
    </div>
  );
}
