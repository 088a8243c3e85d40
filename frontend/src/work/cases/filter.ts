import { KINDS } from "../../cases";
import type { CaseKind, CaseQuery } from "../../cases";

export const SHOWS = ["open", "closed", "all"] as const;
export type Show = (typeof SHOWS)[number];

/** What the list shows, as the address says. */
export interface Filter {
  q: string;
  show: Show;
  /** What the address asks for instead, which there is not. */
  unknown: string | null;
  kind: CaseKind | null;
  /** A member's id, `me` or `none`. */
  assigned: string | null;
  overdue: boolean;
  /** Only what belongs to no site, such as a device without an asset. */
  nowhere: boolean;
  /** Only the cases of one asset, alarm, plan or campaign. */
  only: { kind: "asset" | "alarm" | "plan" | "campaign"; id: string } | null;
}

const ONLY = ["asset", "alarm", "plan", "campaign"] as const;
const STATES: Record<Show, string | undefined> = { open: "open,in_progress", closed: "done,cancelled", all: undefined };

export function readFilter(params: URLSearchParams): Filter {
  const text = (name: string) => params.get(name) || null;
  const asked = text("show") ?? text("state");
  const known = SHOWS.find((each) => each === asked);
  const only = ONLY.find((name) => text(name));
  return {
    q: text("q") ?? "",
    show: known ?? "open",
    unknown: known ? null : asked,
    kind: KINDS.find((each) => each === text("kind")) ?? null,
    assigned: /^[a-z0-9-]{1,40}$/i.exec(text("assigned") ?? "")?.[0] ?? null,
    overdue: text("overdue") === "1",
    nowhere: text("place") === "none",
    only: only ? { kind: only, id: text(only)! } : null,
  };
}

/** Whether something is left out that the list would show without a filter. */
export const isFiltered = ({ q, kind, assigned, overdue, nowhere, only }: Filter): boolean =>
  q.trim() !== "" || kind !== null || assigned !== null || overdue || nowhere || only !== null;

/** What takes the filter off the address. */
export const NO_FILTER = {
  ...{ q: null, kind: null, assigned: null, overdue: null, place: null },
  ...{ asset: null, alarm: null, plan: null, campaign: null },
};

export const queryOf = (filter: Filter): CaseQuery => ({
  q: filter.q.trim() || undefined,
  state: STATES[filter.show],
  kind: filter.kind ?? undefined,
  assigned: filter.assigned ?? undefined,
  overdue: filter.overdue || undefined,
  without_site: filter.nowhere || undefined,
  ...(filter.only && { [filter.only.kind]: filter.only.id }),
});
