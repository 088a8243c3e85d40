import { Suspense, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { Dashboard, Tile } from "../api/types";
import { parseDuration } from "../format";
import { ReportSheet } from "../frame/report";
import { useMoment } from "../moment";
import { useSavedViews } from "../savedViews";
import { Empty, Failed, Loading } from "../ui/states";
import styles from "./dashboards.module.css";
import { useDashboard, useSensors } from "./data";
import { inReadingOrder } from "./layout";
import { texts } from "./texts";
import { readMode } from "./tiles/mode";
import { TileBody } from "./tiles/TileBody";
import { useTileTitle } from "./useTileTitle";
import { lazy } from "../ui/lazy";

const TrendSection = lazy(() => import("../trends/print/TrendSection"));

/** A dashboard as pages to be printed or saved as PDF: its tiles below one another, trends with their figures. */
export default function DashboardReport() {
  const [path] = useLocation();
  const id = path.split("/")[4]!;
  const found = useDashboard(id, false);
  const { at } = useMoment();
  const [now] = useState(() => Date.now());
  if (found.isError) return <Failed error={found.error} what={texts.unavailable} />;
  const dashboard = found.data;
  if (!dashboard) return <Loading />;
  return (
    <ReportSheet title={dashboard.name} span={{ start: null, end: at ?? now }} made={now} back={`dashboards/${id}`}>
      {inReadingOrder(dashboard.tiles).map((tile) => (
        <Section key={tile.id} tile={tile} dashboard={dashboard} end={at ?? now} />
      ))}
      {dashboard.tiles.length === 0 && <Empty title={texts.empty} />}
    </ReportSheet>
  );
}

function Section({ tile, dashboard, end }: { tile: Tile; dashboard: Dashboard; end: number }) {
  const title = useTileTitle(tile);
  return (
    <section className={styles.section} data-kind={tile.kind}>
      {(tile.kind !== "text" || tile.title) && <h2>{title}</h2>}
      <Suspense fallback={<Loading />}>
        {tile.kind === "trend" ? (
          <Printed sensors={tile.sensors} range={tile.range ?? dashboard.range} mode="auto" end={end} />
        ) : tile.kind === "view" ? (
          <PrintedView tile={tile} end={end} />
        ) : (
          <TileBody tile={tile} range={dashboard.range} />
        )}
      </Suspense>
    </section>
  );
}

function PrintedView({ tile, end }: { tile: Tile; end: number }) {
  const views = useSavedViews(undefined);
  const view = views.data?.find(({ id }) => id === tile.view);
  if (!views.data) {
    return views.isError ? <Failed error={views.error} retry={() => void views.refetch()} /> : <Loading />;
  }
  if (!view) return <Empty title={texts.viewGone} />;
  const { sensors, range, start, end: last, options } = view.trend;
  const fixed = tile.range === null && start !== null && last !== null ? { start, end: last } : undefined;
  return (
    <Printed
      sensors={sensors}
      range={tile.range ?? range ?? "8h"}
      fixed={fixed}
      mode={readMode(options.mode)}
      options={options}
      end={end}
    />
  );
}

interface PrintedProps {
  sensors: (string | null)[];
  range: string;
  fixed?: { start: number; end: number } | undefined;
  mode: "auto" | "line" | "band";
  options?: Record<string, string>;
  end: number;
}

function Printed({ sensors, range, fixed, mode, options, end }: PrintedProps) {
  const ids = useMemo(() => sensors.filter((id) => id !== null), [sensors]);
  const { known, ready, error, retry } = useSensors(ids);
  const span = useMemo(
    () => fixed ?? { start: Math.round(end - (parseDuration(range) ?? 8 * 3_600_000)), end: Math.round(end) },
    [fixed, range, end],
  );
  const chosen = useMemo(
    () =>
      sensors.flatMap((id, index) => {
        const sensor = id === null ? undefined : known.get(id);
        return sensor ? [{ sensor, slot: index + 1 }] : [];
      }),
    [sensors, known],
  );
  if (!ready) return error === null ? <Loading /> : <Failed error={error} retry={retry} />;
  if (chosen.length === 0) return <Empty title={texts.noSensors} />;
  return <TrendSection chosen={chosen} span={span} mode={mode} options={options} />;
}
