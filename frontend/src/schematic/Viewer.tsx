import { useState } from "react";
import type { SiteCatalog } from "../catalog";
import { durationText, parseDuration } from "../format";
import { InBar, View } from "../frame";
import { setMoment, useMomentOf, useParams } from "../moment";
import { Failed, Loading } from "../ui/states";
import { PlaybackCache } from "./core/playbackCache";
import { ValueStore } from "./core/store";
import type { Schematic } from "./core/types";
import { clampSpan, DEFAULT_SPAN } from "./core/window";
import { Crumb, EditButton } from "./Crumb";
import { readPlayback, useDrawing } from "./data";
import { BeforeFirstVersion, NoLiveData, ValuesNotice } from "./notices";
import styles from "./page.module.css";
import { TimeBar } from "./time/TimeBar";
import { useEvents } from "./useEvents";
import { useSelection } from "./useSelection";
import { useStageOf } from "./useStage";
import { useTimeWindow } from "./useTimeWindow";
import { useValueFeed } from "./useValueFeed";
import { useVersion, versionsIn } from "./useVersion";
import { AssetInspector } from "./view/AssetInspector";
import { Canvas } from "./view/Canvas";
import { StageContext } from "./view/context";

interface Props {
  schematic: Schematic;
  all: Schematic[];
  catalog: SiteCatalog;
}

/** One schematic with its inspector and time bar. */
export function Viewer({ schematic, all, catalog }: Props) {
  const live = useMomentOf((at) => at === null);
  const [params, change] = useParams();
  const [store] = useState(() => new ValueStore());
  const playback = usePlaybackCache(schematic.id, catalog);
  const [speed, setSpeed] = useState<number | null>(null);
  const span = clampSpan(parseDuration(params.get("span")) ?? DEFAULT_SPAN);
  const window = useTimeWindow(span);
  const version = useVersion(schematic);
  const drawing = useDrawing(schematic, version, versionsIn(schematic, window));
  const { asset, sensor, select } = useSelection(catalog, drawing.data);
  const stage = useStageOf(drawing.data, store, catalog, { asset, select });
  const nextEvent = useEvents(schematic, stage, window, playback);
  const goTo = (at: number) => {
    setMoment(at);
    change({ span: "8h" }, { replace: true });
  };
  return (
    <View
      title={schematic.name}
      past={!live}
      inspector={
        asset && <AssetInspector asset={asset} catalog={catalog} store={store} sensor={sensor} select={select} />
      }
      bottom={
        <TimeBar
          window={window}
          span={span}
          setSpan={(ms) => change({ span: ms === DEFAULT_SPAN ? null : durationText(ms) }, { replace: true })}
          speed={speed}
          setSpeed={setSpeed}
          sensor={sensor}
          versions={schematic.versions}
          nextEvent={nextEvent}
        />
      }
    >
      <InBar place="crumb">
        <Crumb schematic={schematic} all={all} version={version} />
      </InBar>
      <InBar place="actions">
        <EditButton schematic={schematic} />
      </InBar>
      <Values store={store} playback={playback} schematic={schematic.id} window={window} speed={speed} />
      <div className={styles.stage}>
        {stage ? (
          <StageContext value={stage}>
            <Canvas key={schematic.id} />
          </StageContext>
        ) : drawing.error ? (
          <Failed error={drawing.error} retry={() => void drawing.refetch()} />
        ) : version ? (
          <Loading />
        ) : (
          <BeforeFirstVersion schematic={schematic} />
        )}
        {stage && live && <NoLiveData store={store} stage={stage} goTo={goTo} />}
      </div>
    </View>
  );
}

/** Updates the values as the moment moves; a separate component, so that nothing else renders again. */
function Values(props: Parameters<typeof useValueFeed>[0]) {
  const frame = useValueFeed(props);
  return (
    <ValuesNotice
      error={frame.data ? null : frame.error}
      waiting={!frame.data && !frame.error && props.store.at === 0}
    />
  );
}

/** Cached data is valid as long as the catalog, because its values are in the catalog's units. */
function usePlaybackCache(id: string, catalog: SiteCatalog): PlaybackCache {
  const fresh = () => ({ catalog, cache: new PlaybackCache((range) => readPlayback(id, range)) });
  const [kept, setKept] = useState(fresh);
  if (kept.catalog === catalog) return kept.cache;
  const renewed = fresh();
  setKept(renewed);
  return renewed.cache;
}
