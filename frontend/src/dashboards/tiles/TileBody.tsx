import { Suspense, useMemo } from "react";
import type { Tile } from "../../api/types";
import { useSavedViews } from "../../savedViews";
import { readMode } from "./mode";
import { Empty, Failed, Loading } from "../../ui/states";
import { ErrorBoundary } from "../../ui/ErrorBoundary";
import { useSensors } from "../data";
import styles from "../dashboards.module.css";
import { texts } from "../texts";
import { FiguresTile } from "./FiguresTile";
import { SchematicTile } from "./SchematicTile";
import { ValuesTile } from "./ValuesTile";
import { lazy } from "../../ui/lazy";

const TrendTile = lazy(() => import("../../trends/print/TrendTile"));

/** What a tile shows. `range`: the dashboard's. */
export function TileBody({ tile, range }: { tile: Tile; range: string }) {
  return (
    <ErrorBoundary>
      <Suspense fallback={<Loading />}>
        <Body tile={tile} range={range} />
      </Suspense>
    </ErrorBoundary>
  );
}

function Body({ tile, range }: { tile: Tile; range: string }) {
  switch (tile.kind) {
    case "trend":
      return <Trend sensors={tile.sensors} range={tile.range ?? range} />;
    case "view":
      return <View id={tile.view!} own={tile.range} />;
    case "values":
      return <ValuesTile sensors={tile.sensors} />;
    case "table":
      return <FiguresTile sensors={tile.sensors} range={tile.range ?? range} />;
    case "schematic":
      return <SchematicTile id={tile.schematic!} />;
    case "text":
      return <p className={styles.text}>{tile.text}</p>;
  }
}

function Trend({ sensors, range }: { sensors: string[]; range: string }) {
  const named = useMemo(() => ({ range }), [range]);
  return <Chosen sensors={sensors} range={named} mode="auto" />;
}

function View({ id, own }: { id: string; own: string | null }) {
  const views = useSavedViews(undefined);
  const view = views.data?.find((each) => each.id === id);
  const range = useMemo(() => (own ? { range: own } : (view?.trend ?? {})), [own, view]);
  if (!views.data) {
    return views.isError ? <Failed error={views.error} retry={() => void views.refetch()} /> : <Loading />;
  }
  if (!view) return <Empty title={texts.viewGone} />;
  const { start, end, range: last } = range as { start?: number | null; end?: number | null; range?: string | null };
  return (
    <Chosen
      sensors={view.trend.sensors}
      range={{ range: last ?? null, start: start ?? null, end: end ?? null }}
      mode={readMode(view.trend.options.mode)}
      options={view.trend.options}
    />
  );
}

interface ChosenProps {
  sensors: (string | null)[];
  range: { range?: string | null; start?: number | null; end?: number | null };
  mode: "auto" | "line" | "band";
  options?: Record<string, string>;
}

function Chosen({ sensors, range, mode, options }: ChosenProps) {
  const ids = useMemo(() => sensors.filter((id) => id !== null), [sensors]);
  const { known, ready, error, retry } = useSensors(ids);
  const chosen = useMemo(
    () =>
      sensors.flatMap((id, index) => {
        const sensor = id === null ? undefined : known.get(id);
        return sensor ? [{ sensor, slot: index + 1 }] : [];
      }),
    [sensors, known],
  );
  const [start, end, last] = [range.start, range.end, range.range];
  const named = useMemo(() => ({ start, end, range: last }), [start, end, last]);
  if (!ready) return error === null ? <Loading /> : <Failed error={error} retry={retry} />;
  if (chosen.length === 0) return <Empty title={texts.noSensors} />;
  return <TrendTile chosen={chosen} range={named} mode={mode} options={options} />;
}
