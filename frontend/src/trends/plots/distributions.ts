import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import type { Result, Sensor } from "../../api/types";
import { formatDuration, formatNumber, formatValue } from "../../format";
import { POLL_INTERVAL_MS } from "../data";
import type { Span } from "../range";
import { texts } from "../texts";

export type Distribution = Result<"distribution">;

export const distributionQuery = (sensor: Sensor, { start, end }: Span) =>
  queryOptions({
    queryKey: [tenantOfPath(), "distribution", sensor.id, start, end],
    queryFn: ({ signal }) => {
      const query = { start: String(start), end: String(end) };
      const params = { path: { id: sensor.id }, query };
      return unwrap(api.GET("/api/v1/sensors/{id}/distribution", { params, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.complete === false ? POLL_INTERVAL_MS : false),
    staleTime: (query) => (query.state.data?.complete === false ? 0 : 60_000),
    gcTime: 120_000,
  });

export const percent = (share: number): string => {
  if (share > 0 && share < 0.0005) return texts.lessThanPercent;
  return `${formatNumber(100 * share, 1)}\u2009%`;
};

/** "12.4 % of the samples" or "12.4 % of the time (3 h)". */
export function shareText(share: number, { weight, total }: Pick<Distribution, "weight" | "total">): string {
  if (weight === "time") return texts.ofTheTime(percent(share), formatDuration(share * total));
  return texts.ofTheSamples(percent(share));
}

/** "31.2 to 31.4 l/min: 12.4 % of the samples". */
export function binText(found: Distribution, index: number, sensor: Sensor): string {
  const [from, to] = [found.edges[index]!, found.edges[index + 1]!];
  const range = texts.fromTo(edgeText(from, found), formatValueWith(edgeText(to, found), sensor));
  return `${range}: ${shareText(found.shares[index]!, found)}`;
}

/** Edges are round numbers of one step, so their decimals are those of the step. */
function edgeText(value: number, { edges }: Distribution): string {
  const step = (edges[1] ?? 0) - (edges[0] ?? 0);
  return formatNumber(value, step > 0 ? Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) + 0.5))) : undefined);
}

const formatValueWith = (text: string, sensor: Sensor) => {
  const unit = formatValue(0, null, sensor).replace(/^[\d.]+/, "");
  return `${text}${unit}`;
};

/** "31.2 l/min or more for 25 % of the samples", with bounds where the curve is an estimate. */
export function reachedText({ duration, ...found }: Distribution, index: number, sensor: Sensor): string {
  const value = formatValue(duration.value[index], null, sensor);
  const text = texts.orMore(value, shareText(duration.share[index]!, found));
  if (found.exact) return text;
  const bare = (each: number | undefined) => formatValue(each, null, sensor, true);
  return texts.withBounds(text, bare(duration.low[index]), bare(duration.high[index]));
}

/** How exact a distribution is: "all 86,400 samples", or an estimate and by how much it may be off. */
export function exactness(found: Distribution): string {
  const samples = formatNumber(found.count, 0);
  if (found.exact) return texts.exactDistribution(samples);
  return texts.estimatedDistribution(samples, percent(found.error));
}
