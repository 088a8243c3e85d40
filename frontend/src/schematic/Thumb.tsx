import { useEffect, useMemo, useState } from "react";
import { useSiteCatalog } from "../catalog";
import type { SiteCatalog } from "../catalog";
import { displayUnit, formatValue } from "../format";
import { useMoment, useNow } from "../moment";
import { boxOf } from "./core/geometry";
import { hasLabelInside } from "./core/library";
import { sceneOf } from "./core/scene";
import type { Scene } from "./core/scene";
import { ValueStore } from "./core/store";
import type { Drawing } from "./core/types";
import { useDrawing, useSchematics, versionAt } from "./data";
import { entriesOf, liveEntriesOf, useStreamedFrame } from "./useLiveFrame";
import "./symbols/symbols.css";
import { shownOf } from "./symbols/shown";
import { SymbolShape } from "./symbols/SymbolShape";
import styles from "./thumb.module.css";
import { texts } from "./texts";

interface Props {
  /** A site's id or slug. */
  site: string;
  /** Which drawing; by default the site's first. */
  schematic?: string;
}

/** A whole drawing at the moment, small and without controls: light enough for the home page. */
export function SchematicThumb({ site, schematic }: Props) {
  const { at } = useMoment();
  const now = useNow();
  const list = useSchematics(site).data;
  const { catalog } = useSiteCatalog(list?.[0]?.site);
  const shown = list?.find((each) => each.id === schematic) ?? list?.[0];
  const version = shown && versionAt(shown.versions, at ?? now);
  const drawing = useDrawing(shown, version, []).data?.drawing;
  const { frame, version: drawn } = useStreamedFrame(shown?.id, at);
  const [store] = useState(() => new ValueStore());
  const scene = useMemo(() => {
    if (!drawing || !catalog) return undefined;
    const made = sceneOf(drawing);
    store.show(made, (id) => catalog.sensorById.get(id));
    return made;
  }, [drawing, catalog, store]);
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!frame) return;
    store.set(frame.at, frame.live ? liveEntriesOf(frame) : entriesOf(frame));
    redraw((count) => count + 1);
  }, [frame, store, scene, drawn]);
  if (list && !shown) return <p className={styles.none}>{texts.thumb.none}</p>;
  if (!scene || !catalog || !drawing) return <div className={styles.thumb} />;
  return (
    <svg
      className={styles.thumb}
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      role="img"
      aria-label={texts.thumb.label(shown!.name)}
      data-testid="schematic-thumb"
    >
      <Pipes scene={scene} store={store} />
      <Symbols drawing={drawing} store={store} catalog={catalog} />
      <Tags drawing={drawing} store={store} catalog={catalog} />
    </svg>
  );
}

const Pipes = ({ scene, store }: { scene: Scene; store: ValueStore }) =>
  scene.pipes.map(({ pipe, kind, path }) => (
    <g key={pipe.id} className="pt-pipe" data-medium={pipe.medium} data-kind={kind} data-flow={store.flow(pipe.id)}>
      <path className="run" d={path} />
    </g>
  ));

const Symbols = ({ drawing, store, catalog }: { drawing: Drawing; store: ValueStore; catalog: SiteCatalog }) =>
  drawing.placements?.map((placement) => {
    const box = boxOf(placement);
    const state = store.state(placement.id);
    return (
      <g key={placement.id} transform={`translate(${box.x} ${box.y})`}>
        <g className="pt-symbol" data-state={state}>
          <SymbolShape
            placement={placement}
            shown={shownOf(placement, store.entry, (id) => catalog.sensorById.get(id), state)}
          />
        </g>
        {placement.label && !hasLabelInside(placement.symbol) && placement.label_at === "top" && (
          <text className={styles.label} x="0" y="-6">
            {placement.label.split(" ")[0]}
          </text>
        )}
      </g>
    );
  });

function Tags({ drawing, store, catalog }: { drawing: Drawing; store: ValueStore; catalog: SiteCatalog }) {
  return drawing.tags?.map((tag) => {
    const sensor = catalog.sensorById.get(tag.sensor);
    const entry = store.entry(tag.sensor);
    if (!entry || entry.v === null) return null;
    const value = formatValue(entry.v, sensor?.unit, sensor, true);
    const unit = sensor?.kind === "discrete" ? "" : displayUnit(sensor?.unit);
    const shift = tag.anchor === "right" ? -1 : tag.anchor === "centre" ? -0.5 : 0;
    const width = 14 + value.length * 8.5 + unit.length * 7;
    return (
      <g
        key={tag.id}
        className={styles.tag}
        data-stale={entry.stale}
        transform={`translate(${tag.x + shift * width} ${tag.y})`}
      >
        <rect width={width} height="22" rx="4" />
        <text x={width / 2} y="16">
          {value}
          <tspan dx="3">{unit}</tspan>
        </text>
      </g>
    );
  });
}

export default SchematicThumb;
