import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { formatMoment } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { Failed, Waiting } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { isGone, useRollout, useRollouts } from "../api";
import type { Rollout } from "../api";
import { releaseName } from "../fields";
import { RollBack, WENT } from "../RollBack";
import { RingBar } from "../RolloutCard";
import { gateLine, RING_ORDER } from "../rollout";
import { State } from "../State";
import styles from "../operators.module.css";

const MOST = 50; // lines before “show all”: a roll-out may have thousands
const FIRST = ["failed", "upgrading", "checking", "soaking", "returning", "waiting", "left out", "returned", "done"];

/** One roll-out: every tenant, those that need a look first, and what happened, with who did it. */
export function RolloutPane({ id, close }: { id: string; close: () => void }) {
  const found = useRollout(id);
  const [back, setBack] = useState(false);
  const newest = useRollouts().data?.[0]?.id; // what came after an older one would be undone with it
  useEffect(() => {
    const escape = (event: KeyboardEvent) => event.key === "Escape" && !back && close();
    window.addEventListener("keydown", escape);
    return () => window.removeEventListener("keydown", escape);
  }, [close, back]);
  const rollout = found.data;
  if (!rollout) {
    return (
      <Inspector title="Roll-out" onClose={close}>
        {found.isPending ? (
          <Waiting />
        ) : (
          <Failed error={found.error} retry={isGone(found.error) ? undefined : () => void found.refetch()} />
        )}
      </Inspector>
    );
  }
  return (
    <Inspector
      title={`Release ${rollout.release}`}
      subtitle={
        <>
          rolled out <Ago ms={rollout.created} /> by {rollout.created_by || "the command line"}
        </>
      }
      onClose={close}
    >
      <div style={{ marginTop: 12 }}>
        <State state={rollout.state} />
        {rollout.reason && <p className={ui.sub}>{rollout.reason}</p>}
      </div>
      <p className={ui.sub} style={{ marginTop: 6 }}>
        {gateLine(rollout.gate)}
      </p>
      {newest === id && rollout.members.some((each) => WENT.includes(each.state)) && (
        <div className={ui.actions} style={{ marginTop: 10 }}>
          <Button variant="default" onClick={() => setBack(true)}>
            Roll back…
          </Button>
        </div>
      )}
      {back && <RollBack rollout={rollout} close={() => setBack(false)} />}
      <div className={styles.stack}>
        {rollout.rings.map((each) => (
          <RingBar key={each.ring} ring={each.ring} states={each.states} rollout={rollout} />
        ))}
      </div>
      <History rollout={rollout} />
      <Members rollout={rollout} />
    </Inspector>
  );
}

function Members({ rollout }: { rollout: Rollout }) {
  const order = (each: Rollout["members"][number]) => FIRST.indexOf(each.state) * 10 + RING_ORDER.indexOf(each.ring);
  const rows = [...rollout.members].sort((a, b) => order(a) - order(b));
  return (
    <Lines title={`Tenants · ${rows.length}`} count={rows.length}>
      {(most) =>
        rows.slice(0, most).map((each) => (
          <li key={each.tenant}>
            <div className={styles.line}>
              <Link href={`/operators/tenants/${each.tenant}`}>{each.tenant}</Link>
              <State state={each.state} />
            </div>
            <p className={ui.sub}>
              {each.ring} · from {releaseName(each.before).toLowerCase()} · <Ago ms={each.since} />
            </p>
            {each.message && <p className={ui.sub}>{each.message}</p>}
          </li>
        ))
      }
    </Lines>
  );
}

function History({ rollout }: { rollout: Rollout }) {
  const events = [...rollout.events].reverse();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Lines title="History" count={events.length}>
      {(most) =>
        events.slice(0, most).map((each, index) => (
          <li key={events.length - index}>
            <div className={styles.line}>
              <b>{[each.what, each.tenant || each.ring].filter(Boolean).join(": ")}</b>
              <span className={ui.sub} title={zone}>
                {formatMoment(each.at, zone, true, false)}
              </span>
            </div>
            {(each.who || each.message) && (
              <p className={ui.sub}>{[each.who && `by ${each.who}`, each.message].filter(Boolean).join(" · ")}</p>
            )}
          </li>
        ))
      }
    </Lines>
  );
}

function Lines({ title, count, children }: { title: string; count: number; children: (most: number) => ReactNode }) {
  const [all, setAll] = useState(false);
  const most = title === "History" ? 12 : MOST;
  return (
    <InspectorSection title={title}>
      <ol className={styles.lines}>{children(all ? count : most)}</ol>
      {count > most && !all && (
        <button type="button" className={ui.link} onClick={() => setAll(true)}>
          Show all {count}
        </button>
      )}
    </InspectorSection>
  );
}
