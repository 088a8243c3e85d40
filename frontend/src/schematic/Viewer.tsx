import { useCallback, useMemo, useState } from "react";
import { useOccurrences, useStandings } from "../alarmData";
import { NotesButton } from "../annotations";
import type { SiteCatalog } from "../catalog";
import { durationText, parseDuration } from "../format";
import { InBar, View } from "../frame";
import { momentNow, setMoment, useMomentOf, useParams } from "../moment";
import { CompareBar } from "./compare/CompareBar";
import { useComparison } from "./compare/comparison";
import { OtherValues } from "./compare/OtherMoment";
import { readLoop, writeLoop } from "./core/loop";
import { PlaybackCache } from "./core/playbackCache";
import { ValueStore } from "./core/store";
import type { Schematic } from "./core/types";
import { clampSpan, DEFAULT_SPAN } from "./core/window";
import type { TimeWindow } from "./core/window";
import { Crumb, EditButton } from "./Crumb";
import { readPlayback, useDrawing } from "./data";
import { BeforeFirstVersion, NoLiveData, ValuesNotice, VersionNotice } from "./notices";
import styles from "./page.module.css";
import { Failed, Loading } from "../ui/states";
import { Stages } from "./Stages";
import { TimeBar } from "./time/TimeBar";
import { useExtras } from "./useExtras";
import { useSelection } from "./useSelection";
import { useStageOf } from "./useStage";
import { useTimeline } from "./useTimeline";
import { useTimeWindow } from "./useTimeWindow";
import { useValueFeed } from "./useValueFeed";
import { useVersion, versionsIn } from "./useVersion";
import { AssetInspector } from "./view/AssetInspector";

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
  const [other] = useState(() => new ValueStore());
  const playback = usePlaybackCache(schematic.id, catalog);
  const otherPlayback = usePlaybackCache(schematic.id, catalog);
  const [speed, setSpeed] = useState<number | null>(null);
  const comparing = useComparison();
  const { comparison } = comparing;
  const span = clampSpan(parseDuration(params.get("span")) ?? DEFAULT_SPAN);
  const window = useTimeWindow(span);
  const version = useVersion(schematic);
  const drawing = useDrawing(schematic, version, versionsIn(schematic, window));
  const { asset, sensor, select } = useSelection(catalog, drawing.data);
  const { occurrences: alarms } = useOccurrences(schematic.site, window.start, window.end);
  const standings = useStandings(schematic.site, alarms);
  const differences = comparison && !comparison.side ? other : undefined;
  const stage = useStageOf(drawing.data, store, catalog, { asset, select }, differences, standings);
  const timeline = useTimeline({ schematic, stage, window, playback, sensor, alarms });
  const [loop, setLoop] = useLoop();
  const extras = useExtras({ site: schematic.site, window, loop, setLoop, comparing });
  const sensorOf = useCallback((id: string) => catalog.sensorById.get(id), [catalog]);
  const goTo = (at: number) => {
    setMoment(at);
    change({ span: "8h" }, { replace: true });
  };
  return (
    <View
      title={schematic.name}
      past={!live}
      inspector={
        asset && (
          <AssetInspector
            asset={asset}
            catalog={catalog}
            store={store}
            other={comparison ? other : undefined}
            sensor={sensor}
            select={select}
          />
        )
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
          alarms={alarms}
          timeline={timeline}
          sensorOf={sensorOf}
          loop={loop}
          setLoop={setLoop}
          marks={extras.marks}
          menu={extras.menu}
        />
      }
    >
      <InBar place="crumb">
        <Crumb schematic={schematic} all={all} version={version} />
      </InBar>
      <InBar place="actions">
        <NotesButton
          start={window.start}
          end={window.end}
          targets={null}
          target={asset?.id ?? schematic.id}
          at={momentNow() ?? window.end - 1}
          show={(note) => setMoment(note.start)}
        />
        <EditButton schematic={schematic} />
      </InBar>
      <Values store={store} playback={playback} schematic={schematic.id} window={window} speed={speed} loop={loop} />
      <div className={styles.stage}>
        {stage ? (
          <Stages
            stage={stage}
            schematic={schematic}
            catalog={catalog}
            comparison={comparison}
            other={other}
            selection={{ asset, select }}
          />
        ) : drawing.error ? (
          <Failed error={drawing.error} retry={() => void drawing.refetch()} />
        ) : version ? (
          <Loading />
        ) : (
          <BeforeFirstVersion schematic={schematic} />
        )}
        {stage && live && !comparison && <NoLiveData store={store} stage={stage} goTo={goTo} />}
        {version && <VersionNotice version={version} />}
        {comparison && (
          <>
            <OtherValues
              comparison={comparison}
              store={other}
              playback={otherPlayback}
              schematic={schematic.id}
              window={window}
              speed={speed}
            />
            <CompareBar comparing={comparing} comparison={comparison} stage={stage} other={other} />
          </>
        )}
      </div>
      {extras.dialog}
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

function useLoop(): [TimeWindow | null, (loop: TimeWindow | null) => void] {
  const [params, change] = useParams();
  const text = params.get("loop");
  const loop = useMemo(() => readLoop(text), [text]);
  const setLoop = useCallback(
    (next: TimeWindow | null) => change({ loop: writeLoop(next) }, { replace: true }),
    [change],
  );
  return [loop, setLoop];
}

/** Cached data is valid as long as the catalog, because its values are in the catalog's units. */
function usePlaybackCache(id: string, catalog: SiteCatalog): PlaybackCache {
  const fresh = () => ({ catalog, cache: new PlaybackCache((range, frames) => readPlayback(id, range, frames)) });
  const [kept, setKept] = useState(fresh);
  if (kept.catalog === catalog) return kept.cache;
  const renewed = fresh();
  setKept(renewed);
  return renewed.cache;
}
