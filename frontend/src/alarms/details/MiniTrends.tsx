import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, tenantOfPath, unwrap } from "../../api/client";
import type { Alarm } from "../../alarmData";
import { formatWhen } from "../../alarmData";
import { displayUnit, formatNumber } from "../../format";
import { InspectorSection } from "../../frame";
import { useMoment, useNow, useZone } from "../../moment";
import type { SeriesView } from "../../series/view";
import type { SparkSeries } from "../../series/spark";
import ui from "../../ui/ui.module.css";
import styles from "./details.module.css";
import { miniTrend, spanOf } from "./trend";
import { texts } from "../texts";

const SIZE = { width: 280, height: 68 };
const POINTS = 280;
const MINUTE = 60_000;

/** The sensor's values around the time at which the alarm was raised, with the limit. */
export function MiniTrends({ alarm }: { alarm: Alarm }) {
  const { at } = useMoment();
  const now = useNow();
  const zone = useZone().name;
  const end = at ?? Math.ceil(now / MINUTE) * MINUTE;
  const { start } = spanOf(alarm.raised, end);
  const { target } = alarm;
  const measured = target.kind === "sensor" || target.kind === "calculated";
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: [tenantOfPath(), "alarm trend", target.id, start, end],
    queryFn: async ({ signal }) => {
      const body = { sensors: [target.id], start, end, points: POINTS, method: "auto" as const };
      const { results } = await unwrap(api.POST("/api/v1/samples/query", { body, signal }));
      const found = results[0] as SeriesView | undefined;
      return found && found.method !== "band" ? (found as SparkSeries) : null;
    },
    enabled: measured,
    placeholderData: keepPreviousData,
    staleTime: MINUTE,
    retry: false,
  });
  const trend = useMemo(
    () => (data ? miniTrend(data, alarm.limit, alarm.raised, { start, end, ...SIZE }) : undefined),
    [data, alarm.limit, alarm.raised, start, end],
  );
  if (!measured) return null;
  const unit = displayUnit(alarm.unit || target.unit);
  const title = [target.name || target.tag, unit].filter(Boolean).join(", ");
  const limit = alarm.limit === null ? "" : ` · ${texts.limitOf(formatNumber(alarm.limit))}`;
  return (
    <InspectorSection title={title + limit}>
      <figure className={styles.trend} data-old={isPlaceholderData || undefined}>
        {trend ? (
          <svg
            viewBox={`0 -3 ${SIZE.width} ${SIZE.height + 6}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={texts.trendOf(target.tag || target.name)}
          >
            {trend.raised !== null && (
              <line className={styles.raised} x1={trend.raised} x2={trend.raised} y1={-3} y2={SIZE.height + 3} />
            )}
            {trend.limit !== null && (
              <line
                className={styles.limit}
                data-priority={alarm.priority}
                x1={0}
                x2={SIZE.width}
                y1={trend.limit}
                y2={trend.limit}
              />
            )}
            <path d={trend.path} />
          </svg>
        ) : (
          <p className={ui.quiet}>{error ? texts.trendFailed : data !== undefined ? texts.trendEmpty : "\u00a0"}</p>
        )}
        <figcaption>
          <span>{formatWhen(start, zone, end)}</span>
          {alarm.raised !== null && <span>{texts.raisedAt(formatWhen(alarm.raised, zone, end))}</span>}
          <span>{at === null ? texts.now : formatWhen(end, zone, end)}</span>
        </figcaption>
      </figure>
    </InspectorSection>
  );
}
