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
    <Card title="Rollups" aside={status && <State status={status} />}>
      {ladder.isError && !status ? (
        <Failed error={ladder.error} retry={() => void ladder.refetch()} />
      ) : status ? (
        <div data-testid="rollups">
          <p className={`${ui.quiet} ${styles.before}`}>
            Long ranges are drawn from rollups of one minute to two days, which keep the smallest and largest sample of
            each bucket. They are made by themselves from what comes in and what is imported.
          </p>
          {status.behind > 0 && <Progress status={status} at={ladder.dataUpdatedAt} />}
          <dl className={ui.dl}>
            <dt>Sensors with rollups</dt>
            <dd>
              {formatNumber(status.ladders, 0)} of {formatNumber(status.sensors, 0)}
            </dd>
            <dt>With new or late samples waiting</dt>
            <dd>{status.due ? count(status.due, "sensor") : "none"}</dd>
            <dt>With history waiting</dt>
            <dd>{status.behind ? count(status.behind, "sensor") : "none"}</dd>
          </dl>
          {status.ladders < status.sensors && (
            <p className={ui.sub} style={{ marginTop: 8 }}>
              A sensor has none until its interval is known, and none if a sample comes less often than twice a day: its
              samples are few enough to be read themselves.
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
    ? ["◐", ui.working, "Being built"]
    : status.complete
      ? ["●", ui.good, "Up to date"]
      : ["◐", ui.working, "Newest samples are being worked in"];
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
  if (left === null) return <p>It is not known yet how many days are to be built.</p>;
  const rest = start && restOf(start, { t: at, left });
  return (
    <div style={{ margin: "10px 0" }}>
      <p>
        <b>{formatNumber(left, left < 10 ? 1 : 0)} sensor-days to go</b>
        {rest != null && `, about ${formatDuration(Math.max(1000, rest), 1)} at this pace`}. Until then long ranges are
        answered from what is there, and say so.
      </p>
      <div className={ui.bar} style={{ marginTop: 6 }} title="Since this page was opened">
        <div style={{ width: `${start ? 100 * (1 - left / start.left) : 0}%` }} />
      </div>
    </div>
  );
}
