import { useMutation } from "@tanstack/react-query";
import { momentNow } from "../../moment";
import { backtest, contentOf } from "./api";
import type { Backtest, RuleContent } from "./api";

export const DAYS = [7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;

export interface Tried {
  days: number;
  /** As it was tried. */
  rule: string;
  result: Backtest;
}

const textOf = (rule: RuleContent) => JSON.stringify({ ...contentOf(rule), enabled: false });

/** What a rule would have raised in the days before the moment. */
export function useBacktest(rule: RuleContent) {
  const run = useMutation({
    mutationFn: async (days: number): Promise<Tried> => {
      const end = momentNow() ?? Date.now();
      const result = await backtest({ ...contentOf(rule), enabled: true }, Math.round(end - days * DAY_MS), end);
      return { days, rule: textOf(rule), result };
    },
  });
  return { run, tried: run.data, outdated: run.data !== undefined && run.data.rule !== textOf(rule) };
}
