import { useComputedColorScheme } from "@mantine/core";
import type { KeyboardEvent, PointerEvent } from "react";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Sensor } from "../../api/types";
import { displayUnit, formatMoment, formatValue } from "../../format";
import { lastAtOrBefore } from "../../series/view";
import { readColours } from "../chart/colours";
import type { Colours } from "../chart/colours";
import { ground } from "../chart/lane";
import type { Panel } from "../chart/panel";
import { useSize } from "../chart/useSize";
import type { Span } from "../range";
import { texts } from "../texts";
import { blend, nearestPair, rangeOf } from "./pairs";
import type { Pairs } from "./pairs";
import styles from "./plots.module.css";
import { plotShape } from "./shape";

interface Props {
  x: Sensor;
  y: Sensor;
  pairs: Pairs;
  span: Span;
  zone: string;
  /** The cursor of the trend, ringed here: the last pair at or before it. */
  at: number | null;
  pin: (t: number) => void;
  about: string;
  dimmed: boolean;
  register: (name: string, panel: Panel | null) => void;
}

/** Points of early times are pale blue, late ones orange. */
export const timeColours = (colours: Colours): string[] => [colours.series[6]!, colours.series[3]!, colours.series[1]!];

/** One sensor over another, coloured by time. A click moves the cursor to the point's time. */
export function XyPanel({ x, y, pairs, span, zone, at, pin, about, dimmed, register }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const { width, height } = useSize(host);
  const scheme = useComputedColorScheme();
  const [pointed, setPointed] = useState<number | null>(null);
  const atCursor = at === null || pairs.t.length === 0 ? -1 : lastAtOrBefore(pairs.t, at);
  const index = pointed !== null && pointed < pairs.t.length ? pointed : atCursor >= 0 ? atCursor : null;
  const ringed = useRef(index);
  ringed.current = index;
  const title = texts.xyOf(y.tag, x.tag, displayUnit(y.unit));
  const name = y.tag;

  useEffect(() => {
    if (width < 60 || height < 40) return;
    const colours = readColours();
    const [xs, ys] = [rangeOf(pairs.x), rangeOf(pairs.y)];
    const unit = displayUnit(x.unit);
    const created = new uPlot(
      {
        width,
        height,
        ...plotShape({ x: xs, y: ys, xLabel: unit ? `${x.tag}, ${unit}` : x.tag }, colours),
        legend: { show: false },
        cursor: { show: false },
        series: [{}, { show: true, stroke: "transparent", points: { show: false }, paths: () => null }],
        hooks: {
          drawClear: [(made) => ground(made, colours)],
          draw: [
            (made) => drawPoints(made, pairs, span, timeColours(colours)),
            (made) => ringed.current !== null && drawRing(made, pairs, ringed.current, colours),
          ],
        },
      },
      [xs, ys],
      host.current!,
    );
    plot.current = created;
    register(name, { title, plot: created });
    return () => {
      register(name, null);
      plot.current = null;
      created.destroy();
    };
  }, [pairs, span, x, width, height, scheme, name, title, register]);
  useEffect(() => plot.current?.redraw(false), [index]);

  const find = (event: PointerEvent): number | null => {
    const made = plot.current;
    if (!made) return null;
    const box = made.over.getBoundingClientRect();
    const place = (which: number): [number, number] => [
      made.valToPos(pairs.x[which]!, "x"),
      made.valToPos(pairs.y[which]!, "y"),
    ];
    const found = nearestPair(pairs, place, event.clientX - box.left, event.clientY - box.top);
    return found < 0 ? null : found;
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || pairs.t.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = index === null ? (step > 0 ? 0 : pairs.t.length - 1) : index + step;
    const kept = Math.min(pairs.t.length - 1, Math.max(0, next));
    setPointed(kept);
    pin(pairs.t[kept]!);
  };
  const read = (which: number) =>
    texts.xyAt(
      formatMoment(pairs.t[which]!, zone),
      `${x.tag} ${formatValue(pairs.x[which], null, x)}`,
      `${y.tag} ${formatValue(pairs.y[which], null, y)}`,
    );
  return (
    <section className={styles.panel} aria-label={title} data-testid={`plot-${name}`} data-dimmed={dimmed || undefined}>
      <h2>{title}</h2>
      <p aria-live="polite">{index === null ? about : read(index)}</p>
      <div
        ref={host}
        className={styles.host}
        tabIndex={0}
        role="group"
        aria-label={title}
        onKeyDown={onKey}
        onPointerMove={(event) => setPointed(find(event))}
        onPointerLeave={() => setPointed(null)}
        onClick={() => pointed !== null && pin(pairs.t[pointed]!)}
      />
    </section>
  );
}

function drawPoints(plot: uPlot, { t, x, y }: Pairs, span: Span, stops: string[]) {
  const { ctx } = plot;
  const size = (t.length > 800 ? 3 : 4) * devicePixelRatio;
  ctx.save();
  for (let index = 0; index < t.length; index += 1) {
    ctx.fillStyle = blend(stops, (t[index]! - span.start) / (span.end - span.start));
    const [px, py] = [plot.valToPos(x[index]!, "x", true), plot.valToPos(y[index]!, "y", true)];
    ctx.fillRect(px - size / 2, py - size / 2, size, size);
  }
  ctx.restore();
}

function drawRing(plot: uPlot, { x, y }: Pairs, index: number, colours: Colours) {
  if (x[index] === undefined) return;
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = colours.ink;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.arc(
    plot.valToPos(x[index], "x", true),
    plot.valToPos(y[index]!, "y", true),
    6 * devicePixelRatio,
    0,
    2 * Math.PI,
  );
  ctx.stroke();
  ctx.restore();
}
