import { useEffect, useMemo } from "react";
import type { SiteCatalog } from "../../catalog";
import { formatMoment } from "../../format";
import { useZone } from "../../moment";
import { Failed, Loading } from "../../ui/states";
import type { PlaybackCache } from "../core/playbackCache";
import type { ValueStore } from "../core/store";
import type { Schematic } from "../core/types";
import type { TimeWindow } from "../core/window";
import { useDrawing, versionAt } from "../data";
import { useSourceOf } from "../momentSource";
import type { Selection } from "../useSelection";
import { useStageOf } from "../useStage";
import { useValueFeed } from "../useValueFeed";
import { Canvas } from "../view/Canvas";
import type { ViewportSync } from "../view/sync";
import { StageContext } from "../view/context";
import styles from "./compare.module.css";
import type { Comparison } from "./comparison";
import { texts } from "./texts";

interface FeedProps {
  comparison: Comparison;
  store: ValueStore;
  playback: PlaybackCache;
  schematic: string;
  window: TimeWindow;
  speed: number | null;
}

/** Keeps a store at the other moment; the failure of its frame, if there is one. */
export function OtherValues({ comparison, store, playback, schematic, window, speed }: FeedProps) {
  const { other, source } = comparison;
  const shift = "shift" in other ? other.shift : 0;
  const theirs = useMemo(() => ({ start: window.start - shift, end: window.end - shift }), [window, shift]);
  const frame = useValueFeed({ store, playback, schematic, window: theirs, speed, source, prefetch: shift !== 0 });
  useEffect(() => () => store.clear(), [store]);
  if (frame.data || !frame.error) return null;
  return (
    <p className={styles.trouble} role="alert">
      {texts.failed(frame.error.message)}
    </p>
  );
}

interface SideProps extends Pick<Selection, "asset" | "select"> {
  comparison: Comparison;
  store: ValueStore;
  schematic: Schematic;
  catalog: SiteCatalog;
  sync: ViewportSync;
}

/** The drawing as it was at the other moment, with its values. */
export function OtherDrawing({ comparison, store, schematic, catalog, sync, asset, select }: SideProps) {
  const number = useSourceOf(comparison.source, (at) => versionAt(schematic.versions, at ?? 0)?.version ?? null);
  const version = schematic.versions.find((each) => each.version === number);
  const drawing = useDrawing(schematic, version, []);
  const stage = useStageOf(drawing.data, store, catalog, { asset, select });
  if (!version) return <p className={styles.trouble}>{texts.noDrawing}</p>;
  if (drawing.error) return <Failed error={drawing.error} retry={() => void drawing.refetch()} />;
  if (!stage) return <Loading />;
  return (
    <StageContext value={stage}>
      <Canvas sync={sync} second />
    </StageContext>
  );
}

/** The other moment in words, as it moves. */
export function OtherTime({ comparison }: { comparison: Comparison }) {
  const zone = useZone().name;
  const at = useSourceOf(comparison.source, (moment) => Math.floor((moment ?? 0) / 1000) * 1000);
  return <time dateTime={new Date(at).toISOString()}>{formatMoment(at, zone)}</time>;
}
