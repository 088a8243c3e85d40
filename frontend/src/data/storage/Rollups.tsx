import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LadderStatus } from "../../api/types";
import { formatDuration, formatNumber } from "../../format";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Failed, Waiting } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "../data.module.css";
import { readLadder } from "./api";
import { restOf, startOf } from "./pace";
import type { Seen } from "./pace";
import { texts } from "./texts";

const BUSY_MS = 2000;
const IDLE_MS = 15_000;

const count = (n: number, one: string) => `${formatNumber(n, 0)} ${n === 1 ? one : `${one}s`}`;

/** How far what long ranges are drawn from is behind the samples. */
export function Rollups() {
  const tenant = useTenant()!;
  const ladder = useQuery({
    queryKey: [tenant.slug, "ladder"],
    queryFn: ({ signal }) => readLadder(signal),
    refetchInterval: (query) => (query.state.data?.behind ? BUSY_MS : IDLE_MS),
  });
  const status = ladder.data;
  return (
    <Card title={texts.rollups} aside={status && <State status={status} />}>
      {ladder.isError && !status ? (
        <Failed error={ladder.error} retry={() => void ladder.refetch()} />
      ) : status ? (
        <div data-testid="rollups">
          <p className={`${ui.quiet} ${styles.before}`}>{texts.trendsOverLongRanges}</p>
          {status.behind > 0 && <Progress status={status} at={ladder.dataUpdatedAt} />}
          <dl className={ui.dl}>
            <dt>{texts.sensorsRollups}</dt>
            <dd>{texts.ofOf(formatNumber(status.ladders, 0), formatNumber(status.sensors, 0))}</dd>
            <dt>{texts.pendingNewLateSamples}</dt>
            <dd>{status.due ? count(status.due, "sensor") : "none"}</dd>
            <dt>{texts.pendingHistoricalData}</dt>
            <dd>{status.behind ? count(status.behind, "sensor") : "none"}</dd>
          </dl>
          {status.ladders < status.sensors && (
            <p className={ui.sub} style={{ marginTop: 8 }}>
              {texts.sensorNoRollupsUntil}
            </p>
          )}
        </div>
      ) : (
        <Waiting />
      )}
    </Card>
  );
}

function State({ status }: { status: LadderStatus }) {
  const [mark, look, word] = status.behind
    ? ["◐", ui.working, texts.building]
    : status.complete
      ? ["●", ui.good, texts.upDate]
      : ["◐", ui.working, texts.processingLatestSamples];
  return (
    <span className={`${ui.status} ${look}`} role="status">
      <span aria-hidden="true">{mark}</span> {word}
    </span>
  );
}

/** What is left, and how long that takes at the pace seen since the page was opened. */
function Progress({ status, at }: { status: LadderStatus; at: number }) {
  const left = status.behind_days;
  const [start, setStart] = useState<Seen | null>(null);
  useEffect(() => {
    if (left !== null) setStart((old) => startOf(old, { t: at, left }));
  }, [at, left]);
  if (left === null) return <p>{texts.numberDaysBuildNot}</p>;
  const rest = start && restOf(start, { t: at, left });
  return (
    <div style={{ margin: "10px 0" }}>
      <p>
        <b>{texts.sensorDaysRemaining(formatNumber(left, left < 10 ? 1 : 0))}</b>
        {rest != null && texts.aboutCurrentRate(formatDuration(Math.max(1000, rest), 1))}
        {texts.untilThenLongRanges}
      </p>
      <div className={ui.bar} style={{ marginTop: 6 }} title={texts.sincePageWasOpened}>
        <div style={{ width: `${start ? 100 * (1 - left / start.left) : 0}%` }} />
      </div>
    </div>
  );
}
