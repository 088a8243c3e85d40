import { Button, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import { Link } from "wouter";
import { formatCount, formatMoment } from "../../format";
import { Inspector, InspectorSection } from "../../frame";
import { useShortcuts } from "../../keyboard";
import { Failed, Loading } from "../../ui/states";
import { Ago } from "../../ui/Time";
import ui from "../../ui/ui.module.css";
import { isGone, useHistory, useMembers, useRollout, useRollouts } from "../api";
import type { Rollout, useListed } from "../api";
import { releaseName } from "../fields";
import { RollBack, ROLLED_OUT } from "../RollBack";
import { RingBar } from "../RolloutCard";
import { eventLine, gateLine, progressOf } from "../rollout";
import { State } from "../State";
import styles from "../operators.module.css";
import { texts } from "./texts";

const PAGE = 50; // rows per request: a roll-out may have thousands

/** One roll-out: its tenants, those that need attention first, and its history with who did what. */
export function RolloutPane({ id, close }: { id: string; close: () => void }) {
  const found = useRollout(id);
  const [back, setBack] = useState(false);
  const newest = useRollouts().data?.[0]?.id; // rolling back an older one would undo later ones too
  useShortcuts("pane", { close }, !back);
  const rollout = found.data;
  if (!rollout) {
    return (
      <Inspector title={texts.rollOut} onClose={close}>
        {found.isPending ? (
          <Loading />
        ) : (
          <Failed error={found.error} retry={isGone(found.error) ? undefined : () => void found.refetch()} />
        )}
      </Inspector>
    );
  }
  return (
    <Inspector
      title={texts.releaseTitle(rollout.release)}
      subtitle={
        <>
          {texts.rolledOut} <Ago ms={rollout.created} /> {texts.by} {rollout.created_by || texts.commandLine}
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
      {newest === id && rollout.rings.some(({ states }) => ROLLED_OUT.some((state) => states[state])) && (
        <div className={ui.actions} style={{ marginTop: 10 }}>
          <Button variant="default" onClick={() => setBack(true)}>
            {texts.rollBack}
          </Button>
        </div>
      )}
      {back && <RollBack rollout={rollout} close={() => setBack(false)} />}
      <div className={styles.stack}>
        {rollout.rings.map((each) => (
          <RingBar key={each.ring} ring={each.ring} states={each.states} rollout={rollout} />
        ))}
      </div>
      <Members rollout={rollout} />
      <History rollout={rollout} />
    </Inspector>
  );
}

function Members({ rollout }: { rollout: Rollout }) {
  const [q, setQ] = useState("");
  const found = useMembers(rollout, { q: q.trim(), limit: PAGE });
  const total = rollout.rings.reduce((sum, { states }) => sum + progressOf(states).total, 0);
  return (
    <InspectorSection title={texts.tenantsCount(formatCount(total))}>
      {total > PAGE && (
        <TextInput
          aria-label={texts.tenant}
          placeholder={texts.slug}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
      )}
      <Lines list={found} atFirst={8} none={texts.noTenantMatches(q.trim())}>
        {(each) => (
          <>
            <div className={styles.line}>
              <Link href={`/operators/tenants/${each.tenant}`}>{each.tenant}</Link>
              <State state={each.state} />
            </div>
            <p className={ui.sub}>
              {each.ring} {texts.from} {releaseName(each.before).toLowerCase()} · <Ago ms={each.since} />
            </p>
            {each.message && <p className={ui.sub}>{each.message}</p>}
          </>
        )}
      </Lines>
    </InspectorSection>
  );
}

function History({ rollout }: { rollout: Rollout }) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <InspectorSection title={texts.history}>
      <Lines list={useHistory(rollout, PAGE)} atFirst={12}>
        {(each) => (
          <>
            <div className={styles.line}>
              <b>{eventLine(each)}</b>
              <span className={ui.sub} title={zone}>
                {formatMoment(each.at, zone, true, false)}
              </span>
            </div>
            {(each.who || each.message) && (
              <p className={ui.sub}>{[each.who && texts.byWhom(each.who), each.message].filter(Boolean).join(" · ")}</p>
            )}
          </>
        )}
      </Lines>
    </InspectorSection>
  );
}

interface LinesProps<T> {
  list: ReturnType<typeof useListed<T>>;
  /** How many are shown until more are requested, so that the section below stays visible. */
  atFirst: number;
  none?: string;
  children: (each: T) => ReactNode;
}

function Lines<T>({ list, atFirst, none, children }: LinesProps<T>) {
  const [more, setMore] = useState(false);
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const read = list.data.pages.flatMap((each) => each.results);
  const rows = more ? read : read.slice(0, atFirst);
  const left = list.data.pages[0]!.total - rows.length;
  const show = () => {
    setMore(true);
    if (rows.length === read.length) void list.fetchNextPage();
  };
  return (
    <>
      <ol className={styles.lines}>
        {rows.map((each, index) => (
          <li key={index}>{children(each)}</li>
        ))}
      </ol>
      {rows.length === 0 && none && <p className={ui.sub}>{none}</p>}
      {(list.hasNextPage || rows.length < read.length) && (
        <button type="button" className={ui.link} disabled={list.isFetchingNextPage} onClick={show}>
          {texts.showMore(formatCount(left))}
        </button>
      )}
    </>
  );
}
