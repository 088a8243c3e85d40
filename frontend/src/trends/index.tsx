import { Button } from "@mantine/core";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useSiteCatalog } from "../catalog";
import { isCalculated, useWithCalculated } from "../catalog/calculated";
import { keySensors } from "../catalog/keySensors";
import { SensorTree } from "../catalog/SensorTree";
import { durationName } from "../format";
import { InBar, View } from "../frame";
import { momentNow, useMoment, useNavigateWith, useNow, useParam, useZone } from "../moment";
import { MAX_TRACES } from "../series/slots";
import { useSite, useSites, useTenant } from "../tenant";
import { Segments } from "../ui/Segments";
import { Empty, Failed, Loading } from "../ui/states";
import { Chart } from "./chart/Chart";
import type { Panel } from "./chart/panel";
import { CopyLink } from "./CopyLink";
import { CursorPane } from "./cursor/CursorPane";
import { useCursors } from "./cursor/useCursors";
import { useEarlierData, useTrendData } from "./data";
import { Foot } from "./Foot";
import { makeLanes } from "./lanes";
import type { Trace } from "./lanes";
import { NoSamples } from "./NoSamples";
import { shiftMs, shiftName } from "./options";
import { Overview } from "./Overview";
import { usePastedTags } from "./paste/usePastedTags";
import { alike, selectedSpan } from "./range";
import type { Span } from "./range";
import { computable, reasonsOf } from "./reasons";
import { useTrendState } from "./state";
import { StatisticsPane } from "./statistics/StatisticsPane";
import { Toolbar } from "./Toolbar";
import { useTrendKeys } from "./useTrendKeys";
import { useView } from "./useView";
import styles from "./trends.module.css";
import { texts } from "./texts";
import { lazy } from "../ui/lazy";

const Plots = lazy(() => import("./plots"));
const MarkRun = lazy(() => import("./mark/MarkRun").then(({ MarkRun }) => ({ default: MarkRun })));
const PasteTags = lazy(() => import("./paste/PasteTags").then(({ PasteTags }) => ({ default: PasteTags })));

const PANES = [
  { value: "", label: texts.cursor },
  { value: "statistics", label: texts.statistics },
] as const;

export default function Trends() {
  const sites = useSites();
  const site = useSite();
  const { catalog: stored, ...state } = useSiteCatalog(site?.id);
  const catalog = useWithCalculated(stored, site?.id);
  if (sites.isError) return <Problem error={sites.error} retry={() => void sites.refetch()} />;
  if (state.isError) return <Problem error={state.error} retry={() => void state.refetch()} />;
  if (sites.data?.length === 0) {
    return (
      <View title={texts.trends}>
        <Empty title={texts.noSites}>{texts.noSitesDetail}</Empty>
      </View>
    );
  }
  if (!catalog || !site) {
    return (
      <View title={texts.trends}>
        <Loading />
      </View>
    );
  }
  return <TrendsOf key={site.id} catalog={catalog} />;
}

const Problem = ({ error, retry }: { error: unknown; retry: () => void }) => (
  <View title={texts.trends}>
    <Failed error={error} retry={retry} what={texts.sensorsUnavailable} />
  </View>
);

function TrendsOf({ catalog }: { catalog: NonNullable<ReturnType<typeof useSiteCatalog>["catalog"]> }) {
  const trend = useTrendState(catalog);
  const { at } = useMoment();
  const now = useNow();
  const zone = useZone();
  const site = useSite();
  const tenant = useTenant();
  const navigate = useNavigateWith();
  const { span, view, ...move } = useView(trend.range, at, now, trend.setRange);
  const sensors = useMemo(() => trend.chosen.map((each) => each.sensor), [trend.chosen]);
  const data = useTrendData(sensors, span, trend.mode);
  const shown = data.data;
  const { options, setOptions, chosen } = trend;
  const shift = options.compare ? shiftMs(options.compare, span, zone.name) : null;
  const earlier = useEarlierData(sensors, span, trend.mode, options.plot === "time" ? shift : null);
  const before = earlier.data;
  const traces = useMemo<Trace[]>(
    () =>
      chosen.map(({ sensor, slot }) => ({
        sensor,
        slot,
        series: shown?.series.get(sensor.id),
        earlier: before?.series.get(sensor.id),
        limits: options.limits.get(slot),
      })),
    [chosen, shown, before, options.limits],
  );
  const measured = useMemo(() => traces.filter(({ sensor }) => !isCalculated(sensor)), [traces]);
  const calculated = traces.filter((each) => !measured.includes(each)).map(({ sensor }) => sensor.tag);
  const { layout, log } = options;
  const lanes = useMemo(() => makeLanes(computable(traces), { layout, log }), [traces, layout, log]);
  const slots = useMemo(() => new Map(chosen.map(({ sensor, slot }) => [sensor.id, slot])), [chosen]);

  const { cursor, pinned, hover, pin, reference, setReference } = useCursors();
  const seePlant = useCallback(() => {
    const t = cursor.get() ?? momentNow();
    if (t !== null && tenant) navigate(`/t/${tenant.slug}/plant`, { at: Math.round(t) });
  }, [cursor, navigate, tenant]);
  const [pasted, setPasted] = usePastedTags(catalog);
  const [marked, setMarked] = useState<Span | null>(null);
  const mayMark = tenant !== undefined && tenant.role !== "viewer" && site !== undefined;
  const mark = mayMark ? () => setMarked(selectedSpan(reference, cursor.get(), view)) : null;
  useTrendKeys({
    ...{ cursor, traces, view, move, seePlant, pin, reference, setReference, options, setOptions },
    mode: trend.mode,
    setMode: trend.setMode,
    paste: () => setPasted(""),
    mark: () => mark?.(),
  });

  const panels = useRef<Panel[]>([]);
  const onPanels = useCallback((drawn: Panel[]) => {
    panels.current = drawn;
  }, []);
  const exportedRef = useRef<(() => string) | null>(null);
  const marks = [
    ...(pinned === null ? [] : [{ t: pinned, label: "" }]),
    ...(reference === null ? [] : [{ t: reference, label: texts.referenceMark }]),
  ];
  const [treeOpen, setTreeOpen] = useState(false);
  const old = data.isPlaceholderData && shown !== undefined && !alike(shown.span, span);
  const empty = shown !== undefined && !data.isPlaceholderData && traces.every((each) => !each.series?.t.length);
  const reasons = reasonsOf(traces);
  const tree = (
    <>
      {treeOpen && <div className={styles.scrim} onClick={() => setTreeOpen(false)} />}
      <div className={styles.tree} data-open={treeOpen || undefined}>
        <SensorTree catalog={catalog} slots={slots} onToggle={trend.toggle} full={slots.size >= MAX_TRACES} />
        <div className={styles.treeFoot}>
          <Button variant="default" fullWidth title={texts.pasteTagsHint} onClick={() => setPasted("")}>
            {texts.pasteTags}
          </Button>
        </div>
      </div>
    </>
  );
  const [pane, setPane] = useParam("pane");
  const panes = (
    <div className={styles.panes}>
      <Segments
        label={texts.pane}
        value={pane === "statistics" ? "statistics" : ""}
        choices={PANES}
        onChange={(value) => setPane(value || null)}
      />
    </div>
  );
  const inspector =
    pane === "statistics" ? (
      <StatisticsPane
        traces={measured}
        calculated={calculated}
        span={span}
        zone={zone}
        pin={pin}
        site={site?.slug ?? "trend"}
      >
        {panes}
      </StatisticsPane>
    ) : (
      <CursorPane
        cursor={cursor}
        traces={traces}
        view={view}
        zone={zone}
        at={at}
        onRemove={trend.toggle}
        reference={reference}
        setReference={setReference}
        compare={before ? options.compare : null}
        shift={shift ?? 0}
        seePlant={seePlant}
        mark={mark}
      >
        {panes}
      </CursorPane>
    );
  return (
    <View
      title={texts.trendsOf(site?.name ?? "")}
      left={tree}
      inspector={traces.length ? inspector : undefined}
      past={at !== null}
    >
      <InBar place="actions">
        <CopyLink span={span} />
      </InBar>
      <div className={styles.page}>
        <Toolbar
          range={trend.range}
          view={view}
          zone={zone}
          options={options}
          setOptions={setOptions}
          mode={trend.mode}
          setMode={trend.setMode}
          preset={move.preset}
          choose={move.choose}
          move={move.shift}
          traces={traces}
          site={site}
          panels={panels}
          exportedRef={exportedRef}
          shift={shift ?? 0}
          marks={marks}
          note={before && options.compare ? texts.comparedWith(shiftName(options.compare)) : ""}
          toggleTree={() => setTreeOpen((open) => !open)}
        />
        {trend.invalid !== null && (
          <p className={styles.note} role="alert">
            {texts.invalidRange(trend.invalid, trend.range.kind === "last" ? durationName(trend.range.length) : "")}
          </p>
        )}
        {data.isError && shown && traces.length > 0 && (
          <p className={styles.note} role="alert">
            {data.error.message}
          </p>
        )}
        {earlier.isError && !before && shift !== null && traces.length > 0 && (
          <p className={styles.note} role="alert">
            {earlier.error.message}
          </p>
        )}
        {reasons.map(({ tag, why }) => (
          <p key={tag} className={styles.note} role="alert">
            {texts.notComputed(tag, why)}
          </p>
        ))}
        {trend.unknown.length > 0 && <p className={styles.note}>{texts.unknownSensors(trend.unknown.join(", "))}</p>}
        {traces.length === 0 ? (
          <Empty
            title={texts.noSensorsSelected}
            action={
              <span className={styles.choices}>
                <Button variant="default" className={styles.treeButton} onClick={() => setTreeOpen(true)}>
                  {texts.selectSensors}
                </Button>
                <Button variant="default" onClick={() => trend.only(keySensors(catalog))}>
                  {texts.startWith(
                    keySensors(catalog)
                      .map((each) => each.tag)
                      .join(", "),
                  )}
                </Button>
              </span>
            }
          >
            {texts.noSensorsDetail(MAX_TRACES)}
          </Empty>
        ) : data.isError && !shown ? (
          <Failed error={data.error} retry={() => void data.refetch()} what={texts.rangeUnavailable} />
        ) : (
          <div className={styles.charts}>
            {options.plot !== "time" ? (
              <Suspense fallback={<Loading />}>
                <Plots
                  options={options}
                  setX={(x) => setOptions({ x })}
                  traces={traces}
                  span={span}
                  zone={zone.name}
                  cursor={cursor}
                  pin={pin}
                  exportedRef={exportedRef}
                  onPanels={onPanels}
                />
              </Suspense>
            ) : empty && reasons.length === traces.length ? (
              <Empty title={texts.notComputableTitle} />
            ) : empty ? (
              <NoSamples sensors={sensors} view={view} zone={zone.name} choose={move.choose} />
            ) : (
              <Chart
                lanes={lanes}
                view={view}
                zone={zone.name}
                cursor={cursor}
                reference={reference}
                steps={options.steps}
                ranges={options.ranges}
                hover={hover}
                pin={pin}
                refer={setReference}
                glide={move.glide}
                choose={move.choose}
                back={move.back}
                at={at}
                dimmed={old}
                onPanels={onPanels}
              />
            )}
            <Overview
              sensor={sensors.find((each) => each.kind === "continuous") ?? sensors[0]}
              view={view}
              now={now}
              zone={zone.name}
              choose={move.choose}
            />
            <Foot
              shown={options.plot === "time" ? shown : undefined}
              compare={before && options.compare ? shiftName(options.compare) : null}
              zone={zone}
              view={view}
            />
          </div>
        )}
      </div>
      {marked !== null && tenant && site && (
        <Suspense fallback={null}>
          <MarkRun tenant={tenant.slug} site={site.id} span={marked} zone={zone.name} close={() => setMarked(null)} />
        </Suspense>
      )}
      {pasted !== null && (
        <Suspense fallback={null}>
          <PasteTags
            catalog={catalog}
            slots={trend.slots}
            pasted={pasted}
            setSlots={trend.setSlots}
            close={() => setPasted(null)}
          />
        </Suspense>
      )}
    </View>
  );
}
