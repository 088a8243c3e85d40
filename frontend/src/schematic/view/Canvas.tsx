import "@xyflow/react/dist/base.css";
import { ConnectionMode, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import type { Node, NodeProps, ReactFlowInstance, Viewport } from "@xyflow/react";
import { memo, useCallback, useEffect, useMemo, useRef } from "react";
import { useShortcuts } from "../../keyboard";
import { boxOf } from "../core/geometry";
import type { Box } from "../core/geometry";
import { busiestPart } from "../core/focus";
import { areaOf } from "../core/scene";
import type { Scene } from "../core/scene";
import { OF } from "../core/store";
import "../symbols/symbols.css";
import { useStage } from "./context";
import { JointNode, PipeEdge } from "./PipeEdge";
import { SensorCard } from "./SensorCard";
import { SymbolNode } from "./SymbolNode";
import type { ViewportSync } from "./sync";
import { TagNode, TextNode } from "./TagNode";
import { useCard } from "./useCard";
import { wordScale } from "./words";
import styles from "./view.module.css";
import { texts as all } from "../texts";

const texts = all.canvas;
const PAD = 18;
const MIN_ZOOM = 0.15;
const MAX_ZOOM = 4;
/** Below this zoom names and values are too small to read, and only abnormal states stay marked. */
const FOLD_ZOOM = 0.52;
/** A canvas narrower than this starts with a part of the drawing, at a zoom at which values are readable. */
const NARROW_PX = 600;
const READABLE_ZOOM = 0.62;

const Outline = memo(function Outline({ data }: NodeProps<Node<{ width: number; height: number }>>) {
  return <div className={styles.outline} style={{ width: data.width, height: data.height }} />;
});

const NODES = { symbol: SymbolNode, joint: JointNode, tag: TagNode, text: TextNode, outline: Outline };
const EDGES = { pipe: PipeEdge };

interface Props {
  /** Moves together with the drawings beside it. */
  sync?: ViewportSync;
  /** Another one has the keyboard. */
  second?: boolean;
}

export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ sync, second = false }: Props) {
  const { scene, store, other, selected, select } = useStage();
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const whole = useRef(false); // the user requested the whole drawing
  const fixed = useMemo(() => nodesOf(scene), [scene]);
  const edges = useMemo(() => edgesOf(scene), [scene]);
  const area = useMemo(() => (selected ? areaOf(scene, selected) : undefined), [scene, selected]);
  const chosen = useRef(area);
  useEffect(() => {
    chosen.current = area;
  }, [area]);
  const nodes = useMemo(() => {
    if (!area) return fixed;
    const { x, y, width, height } = area;
    const outline = {
      id: "$outline",
      type: "outline",
      position: { x, y },
      data: { width, height },
      zIndex: -1,
      focusable: false,
    };
    return [...fixed, outline as Node];
  }, [fixed, area]);

  const { width, height } = scene.drawing;
  const fit = useCallback(
    (duration = 0) => {
      moved.current = false;
      const room = box.current;
      if (!room) return undefined;
      const { clientWidth: w, clientHeight: h } = room;
      const zoom = Math.min((w - 2 * PAD) / width, (h - 2 * PAD) / height, 1.6);
      void flow.setViewport({ x: (w - width * zoom) / 2, y: (h - height * zoom) / 2, zoom }, { duration });
      return zoom;
    },
    [flow, width, height],
  );
  const showWhole = (duration: number) => {
    whole.current = true;
    fit(duration);
  };
  const begin = useCallback(() => {
    const zoom = fit() ?? 1;
    const room = box.current;
    if (!room || whole.current || room.clientWidth >= NARROW_PX || zoom >= FOLD_ZOOM) return;
    const window = { width: room.clientWidth / READABLE_ZOOM, height: room.clientHeight / READABLE_ZOOM };
    const { x, y } = chosen.current ?? busiestPart(scene.drawing.tags ?? [], { width, height }, window);
    void flow.setViewport({ x: PAD - x * READABLE_ZOOM, y: PAD - y * READABLE_ZOOM, zoom: READABLE_ZOOM });
    moved.current = true; // from now on a resize only brings the selection into view
  }, [fit, flow, scene, width, height]);

  useEffect(() => {
    const room = box.current!;
    const watch = new ResizeObserver(() => {
      if (!moved.current) begin();
      else if (chosen.current) bringIntoView(room, chosen.current, flow);
    });
    watch.observe(room);
    return () => watch.disconnect();
  }, [begin, flow]);

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
      void flow.setViewport(viewport);
    },
    [flow],
  );
  useEffect(() => sync?.join(follow), [sync, follow]);

  useShortcuts(
    "schematic",
    {
      zoomIn: () => zoomBy(flow.zoomIn, moved),
      zoomOut: () => zoomBy(flow.zoomOut, moved),
      fit: () => showWhole(0),
      deselect: () => select(null),
    },
    !second,
  );

  return (
    <div className={styles.canvas} ref={box} data-testid={second ? "schematic-other" : "schematic"} {...hover.handlers}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        connectionMode={ConnectionMode.Loose}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        onViewportChange={(viewport) => {
          scaleWords(box.current, viewport);
          if (moved.current) sync?.moved(follow, viewport);
        }}
        onMove={(event, viewport) => {
          if (!event) return; // by a fit
          moved.current = true;
          sync?.moved(follow, viewport);
          hover.close();
        }}
        onPaneClick={() => select(null)}
        attributionPosition="bottom-left"
        defaultMarkerColor={null}
      />
      {hover.card && <SensorCard card={hover.card} close={hover.close} />}
      <div className={styles.zoom}>
        <button
          type="button"
          aria-label={texts.zoomOut}
          title={`${texts.zoomOut} (−)`}
          onClick={() => zoomBy(flow.zoomOut, moved)}
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
          onClick={() => zoomBy(flow.zoomIn, moved)}
        >
          +
        </button>
      </div>
    </div>
  );
}

/** The inspector takes up space when something is selected, and must not cover the selection. */
function bringIntoView(room: HTMLElement, area: Box, flow: ReactFlowInstance) {
  const { x, y, zoom } = flow.getViewport();
  const right = (area.x + area.width) * zoom + x + PAD - room.clientWidth;
  const bottom = (area.y + area.height) * zoom + y + PAD - room.clientHeight;
  if (right <= 0 && bottom <= 0) return;
  void flow.setViewport({ x: x - Math.max(0, right), y: y - Math.max(0, bottom), zoom }, { duration: 150 });
}

function zoomBy(zoom: () => Promise<boolean>, moved: { current: boolean }) {
  moved.current = true;
  void zoom();
}

/** Without React: a style variable that all labels use, and hiding them at a low zoom. */
function scaleWords(box: HTMLElement | null, { zoom }: Viewport) {
  if (!box) return;
  box.style.setProperty("--k", wordScale(zoom).toFixed(3));
  box.style.setProperty("--m", (1 / zoom).toFixed(3));
  box.dataset.folded = String(zoom < FOLD_ZOOM);
}

const STILL = { draggable: false, connectable: false, selectable: false, focusable: false } as const;

function nodesOf(scene: Scene): Node[] {
  const symbols = [...scene.placements.values()].map((placement): Node => {
    const { x, y, width, height } = boxOf(placement);
    const joint = placement.symbol === "junction";
    const ends = scene.joints.get(placement.id);
    const data = joint
      ? { id: placement.id, pipes: ends?.pipes ?? [], medium: ends?.medium ?? "water" }
      : { placement };
    const size = joint ? { width: 1, height: 1 } : { width, height };
    return { ...STILL, id: placement.id, type: joint ? "joint" : "symbol", position: { x, y }, ...size, data };
  });
  const tags = (scene.drawing.tags ?? []).map((tag): Node => ({
    ...STILL,
    id: tag.id,
    type: "tag",
    position: tag,
    width: 1,
    height: 1,
    data: { tag },
    zIndex: 2,
  }));
  const texts = (scene.drawing.texts ?? []).map((text): Node => ({
    ...STILL,
    id: text.id,
    type: "text",
    position: text,
    width: 1,
    height: 1,
    data: { text },
  }));
  return [...symbols, ...tags, ...texts];
}

const edgesOf = (scene: Scene) =>
  scene.pipes.map((drawn) => ({
    id: drawn.pipe.id,
    type: "pipe",
    source: drawn.pipe.source.placement,
    sourceHandle: drawn.pipe.source.port,
    target: drawn.pipe.target.placement,
    targetHandle: drawn.pipe.target.port,
    data: { drawn },
    focusable: false,
    selectable: false,
  }));
