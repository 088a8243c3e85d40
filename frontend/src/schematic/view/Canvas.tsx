import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useShortcuts } from "../../keyboard";
import type { Box } from "../core/geometry";
import { busiestPart } from "../core/focus";
import { areaOf } from "../core/scene";
import { OF } from "../core/store";
import { useStage } from "./context";
import { PanZoom } from "./panZoom";
import type { Viewport } from "./panZoom";
import { Parts } from "./Parts";
import { Room, RoomContext } from "./room";
import { SensorCard } from "./SensorCard";
import type { ViewportSync } from "./sync";
import { useCard } from "./useCard";
import { wordScale } from "./words";
import styles from "./view.module.css";
import { texts as all } from "../texts";

const texts = all.canvas;
const PAD = 18;
/** Below this zoom names and values are too small to read, and only abnormal states stay marked. */
const FOLD_ZOOM = 0.52;
/** A canvas narrower than this starts with a part of the drawing, at a zoom at which values are readable. */
const NARROW_PX = 600;
const READABLE_ZOOM = 0.62;

interface Props {
  /** Moves together with the drawings beside it. */
  sync?: ViewportSync;
  /** Another one has the keyboard. */
  second?: boolean;
}

export function Canvas({ sync, second = false }: Props) {
  const { scene, store, other, selected, select } = useStage();
  const [pan] = useState(() => new PanZoom());
  const [shown] = useState(() => new Room());
  const size = useRef({ width: 0, height: 0 });
  const box = useRef<HTMLDivElement>(null);
  const room = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const whole = useRef(false); // the user requested the whole drawing
  const area = useMemo(() => (selected ? areaOf(scene, selected) : undefined), [scene, selected]);
  const chosen = useRef(area);
  useEffect(() => {
    chosen.current = area;
  }, [area]);

  const { width, height } = scene.drawing;
  const fit = useCallback(
    (duration = 0) => {
      moved.current = false;
      if (!box.current) return undefined;
      const { clientWidth: w, clientHeight: h } = box.current;
      const zoom = Math.min((w - 2 * PAD) / width, (h - 2 * PAD) / height, 1.6);
      pan.set({ x: (w - width * zoom) / 2, y: (h - height * zoom) / 2, zoom }, duration);
      return zoom;
    },
    [pan, width, height],
  );
  const showWhole = (duration: number) => {
    whole.current = true;
    fit(duration);
  };
  const begin = useCallback(() => {
    const zoom = fit() ?? 1;
    const canvas = box.current;
    if (!canvas || whole.current || canvas.clientWidth >= NARROW_PX || zoom >= FOLD_ZOOM) return;
    const window = { width: canvas.clientWidth / READABLE_ZOOM, height: canvas.clientHeight / READABLE_ZOOM };
    const { x, y } = chosen.current ?? busiestPart(scene.drawing.tags ?? [], { width, height }, window);
    pan.set({ x: PAD - x * READABLE_ZOOM, y: PAD - y * READABLE_ZOOM, zoom: READABLE_ZOOM });
    moved.current = true; // from now on a resize only brings the selection into view
  }, [fit, pan, scene, width, height]);

  const see = useCallback(() => {
    shown.show(pan.viewport, size.current);
    for (const each of [store, other]) each?.seen();
  }, [shown, pan, store, other]);

  useLayoutEffect(() => {
    const canvas = box.current!;
    const watch = new ResizeObserver(() => {
      size.current = { width: canvas.clientWidth, height: canvas.clientHeight };
      see();
      if (!moved.current) begin();
      else if (chosen.current) bringIntoView(canvas, chosen.current, pan);
    });
    watch.observe(canvas);
    return () => watch.disconnect();
  }, [begin, see, pan]);

  useEffect(() => {
    const show = () => {
      box.current?.toggleAttribute("data-other", store.of === "other");
      box.current?.toggleAttribute("data-incomparable", store.of === "other" || other?.of === "other");
    };
    show();
    const ends = [store, other].map((each) => each?.subscribe(OF, show));
    return () => ends.forEach((end) => end?.());
  }, [store, other]);

  const hover = useCard(box);

  const follow = useCallback(
    (viewport: Viewport) => {
      moved.current = true;
      pan.set(viewport);
    },
    [pan],
  );
  useEffect(() => sync?.join(follow), [sync, follow]);

  const { close } = hover;
  useLayoutEffect(
    () =>
      pan.attach(room.current!, world.current!, (viewport, byHand) => {
        scaleWords(box.current!, viewport);
        see();
        moved.current ||= byHand;
        if (moved.current) sync?.moved(follow, viewport);
        if (byHand) close();
      }),
    [pan, sync, follow, close, see],
  );

  const byUser = (zoom: () => void) => {
    moved.current = true;
    zoom();
  };
  useShortcuts(
    "schematic",
    {
      zoomIn: () => byUser(pan.zoomIn),
      zoomOut: () => byUser(pan.zoomOut),
      fit: () => showWhole(0),
      deselect: () => select(null),
    },
    !second,
  );

  return (
    <div className={styles.canvas} ref={box} data-testid={second ? "schematic-other" : "schematic"} {...hover.handlers}>
      <div className={styles.room} ref={room} onClick={(event) => event.target === room.current && select(null)}>
        <div className={styles.world} ref={world} data-world>
          {area && (
            <div
              className={styles.outline}
              style={{ left: area.x, top: area.y, width: area.width, height: area.height }}
            />
          )}
          <RoomContext value={shown}>
            <Parts scene={scene} />
          </RoomContext>
        </div>
      </div>
      {hover.card && <SensorCard card={hover.card} close={hover.close} />}
      <div className={styles.zoom}>
        <button
          type="button"
          aria-label={texts.zoomOut}
          title={`${texts.zoomOut} (−)`}
          onClick={() => byUser(pan.zoomOut)}
        >
          −
        </button>
        <button type="button" title={texts.fitHint} onClick={() => showWhole(150)}>
          {texts.fit}
        </button>
        <button
          type="button"
          aria-label={texts.zoomIn}
          title={`${texts.zoomIn} (+)`}
          onClick={() => byUser(pan.zoomIn)}
        >
          +
        </button>
      </div>
    </div>
  );
}

/** The inspector takes up space when something is selected, and must not cover the selection. */
function bringIntoView(room: HTMLElement, area: Box, pan: PanZoom) {
  const { x, y, zoom } = pan.viewport;
  const right = (area.x + area.width) * zoom + x + PAD - room.clientWidth;
  const bottom = (area.y + area.height) * zoom + y + PAD - room.clientHeight;
  if (right <= 0 && bottom <= 0) return;
  pan.set({ x: x - Math.max(0, right), y: y - Math.max(0, bottom), zoom }, 150);
}

/** Without React: a style variable that all labels use, and hiding them at a low zoom. */
function scaleWords(box: HTMLElement, { zoom }: Viewport) {
  if (box.dataset.zoom === String(zoom)) return;
  box.dataset.zoom = String(zoom);
  box.style.setProperty("--k", wordScale(zoom).toFixed(3));
  box.style.setProperty("--m", (1 / zoom).toFixed(3));
  box.dataset.folded = String(zoom < FOLD_ZOOM);
}
