import { useMemo } from "react";
import { boxOf, sizeOf } from "../core/geometry";
import { symbolOf } from "../core/library";
import { fitted } from "../core/shape";
import type { Placement } from "../core/types";
import { useTrend } from "../data";
import { sparkOf } from "../../series/spark";
import { useRestingEnd } from "../useRestingEnd";
import { useStage } from "./context";

const DAY = 86_400_000;

/** The trend of a trend tile: the 24 h before the moment, in the area that the symbol leaves for it. */
export function TrendPlot({ placement }: { placement: Placement }) {
  const symbol = symbolOf(placement.symbol);
  const slot = Object.entries(symbol?.slots ?? {}).find(([, each]) => each.shows === "trend")?.[0];
  const bound = slot && placement.slots?.[slot]?.sensor;
  if (!symbol || !bound) return null;
  const area = fitted(symbol.shape, symbol, sizeOf(placement)).find(
    (part) => part.is === "rect" && part.role === "plot",
  );
  return area?.is === "rect" ? <Plot sensor={bound} {...area} offset={offsetOf(placement)} /> : null;
}

/** A turned tile's plot stays upright, as its words do. */
function offsetOf(placement: Placement) {
  const [size, box] = [sizeOf(placement), boxOf(placement)];
  return { x: (box.width - size.width) / 2, y: (box.height - size.height) / 2 };
}

interface PlotProps {
  sensor: string;
  x: number;
  y: number;
  width: number;
  height: number;
  offset: { x: number; y: number };
}

function Plot({ sensor, x, y, width, height, offset }: PlotProps) {
  const end = useRestingEnd();
  const window = useMemo(() => ({ start: end - DAY, end }), [end]);
  const { data } = useTrend(sensor, window, Math.round(width) * 2);
  const discrete = useStage().sensor(sensor)?.kind === "discrete";
  const spark = useMemo(
    () => data && sparkOf(data, { ...window, width, height }, discrete),
    [data, window, width, height, discrete],
  );
  return spark ? (
    <path className="trend" d={spark.path} transform={`translate(${x + offset.x} ${y + offset.y})`} />
  ) : null;
}
