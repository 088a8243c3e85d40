import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import type { Body, Result, Sensor } from "../../api/types";
import { runsKey } from "../../api/runDefinitions";
import { displayUnit, formatDuration } from "../../format";
import { texts } from "../texts";

export type Definition = Result<"runDefinitionRead">;
export type NewDefinition = Body<"runDefinitionCreate">;
export type RunList = Result<"runs">;
export type Run = RunList["results"][number];
export type Figure = "duration" | "mean" | "min" | "max" | "total";

export interface OverlayLine {
  start: number;
  end: number;
  t: number[];
  v: (number | string)[];
  gaps: number[][];
}

const POLL_INTERVAL_MS = 4000;
export const MAX_OVERLAID = 20;
const POINTS = 500;

export const runsQuery = ({ id, revision }: Definition, start: number, end: number) =>
  queryOptions({
    queryKey: [...runsKey(id), revision, start, end],
    queryFn: ({ signal }) => {
      const query = { start: String(start), end: String(end) };
      return unwrap(api.GET("/api/v1/run-definitions/{id}/runs", { params: { path: { id }, query }, signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.complete === false ? POLL_INTERVAL_MS : false),
    staleTime: 60_000,
  });

export const overlayQuery = (sensor: string, runs: { start: number; end: number }[]) =>
  queryOptions({
    queryKey: [tenantOfPath(), "overlay", sensor, runs.map(({ start, end }) => `${start}-${end}`).join()],
    queryFn: ({ signal }) =>
      unwrap(api.POST("/api/v1/runs/overlay", { body: { sensor, runs, points: POINTS }, signal })),
    enabled: runs.length > 0,
    staleTime: 60_000,
  });

export const create = (body: NewDefinition) => unwrap(api.POST("/api/v1/run-definitions", { body }));

/** Changes a definition from the revision that was read. */
export function change({ id, revision }: Definition, content: NewDefinition): Promise<Definition> {
  const { site: _, ...rest } = content;
  const body = { ...rest, revision };
  return unwrap(api.PUT("/api/v1/run-definitions/{id}", { params: { path: { id } }, body }));
}

export async function remove({ id, revision }: Definition): Promise<void> {
  const header = { "If-Match": `"${revision}"` };
  await api.DELETE("/api/v1/run-definitions/{id}", { params: { path: { id }, header } });
}

export async function unmark(runs: string, id: string): Promise<void> {
  await api.DELETE("/api/v1/run-definitions/{runs}/marks/{id}", { params: { path: { runs, id } } });
}

/** What a definition's rule says, in words. */
export function ruleText({ rule, min_duration_s }: Definition, sensors: Map<string, Sensor>): string {
  const sensor = rule.sensor ? sensors.get(rule.sensor) : undefined;
  const tag = sensor?.tag ?? rule.sensor ?? "";
  const least = min_duration_s ? texts.atLeast(formatDuration(min_duration_s * 1000)) : "";
  if (rule.by === "hand") return texts.byHand;
  if (rule.by === "event") return texts.byEvent(rule.start_event ?? "", rule.end_event ?? "") + least;
  if (rule.by === "state") {
    const names = (rule.states ?? []).map((state) => sensor?.states?.[state] ?? state);
    return texts.byState(tag, names.join(", ")) + least;
  }
  const unit = displayUnit(rule.unit ?? sensor?.unit);
  const limits = [
    typeof rule.above === "number" && texts.aboveLimit(String(rule.above), unit),
    typeof rule.below === "number" && texts.belowLimit(String(rule.below), unit),
  ];
  return `${tag} ${limits.filter(Boolean).join(texts.and)}${least}`;
}
