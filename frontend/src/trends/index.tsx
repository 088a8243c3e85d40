import { Button } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
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
import { makeCursor } from "./chart/cursor";
import { CopyLink } from "./CopyLink";
import { useTrendData } from "./data";
import { Foot } from "./Foot";
import { CursorPane } from "./CursorPane";
import type { Trace } from "./lanes";
import { NoSamples } from "./NoSamples";
import { Overview } from "./Overview";
import { alike } from "./range";
import { useTrendState } from "./state";
import { StatisticsPane } from "./statistics/StatisticsPane";
import { Toolbar } from "./Toolbar";
import { useTrendKeys } from "./useTrendKeys";
import { useView } from "./useView";
import styles from "./trends.module.css";
import { texts } from "./texts";

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
  const traces = useMemo<Trace[]>(
    () => trend.chosen.map(({ sensor, slot }) => ({ sensor, slot, series: shown?.series.get(sensor.id) })),
    [trend.chosen, shown],
  );
  const measured = useMemo(() => traces.filter(({ sensor }) => !isCalculated(sensor)), [traces]);
  const slots = useMemo(() => new Map(trend.chosen.map(({ sensor, slot }) => [sensor.id, slot])), [trend.chosen]);

  const [pinned, setPinned] = useParam("c");
  const [cursor] = useState(() => makeCursor(pinned ? Number(pinned) : null));
  const pinAt = pinned && Number.isFinite(Number(pinned)) ? Number(pinned) : null;
  const hover = useCallback(
    (t: number | null) => (t !== null || pinAt !== null) && cursor.set(t ?? pinAt),
    [cursor, pinAt],
  );
  const pin = useCallback((t: number) => setPinned(Math.round(t)), [setPinned]);
  useEffect(() => {
    if (pinAt !== null) cursor.set(pinAt);
  }, [cursor, pinAt]);
  const seePlant = useCallback(() => {
    const t = cursor.get() ?? momentNow();
    if (t !== null && tenant) navigate(`/t/${tenant.slug}/plant`, { at: Math.round(t) });
  }, [cursor, navigate, tenant]);
  useTrendKeys({ cursor, traces, view, move, mode: trend.mode, setMode: trend.setMode, seePlant, pin });

  const plots = useRef<uPlot[]>([]);
  const onPlots = useCallback((created: uPlot[]) => {
    plots.current = created;
  }, []);
  const [treeOpen, setTreeOpen] = useState(false);
  const old = data.isPlaceholderData && shown !== undefined && !alike(shown.span, span);
  const empty = shown !== undefined && !data.isPlaceholderData && traces.every((each) => !each.series?.t.length);
  const tree = (
    <>
      {treeOpen && <div className={styles.scrim} onClick={() => setTreeOpen(false)} />}
      <div className={styles.tree} data-open={treeOpen || undefined}>
        <SensorTree catalog={catalog} slots={slots} onToggle={trend.toggle} full={slots.size >= MAX_TRACES} />
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
      <StatisticsPane traces={measured} span={span} zone={zone} pin={pin} site={site?.slug ?? "trend"}>
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
        seePlant={seePlant}
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
          zone={zone.name}
          mode={trend.mode}
          setMode={trend.setMode}
          preset={move.preset}
          choose={move.choose}
          shift={move.shift}
          traces={traces}
          plots={plots}
          site={site}
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
            {empty ? (
              <NoSamples sensors={sensors} view={view} zone={zone.name} choose={move.choose} />
            ) : (
              <Chart
                traces={traces}
                view={view}
                zone={zone.name}
                cursor={cursor}
                hover={hover}
                pin={pin}
                glide={move.glide}
                choose={move.choose}
                back={move.back}
                at={at}
                dimmed={old}
                onPlots={onPlots}
              />
            )}
            <Overview
              sensor={sensors.find((each) => each.kind === "continuous") ?? sensors[0]}
              view={view}
              now={now}
              zone={zone.name}
              choose={move.choose}
            />
            <Foot shown={shown} zone={zone} view={view} />
          </div>
        )}
      </div>
    </View>
  );
}
