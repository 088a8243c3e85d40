import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { Card } from "../ui/Card";
import { ErrorMessage } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { atWork, pauseRollout, resumeRollout, useRollouts } from "./api";
import type { Rollout } from "./api";
import { RollBack } from "./RollBack";
import { gateLine, progressOf, ringLine } from "./rollout";
import { capital } from "./State";
import styles from "./operators.module.css";
import { texts } from "./texts";

const STATE_TEXTS: Record<string, string> = {
  running: texts.rollingOutStarted,
  paused: texts.pausedStarted,
  stopped: texts.stoppedStarted,
};

/** The roll-out in progress, if any: its rings, what each waits for, and its controls. */
export function RolloutInProgress() {
  const rollout = useRollouts().data?.find((each) => STATE_TEXTS[each.state] || atWork(each));
  return rollout ? <RolloutCard key={rollout.id} rollout={rollout} /> : null;
}

function RolloutCard({ rollout }: { rollout: Rollout }) {
  const client = useQueryClient();
  const [back, setBack] = useState(false);
  const toggle = useMutation({
    mutationFn: () => (rollout.state === "running" ? pauseRollout(rollout.id) : resumeRollout(rollout.id)),
    onSettled: () => client.invalidateQueries({ queryKey: ["rollouts"] }),
  });
  const open = rollout.state in STATE_TEXTS;
  return (
    <Card>
      <div className={styles.rollout} data-testid="rollout" data-state={rollout.state}>
        <div className={styles.rolloutHead}>
          <p>
            <b>{texts.releaseTitle(rollout.release)}</b> {STATE_TEXTS[rollout.state] ?? texts.rollingBackStarted}{" "}
            <Ago ms={rollout.created} /> {texts.by} {rollout.created_by || texts.commandLine}
            <span className={ui.sub}>{gateLine(rollout.gate)}</span>
          </p>
          <div className={ui.actions}>
            {open && (
              <Button
                variant={rollout.state === "running" ? "default" : "filled"}
                loading={toggle.isPending}
                onClick={() => toggle.mutate()}
              >
                {rollout.state === "running" ? texts.pause : texts.resume}
              </Button>
            )}
            {open && (
              <Button variant="default" onClick={() => setBack(true)}>
                {texts.rollBackButton}
              </Button>
            )}
            <Button variant="default" component={Link} href={`/operators/releases/${rollout.id}`}>
              {texts.history}
            </Button>
          </div>
        </div>
        {rollout.reason && (
          <div className={rollout.state === "stopped" ? styles.error : styles.notice} role="status">
            <b>{rollout.reason}</b>
            {rollout.state === "stopped" && <p>{texts.stoppedHint}</p>}
          </div>
        )}
        {toggle.isError && <ErrorMessage error={toggle.error} />}
        <div className={styles.rings}>
          {rollout.rings.map((each) => (
            <RingBar key={each.ring} ring={each.ring} states={each.states} rollout={rollout} />
          ))}
        </div>
        {rollout.rings.length === 0 && <p className={ui.quiet}>{texts.allUpToDate}</p>}
      </div>
      {back && <RollBack rollout={rollout} close={() => setBack(false)} />}
    </Card>
  );
}

interface BarProps {
  ring: string;
  states: Record<string, number>;
  rollout: Rollout;
}

export function RingBar({ ring, states, rollout }: BarProps) {
  const { complete, busy, failed, total } = progressOf(states);
  const share = (count: number) => `${(100 * count) / total}%`;
  return (
    <div data-testid={`ring-${ring}`}>
      <div className={styles.ringHead}>
        <b>{capital(ring)}</b>
        <span>{texts.someOf(complete, total)}</span>
      </div>
      <div
        className={styles.progress}
        role="progressbar"
        aria-label={capital(ring)}
        aria-valuemax={total}
        aria-valuenow={complete}
      >
        <i style={{ width: share(complete) }} />
        <i data-kind="busy" style={{ width: share(busy) }} />
        <i data-kind="failed" style={{ width: share(failed) }} />
      </div>
      <p className={ui.sub}>{ringLine(ring, states, rollout)}</p>
    </div>
  );
}
