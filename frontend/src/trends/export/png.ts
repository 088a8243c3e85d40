import type uPlot from "uplot";
import { formatMoment, zoneOffset } from "../../format";
import { readColours } from "../chart/colours";
import { makeLanes } from "../lanes";
import type { Trace } from "../lanes";
import type { Span } from "../range";
import { save } from "../../ui/save";

const MARGIN = 16;
const TITLE = 20;
const LEGEND = 20;

/** The lanes as they are on the screen, with a legend and the range, as one image. */
export async function savePng(plots: uPlot[], traces: Trace[], span: Span, zone: string, name: string): Promise<void> {
  const first = plots[0];
  if (!first) return;
  const colours = readColours();
  const dpr = devicePixelRatio;
  const lanes = makeLanes(traces);
  const rows = Math.ceil(traces.length / 4);
  const head = MARGIN + 24 + rows * LEGEND;
  const height = head + plots.reduce((sum, plot) => sum + plot.height + TITLE, 0) + MARGIN;
  const canvas = document.createElement("canvas");
  canvas.width = (first.width + 2 * MARGIN) * dpr;
  canvas.height = height * dpr;
  const pen = canvas.getContext("2d")!;
  const text = (value: string, x: number, y: number, font: string, colour: string) => {
    pen.font = `${font} "Inter Variable", sans-serif`;
    pen.fillStyle = colour;
    pen.fillText(value, x, y);
  };
  pen.scale(dpr, dpr);
  pen.fillStyle = colours.panel;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const when = `${formatMoment(span.start, zone)} – ${formatMoment(span.end, zone)} (${zone}, ${zoneOffset(span.end, zone)})`;
  text(when, MARGIN, MARGIN + 12, "600 13px", colours.ink);
  traces.forEach(({ sensor, slot }, index) => {
    const x = MARGIN + (index % 4) * (first.width / 4);
    const y = MARGIN + 36 + Math.floor(index / 4) * LEGEND;
    pen.fillStyle = colours.series[slot - 1]!;
    pen.fillRect(x, y - 6, 14, 3);
    text(`${sensor.tag} ${sensor.name}`, x + 20, y, "400 12px", colours.ink);
  });
  let y = head;
  plots.forEach((plot, index) => {
    text(lanes[index]?.title ?? "", MARGIN + 56, y + 14, "600 12px", colours.ink2);
    pen.drawImage(plot.ctx.canvas, MARGIN, y + TITLE, plot.width, plot.height);
    y += TITLE + plot.height;
  });
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) save(blob, `${name}.png`);
}
