import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { formatAge, formatMoment } from "../format";
import { setMoment, useNow, useZone } from "../moment";
import { Empty } from "../ui/states";
import type { ValueStore } from "./core/store";
import type { Schematic, VersionInfo } from "./core/types";
import styles from "./page.module.css";
import { texts } from "./texts";
import type { Stage } from "./view/context";

const LATE_MS = 600;

/** Over the drawing: its values cannot be read, or have not arrived yet. */
export function ValuesNotice({ error, waiting }: { error: Error | null; waiting: boolean }) {
  const late = useLate(waiting);
  if (error) {
    return (
      <div className={styles.notice} role="alert">
        {texts.valuesFailed(error.message)}
      </div>
    );
  }
  if (!late) return null;
  return (
    <div className={styles.notice} role="status">
      {texts.valuesLoading}
    </div>
  );
}

/** True once `waiting` has lasted long enough to be noticed. */
function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return setLate(false);
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && late;
}

/** If a plant sends nothing now: since when, and a link to that moment. */
export function NoLiveData({ store, stage, goTo }: { store: ValueStore; stage: Stage; goTo: (at: number) => void }) {
  const zone = useZone().name;
  const now = useNow();
  const sensors = useMemo(() => (stage.scene.drawing.tags ?? []).map((tag) => tag.sensor), [stage]);
  const entries = sensors.flatMap((sensor) => store.entry(sensor) ?? []);
  const last = Math.max(...entries.map((entry) => entry.t ?? -Infinity));
  // States are reported when they change, so they are never stale.
  const sampled = sensors.filter((sensor) => stage.sensor(sensor)?.sampling !== "on_change").map(store.entry);
  const silent = sampled.length > 0 && sampled.every((entry) => entry && (entry.stale || entry.v === null));
  if (!silent) return null;
  return (
    <div className={styles.notice} role="status">
      {last > -Infinity ? (
        <>
          <span>{texts.noDataSince(formatMoment(last, zone), formatAge(now - last))}</span>
          <Button variant="default" onClick={() => goTo(last)}>
            {texts.goToLastData}
          </Button>
        </>
      ) : (
        <span>{texts.neverAnyData}</span>
      )}
    </div>
  );
}

const SAID_MS = 5000;

/** For a while after the moment has crossed into another version: the drawing is another one now. */
export function VersionNotice({ version }: { version: VersionInfo }) {
  const zone = useZone().name;
  const shown = useRef(version.version);
  const [said, setSaid] = useState<VersionInfo | null>(null);
  useEffect(() => {
    if (shown.current === version.version) return;
    shown.current = version.version;
    setSaid(version);
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [version]);
  if (!said) return null;
  const since = said.valid_from > 0 ? formatMoment(said.valid_from, zone) : undefined;
  return (
    <div className={`${styles.notice} ${styles.crossed}`} role="status" data-testid="version-notice">
      <b>{texts.crossed(said.version, since)}</b>
      {said.note && <span>{said.note}</span>}
    </div>
  );
}

/** At a moment before the first version of the drawing. */
export function BeforeFirstVersion({ schematic }: { schematic: Schematic }) {
  const zone = useZone().name;
  const first = Math.min(...schematic.versions.map((version) => version.valid_from));
  const when = formatMoment(first, zone);
  return (
    <Empty
      title={texts.beforeFirst.title}
      action={
        <Button variant="default" onClick={() => setMoment(first)}>
          {texts.beforeFirst.action(when)}
        </Button>
      }
    >
      {texts.beforeFirst.body(schematic.name, when)}
    </Empty>
  );
}
