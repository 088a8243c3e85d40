import type { SeriesGrowth } from "../../api/types";
import { formatCount, formatDate, formatNumber } from "../../format";
import { Card } from "../../ui/Card";
import { DataTable } from "../../ui/DataTable";
import ui from "../../ui/ui.module.css";
import { Trace } from "./Trace";
import type { Grower } from "./growth";
import { growersOf } from "./growth";
import styles from "./flow.module.css";
import { texts } from "./texts";

/** How many series there are, what makes new ones, and when there is no room for more. */
export function Growth({ growth }: { growth: SeriesGrowth }) {
  const { known, limit, per_day, limit_at } = growth;
  const growers = growersOf(growth);
  return (
    <Card title={texts.series} flush={growers.length > 0}>
      <p className={growers.length > 0 ? `${ui.quiet} ${styles.growth}` : ui.quiet}>
        {texts.seriesOf(formatCount(known), formatCount(limit))}
        {per_day !== null && ` · ${texts.seriesPerDay(formatNumber(per_day, Math.abs(per_day) >= 10 ? 0 : 1))}`}
        {limit_at !== null && ` · ${texts.limitReached(formatDate(limit_at, "UTC"))}`}
      </p>
      {growers.length > 0 && (
        <DataTable<Grower>
          rows={growers}
          keyOf={({ id }) => id}
          label={texts.topGrowers}
          columns={[
            {
              head: texts.topGrowers,
              cell: ({ kind, name }) => (
                <>
                  {name}
                  <div className={ui.sub}>{texts.growerKinds[kind]}</div>
                </>
              ),
            },
            { head: texts.lastDays, cell: ({ days }) => <Trace numbers={days} height={20} />, className: styles.days },
            { head: texts.known, number: true, cell: ({ count }) => (count === null ? "" : formatCount(count)) },
            { head: texts.grownInWeek, number: true, cell: ({ grown }) => formatCount(grown) },
          ]}
        />
      )}
    </Card>
  );
}
