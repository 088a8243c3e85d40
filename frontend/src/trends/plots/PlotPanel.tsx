import { useComputedColorScheme } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { readColours } from "../chart/colours";
import type { Colours } from "../chart/colours";
import type { Panel } from "../chart/panel";
import { useSize } from "../chart/useSize";
import { nearest } from "./pairs";
import styles from "./plots.module.css";

export interface Made {
  options: uPlot.Options;
  data: uPlot.AlignedData;
}

interface Props {
  name: string;
  title: string;
  /** The colour of the title's mark, 1 to 8. */
  slot?: number;
  /** Kept by the caller until what is drawn changes. */
  make: (size: { width: number; height: number }, colours: Colours) => Made;
  /** Where on the horizontal scale there is something to read, ascending. */
  places: readonly number[];
  read: (index: number) => string;
  /** What is said while nothing is pointed at. */
  about: string;
  dimmed: boolean;
  register: (name: string, panel: Panel | null) => void;
}

/** A plot that is read at one place at a time, by pointer or with the arrow keys; what is there is said above it. */
export function PlotPanel({ name, title, slot, make, places, read, about, dimmed, register }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const { width, height } = useSize(host);
  const scheme = useComputedColorScheme();
  const [index, setIndex] = useState<number | null>(null);
  const known = useRef(places);
  known.current = places;

  useEffect(() => {
    if (width < 60 || height < 40) return;
    const { options, data } = make({ width, height }, readColours());
    const created = new uPlot(
      {
        ...options,
        width,
        height,
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
        hooks: {
          ...options.hooks,
          setCursor: [
            (made) => {
              const left = made.cursor.left ?? -1;
              setIndex(left < 0 ? null : nearest(known.current, made.posToVal(left, "x")));
            },
          ],
        },
      },
      data,
      host.current!,
    );
    plot.current = created;
    register(name, { title, plot: created });
    return () => {
      register(name, null);
      plot.current = null;
      created.destroy();
    };
  }, [make, width, height, scheme, name, title, register]);

  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || !plot.current || places.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = Math.min(
      places.length - 1,
      Math.max(0, index === null ? (step > 0 ? 0 : places.length - 1) : index + step),
    );
    plot.current.setCursor({ left: plot.current.valToPos(places[next]!, "x"), top: 1 });
    setIndex(next);
  };
  const shown = index !== null && index < places.length ? index : null;
  return (
    <section className={styles.panel} aria-label={title} data-testid={`plot-${name}`} data-dimmed={dimmed || undefined}>
      <h2>
        {slot !== undefined && <i style={{ background: `var(--pt-series-${slot})` }} />}
        {title}
      </h2>
      <p aria-live="polite">{shown === null ? about : read(shown)}</p>
      <div ref={host} className={styles.host} tabIndex={0} role="group" aria-label={title} onKeyDown={onKey} />
    </section>
  );
}
