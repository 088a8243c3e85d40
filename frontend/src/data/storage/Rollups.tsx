import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LadderStatus } from "../../api/types";
import { formatDuration, formatNumber } from "../../format";
import { useTenant } from "../../tenant";
import { Card } from "../../ui/Card";
import { Failed, Loading } from "../../ui/states";
import ui from "../../ui/ui.module.css";
import styles from "../data.module.css";
import { readLadder } from "./api";
import { remainingMs, rateStart } from "./rate";
import type { Progress as Observation } from "./rate";
import { texts } from "./texts";

const BUSY_MS = 2000;
const IDLE_MS = 15_000;

const sensors = (count: number) => (count ? texts.sensorCount(formatNumber(count, 0), count === 1) : texts.none);

/** How far the rollups are behind the samples. */
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
          <p className={`${ui.quiet} ${styles.intro}`}>{texts.rollupsIntro}</p>
          {status.behind > 0 && <Progress status={status} at={ladder.dataUpdatedAt} />}
          <dl className={ui.dl}>
            <dt>{texts.withRollups}</dt>
            <dd>{texts.someOf(formatNumber(status.ladders, 0), formatNumber(status.sensors, 0))}</dd>
            <dt>{texts.pendingLate}</dt>
            <dd>{sensors(status.due)}</dd>
            <dt>{texts.pendingHistory}</dt>
            <dd>{sensors(status.behind)}</dd>
          </dl>
          {status.ladders < status.sensors && (
            <p className={ui.sub} style={{ marginTop: 8 }}>
              {texts.withoutRollups}
            </p>
          )}
        </div>
      ) : (
        <Loading />
      )}
    </Card>
  );
}

function State({ status }: { status: LadderStatus }) {
  const [mark, look, word] = status.behind
    ? ["◐", ui.working, texts.building]
    : status.complete
      ? ["●", ui.good, texts.upToDate]
      : ["◐", ui.working, texts.processing];
  return (
    <span className={`${ui.status} ${look}`} role="status">
      <span aria-hidden="true">{mark}</span> {word}
    </span>
  );
}

/** The remaining work, and its duration at the rate since the page was opened. */
function Progress({ status, at }: { status: LadderStatus; at: number }) {
  const left = status.behind_days;
  const [start, setStart] = useState<Observation | null>(null);
  useEffect(() => {
    if (left !== null) setStart((old) => rateStart(old, { t: at, left }));
  }, [at, left]);
  if (left === null) return <p>{texts.remainingUnknown}</p>;
  const rest = start && remainingMs(start, { t: at, left });
  return (
    <div style={{ margin: "10px 0" }}>
      <p>
        <b>{texts.remaining(formatNumber(left, left < 10 ? 1 : 0))}</b>
        {rest != null && texts.remainingTime(formatDuration(Math.max(1000, rest), 1))}
        {texts.untilThen}
      </p>
      <div className={ui.bar} style={{ marginTop: 6 }} title={texts.progressSince}>
        <div style={{ width: `${start ? 100 * (1 - left / start.left) : 0}%` }} />
      </div>
    </div>
  );
}
