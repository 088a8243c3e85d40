import type { components } from "../../api/schema";
import type { ImportReport } from "../../api/types";

type Cell = components["schemas"]["ImportProblem"];

export interface ColumnProblems {
  /** Empty: whole rows. */
  column: string;
  count: number;
  problems: Cell[];
}

/** What could not be read, by column, those with most cells first, each with its first cells. */
export function byColumn(report: ImportReport): ColumnProblems[] {
  const found = new Map<string, ColumnProblems>();
  const of = (column: string) => {
    const known = found.get(column) ?? { column, count: 0, problems: [] };
    found.set(column, known);
    return known;
  };
  for (const [column, count] of Object.entries(report.unreadable_by_column ?? {})) of(column).count = count;
  for (const cell of report.problems ?? []) of(cell.column).problems.push(cell);
  for (const each of found.values()) {
    const count = each.column === "" ? (report.bad_rows ?? 0) : each.count;
    each.count = Math.max(count, each.problems.length);
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}
