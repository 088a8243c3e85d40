import { Button } from "@mantine/core";
import { useState } from "react";
import { durationName } from "../../format";
import { Segments } from "../../ui/Segments";
import { ErrorMessage } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import type { RuleContent } from "./api";
import { BacktestPicture } from "./BacktestPicture";
import styles from "./rules.module.css";
import { DAYS, useBacktest } from "./useBacktest";
import { texts } from "./texts";

const DAY_MS = 86_400_000;

/** Tries the rule as it stands in the form. */
export function BacktestCard({ rule, missing }: { rule: RuleContent; missing: readonly string[] }) {
  const [days, setDays] = useState<number>(90);
  const { run, tried, outdated } = useBacktest(rule);
  return (
    <div className={styles.backtest}>
      <p className={ui.quiet}>{texts.backtestHint}</p>
      <div className={ui.actions}>
        <Segments
          label={texts.backtestRange}
          value={String(days)}
          onChange={(value) => setDays(Number(value))}
          choices={DAYS.map((each) => ({ value: String(each), label: durationName(each * DAY_MS) }))}
        />
        <Button
          variant="default"
          disabled={missing.length > 0}
          loading={run.isPending}
          onClick={() => run.mutate(days)}
          title={missing.length > 0 ? texts.missing(missing.join(", ")) : undefined}
        >
          {texts.backtestRun}
        </Button>
      </div>
      <ErrorMessage error={run.error} />
      {tried && (
        <div data-old={outdated || undefined} className={styles.tried}>
          {outdated && <p className={ui.quiet}>{texts.backtestOutdated}</p>}
          <BacktestPicture tried={tried} />
        </div>
      )}
    </div>
  );
}
