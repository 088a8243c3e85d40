import { queryOptions } from "@tanstack/react-query";
import { api, tenantOfPath, unwrap } from "../../api/client";
import type { Body, Calculated } from "../../api/types";

export interface Draft {
  name: string;
  expression: string;
  /** Empty: one that fits. */
  unit: string;
  description: string;
  note: string;
}

export const draftOf = (series: Calculated | null): Draft => ({
  name: series?.name ?? "",
  expression: series?.expression ?? "",
  unit: series?.unit ?? "",
  description: series?.description ?? "",
  note: "",
});

type Content = Body<"calculatedCreate">;

function contentOf({ name, expression, unit, description, note }: Draft) {
  return { name, expression, unit: unit.trim() || null, description, note };
}

/** Checks an expression and its units; the problem says what is wrong. */
export const checkQuery = (site: string, { expression, unit }: Pick<Draft, "expression" | "unit">) =>
  queryOptions({
    queryKey: [tenantOfPath(), "calculated-check", site, expression, unit],
    queryFn: ({ signal }) => {
      const body = { site, expression, unit: unit.trim() || null };
      return unwrap(api.POST("/api/v1/calculated/check", { body, signal }));
    },
    enabled: expression.trim() !== "",
    retry: false,
    staleTime: 60_000,
  });

/** The versions of a series, the last one first. */
export const versionsQuery = ({ id, revision }: Calculated) =>
  queryOptions({
    queryKey: [tenantOfPath(), "calculated-versions", id, revision],
    queryFn: async ({ signal }) => {
      const { versions } = await unwrap(api.GET("/api/v1/calculated/{id}", { params: { path: { id } }, signal }));
      return versions.reverse();
    },
    staleTime: Infinity,
  });

export function save(site: string, series: Calculated | null, draft: Draft): Promise<Calculated> {
  if (!series) {
    const body: Content = { site, ...contentOf(draft) };
    return unwrap(api.POST("/api/v1/calculated", { body }));
  }
  const body = { ...contentOf(draft), revision: series.revision };
  return unwrap(api.PUT("/api/v1/calculated/{id}", { params: { path: { id: series.id } }, body }));
}

export async function remove({ id, revision }: Calculated): Promise<void> {
  const header = { "If-Match": `"${revision}"` };
  await api.DELETE("/api/v1/calculated/{id}", { params: { path: { id }, header } });
}
