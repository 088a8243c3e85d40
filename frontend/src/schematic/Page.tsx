import { Button, Menu } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Redirect, useLocation } from "wouter";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { durationText, formatAge, formatDate, formatMoment, parseDuration } from "../format";
import { InBar, View } from "../frame";
import { setMoment, useMomentOf, useNavigateWith, useNow, useParams, useZone } from "../moment";
import { useSite, useTenant } from "../tenant";
import { ChevronIcon } from "../ui/icons";
import { Empty, Failed, Waiting } from "../ui/states";
import { sceneOf } from "./core/scene";
import { ValueStore } from "./core/store";
import type { Schematic, SchematicVersion } from "./core/types";
import { clampSpan, DEFAULT_SPAN, windowAt } from "./core/window";
import type { Window } from "./core/window";
import { useDrawing, useSchematics, versionAt } from "./data";
import styles from "./page.module.css";
import { TimeBar } from "./time/TimeBar";
import { useEvents } from "./useEvents";
import { useValues } from "./useValues";
import { AssetInspector } from "./view/AssetInspector";
import { Canvas } from "./view/Canvas";
import { StageContext } from "./view/context";
import type { Stage } from "./view/context";

/** The plant's drawings, live or at any past moment. */
export default function SchematicPage() {
  const [path] = useLocation();
  const tenant = useTenant();
  const site = useSite();
  const list = useSchematics(site?.id);
  const { catalog, error, refetch } = useSiteCatalog(site?.id);
  if (list.error)
    return (
      <Told>
        <Failed error={list.error} retry={() => void list.refetch()} />
      </Told>
    );
  if (error)
    return (
      <Told>
        <Failed error={error} retry={() => void refetch()} />
      </Told>
    );
  if (!list.data || !catalog || !tenant)
    return (
      <Told>
        <Waiting />
      </Told>
    );
  const wanted = path.split("/")[4];
  const schematic = list.data.find((each) => each.id === wanted);
  if (!schematic) {
    const first = list.data[0];
    // An id of another site, or of a drawing that was deleted: the site's first is the nearest thing to it.
    if (first) return <Redirect to={`/t/${tenant.slug}/plant/${first.id}${location.search}`} replace />;
    return (
      <Told>
        <Empty title={`${site?.name ?? "This site"} has no drawing yet`}>
          An engineer can store one with <code>POST /api/v1/schematics</code>; the API guide has an example.
        </Empty>
      </Told>
    );
  }
  return <Viewer key={schematic.id} schematic={schematic} all={list.data} catalog={catalog} />;
}

function Told({ children }: { children: React.ReactNode }) {
  return <View title="Plant">{children}</View>;
}

interface ViewerProps {
  schematic: Schematic;
  all: Schematic[];
  catalog: SiteCatalog;
}

function Viewer({ schematic, all, catalog }: ViewerProps) {
  const live = useMomentOf((at) => at === null);
  const zone = useZone().name;
  const [params, change] = useParams();
  const [store] = useState(() => new ValueStore());
  const [speed, setSpeed] = useState<number | null>(null);
  const span = clampSpan(parseDuration(params.get("span")) ?? DEFAULT_SPAN);
  const window = useWindow(span);
  const version = useVersion(schematic);
  const drawing = useDrawing(schematic, version, inWindow(schematic, window));
  const select = useCallback(
    (asset: string | null, sensor?: string) => {
      const tag = asset && catalog.assetById.get(asset)?.tag;
      const own = sensor === undefined ? defaultSensor(catalog, asset) : sensor;
      change({ asset: tag || null, sensor: own ? catalog.sensorById.get(own)?.tag : null }, { replace: true });
    },
    [catalog, change],
  );
  const asset = catalog.assets.find((each) => each.tag === params.get("asset"));
  const shownSensor =
    catalog.sensorByTag.get(params.get("sensor") ?? "") ??
    catalog.sensorById.get((asset && defaultSensor(catalog, asset.id)) ?? "") ??
    firstSensor(drawing.data, catalog);
  const stage = useStageOf(drawing.data, store, catalog, zone, asset?.id ?? null, select);
  const goThere = (at: number) => {
    setMoment(at);
    change({ span: "8h" }, { replace: true });
  };
  const events = useEvents(schematic, stage, window);
  return (
    <View
      title={schematic.name}
      past={!live}
      inspector={
        asset && <AssetInspector asset={asset} catalog={catalog} store={store} sensor={shownSensor} select={select} />
      }
      bottom={
        <TimeBar
          window={window}
          span={span}
          setSpan={(ms) => change({ span: ms === DEFAULT_SPAN ? null : durationText(ms) }, { replace: true })}
          speed={speed}
          setSpeed={setSpeed}
          sensor={shownSensor}
          versions={schematic.versions}
          nextEvent={events}
        />
      }
    >
      <InBar place="crumb">
        <Crumb schematic={schematic} all={all} version={version} />
      </InBar>
      <Values store={store} schematic={schematic.id} window={window} speed={speed} />
      <div className={styles.stage}>
        {stage ? (
          <StageContext value={stage}>
            <Canvas key={schematic.id} />
          </StageContext>
        ) : drawing.error ? (
          <Failed error={drawing.error} retry={() => void drawing.refetch()} />
        ) : version ? (
          <Waiting />
        ) : (
          <NotDrawnYet schematic={schematic} />
        )}
        {stage && live && <Silent store={store} stage={stage} goThere={goThere} />}
      </div>
    </View>
  );
}

/** Follows the moment with the values and draws nothing, so that nothing is drawn again for it. */
function Values(props: { store: ValueStore; schematic: string; window: Window; speed: number | null }) {
  const frame = useValues(props.store, props.schematic, props.window, props.speed);
  const waiting = useLate(!frame.data && !frame.error && props.store.at === 0);
  if (frame.error && !frame.data) {
    return (
      <div className={styles.notice} role="alert">
        The values cannot be read: {frame.error.message}
      </div>
    );
  }
  return waiting ? (
    <div className={styles.notice} role="status">
      Reading the values…
    </div>
  ) : null;
}

/** True once `waiting` has lasted long enough for somebody to wonder. */
function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return setLate(false);
    const timer = setTimeout(() => setLate(true), 600);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && late;
}

/** Where a plant sends nothing now, the way to where it last did. */
function Silent({ store, stage, goThere }: { store: ValueStore; stage: Stage; goThere: (at: number) => void }) {
  const zone = useZone().name;
  const now = useNow();
  const sensors = useMemo(() => (stage.scene.drawing.tags ?? []).map((tag) => tag.sensor), [stage]);
  const entries = sensors.flatMap((sensor) => store.entry(sensor) ?? []);
  const last = Math.max(...entries.map((entry) => entry.t ?? -Infinity));
  // States are reported when they change, so they are never too old.
  const told = sensors.filter((sensor) => stage.sensor(sensor)?.sampling !== "on_change").map(store.entry);
  const silent = told.length > 0 && told.every((entry) => entry && (entry.stale || entry.v === null));
  if (!silent) return null;
  return (
    <div className={styles.notice} role="status">
      {last > -Infinity ? (
        <>
          <span>
            Nothing has come in since {formatMoment(last, zone)}, {formatAge(now - last)} ago.
          </span>
          <Button variant="default" onClick={() => goThere(last)}>
            Go there
          </Button>
        </>
      ) : (
        <span>No data has come in yet for anything on this drawing.</span>
      )}
    </div>
  );
}

function NotDrawnYet({ schematic }: { schematic: Schematic }) {
  const zone = useZone().name;
  const first = Math.min(...schematic.versions.map((version) => version.valid_from));
  return (
    <Empty
      title="Not drawn yet at this moment"
      action={
        <Button variant="default" onClick={() => setMoment(first)}>
          Go to {formatMoment(first, zone)}
        </Button>
      }
    >
      The first version of “{schematic.name}” counts from {formatMoment(first, zone)} on.
    </Empty>
  );
}

function Crumb({
  schematic,
  all,
  version,
}: {
  schematic: Schematic;
  all: Schematic[];
  version: ReturnType<typeof useVersion>;
}) {
  const zone = useZone().name;
  const tenant = useTenant();
  const navigate = useNavigateWith();
  return (
    <span className={styles.crumb}>
      <span className={styles.separator}>›</span>
      {all.length === 1 ? (
        <span className={styles.name}>{schematic.name}</span>
      ) : (
        <Menu position="bottom-start">
          <Menu.Target>
            <button type="button" className={styles.switch} title="Another drawing">
              <span>{schematic.name}</span>
              <ChevronIcon size={14} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {all.map((each) => (
              <Menu.Item key={each.id} onClick={() => navigate(`/t/${tenant!.slug}/plant/${each.id}`)}>
                {each.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {version && (version.valid_from > 0 || schematic.versions.length > 1) && (
        <span className={styles.version} title={version.note || undefined}>
          {`drawing v${version.version}`}
          {version.valid_from > 0 && ` · since ${formatDate(version.valid_from, zone)}`}
        </span>
      )}
    </span>
  );
}

/** The window of the time bar: it stays while the moment moves inside it, and follows the clock where it ends now. */
function useWindow(span: number): Window {
  const now = useNow();
  const pinned = useRef<Window | null>(null);
  // Live, a step of a pixel is enough; anything finer would only make work.
  const step = Math.max(1000, Math.round(span / 2000));
  const clock = Math.ceil(now / step) * step;
  const end = useMomentOf((at) => {
    const old = pinned.current;
    const kept = at !== null && old && old.end - old.start === span ? old.end : null;
    return windowAt(at, clock, span, kept).end;
  });
  const window = useMemo(() => ({ start: end - span, end }), [end, span]);
  useEffect(() => {
    pinned.current = window;
  }, [window]);
  return window;
}

function useVersion(schematic: Schematic) {
  const now = useNow();
  const number = useMomentOf((at) => versionAt(schematic.versions, at ?? now)?.version);
  return schematic.versions.find((version) => version.version === number);
}

const inWindow = (schematic: Schematic, window: Window) =>
  schematic.versions
    .filter((version) => version.valid_from > window.start && version.valid_from <= window.end)
    .slice(-5);

function useStageOf(
  drawn: SchematicVersion | undefined,
  store: ValueStore,
  catalog: SiteCatalog,
  zone: string,
  selected: string | null,
  select: Stage["select"],
): Stage | undefined {
  const drawing = drawn?.drawing;
  const scene = useMemo(() => {
    if (!drawing) return undefined;
    const made = sceneOf(drawing);
    store.show(made, (id) => catalog.sensorById.get(id));
    return made;
  }, [drawing, store, catalog]);
  return useMemo(
    () =>
      scene && {
        scene,
        store,
        zone,
        selected,
        select,
        sensor: (id: string) => catalog.sensorById.get(id),
        asset: (id: string) => catalog.assetById.get(id),
      },
    [scene, store, catalog, zone, selected, select],
  );
}

function firstSensor(drawn: SchematicVersion | undefined, catalog: SiteCatalog) {
  const first = drawn?.drawing.tags?.[0]?.sensor;
  return first ? catalog.sensorById.get(first) : undefined;
}

function defaultSensor(catalog: SiteCatalog, asset: string | null): string | undefined {
  const own = catalog.sensorsOf.get(asset ?? "") ?? [];
  return (own.find((sensor) => sensor.kind === "continuous") ?? own[0])?.id;
}
