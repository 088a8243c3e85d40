import { formatCount, formatNumber } from "../../format";
import type { SiteCatalog } from "../../catalog";
import { fitting, sharedStates } from "../../catalog/pattern";
import type { Every, PlanTarget, RunHours, Standing } from "./api";
import { texts } from "../texts";

const MAX_NAMED = 3;

/** The names of the states that the sensors have by which hours are counted. */
export const statesOf = ({ sensor }: RunHours, catalog: SiteCatalog | undefined): Record<string, string> =>
  sensor && catalog ? sharedStates(fitting(catalog.sensors, sensor).filter(({ kind }) => kind === "discrete")) : {};

/** When it is due: "6 months or 2,000 h of running (*-RUN)". */
export function everyWords({ calendar, run_hours: run, events }: Every, catalog?: SiteCatalog): string {
  const parts: string[] = [];
  if (calendar) parts.push(texts.everyCalendar(calendar.count, calendar.unit));
  if (run) {
    const named = statesOf(run, catalog);
    const states = (run.states ?? []).map((state) => named[state] ?? state).join(", ");
    parts.push(texts.everyHours(formatCount(run.hours), [run.sensor, states].filter(Boolean).join(" ")));
  }
  if (events) parts.push(texts.everyEvents(events.count, events.type));
  return parts.join(texts.or);
}

/** Of what it is: "every chiller", "CH-1, CH-2", "12 assets". */
export function targetWords(target: PlanTarget, tagOf: (id: string) => string | undefined): string {
  if (target.asset_type) return texts.allOf(target.asset_type);
  const assets = target.assets ?? [];
  if (assets.length > MAX_NAMED) return texts.assetCount(assets.length);
  return assets.map((id) => tagOf(id) ?? id).join(", ");
}

/** How far an asset is: "until 31 May 2026", "1,200 of 2,000 h", "2 of 3 events". */
export function standingWords(standing: Standing, every: Every, formatDue: (ms: number) => string): string[] {
  const parts: string[] = [];
  if (standing.due !== null) parts.push(formatDue(standing.due));
  if (every.run_hours && standing.run_hours !== null)
    parts.push(texts.hoursOf(formatNumber(standing.run_hours, 0), formatCount(every.run_hours.hours)));
  if (every.events && standing.events !== null) parts.push(texts.eventsOf(standing.events, every.events.count));
  return parts;
}
