import type uPlot from "uplot";
import { formatMoment, zoneOffset } from "../../format";
import { readColours } from "../chart/colours";
import type { Colours } from "../chart/colours";
import type { Panel } from "../chart/panel";
import type { Trace } from "../lanes";
import type { Span } from "../range";
import { save } from "../../ui/save";

const MARGIN = 16;
const TITLE = 20;
const LEGEND = 20;

export interface Mark {
  t: number;
  label: string;
}

interface Picture {
  panels: Panel[];
  traces: Trace[];
  span: Span;
  zone: string;
  /** Pinned cursors, drawn where a plot has a time axis. */
  marks: Mark[];
  /** Below the range: what it is compared with. */
  note: string;
}

/** The plots as they are on the screen, with a legend, the range and the pinned cursors, as one image. */
export async function savePng({ panels, traces, span, zone, marks, note }: Picture, name: string): Promise<void> {
  const first = panels[0]?.plot;
  if (!first) return;
  const colours = readColours();
  const dpr = devicePixelRatio;
  const rows = Math.ceil(traces.length / 4) + (note ? 1 : 0);
  const head = MARGIN + 24 + rows * LEGEND;
  const height = head + panels.reduce((sum, { plot }) => sum + plot.height + TITLE, 0) + MARGIN;
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
  if (note) text(note, MARGIN, head - 8, "400 12px", colours.ink2);
  let y = head;
  for (const { title, plot } of panels) {
    text(title, MARGIN + 56, y + 14, "600 12px", colours.ink2);
    pen.drawImage(plot.ctx.canvas, MARGIN, y + TITLE, plot.width, plot.height);
    for (const mark of marks) drawMark(pen, plot, mark, [MARGIN, y + TITLE], colours);
    y += TITLE + plot.height;
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) save(blob, `${name}.png`);
}

function drawMark(
  pen: CanvasRenderingContext2D,
  plot: uPlot,
  { t, label }: Mark,
  [left, top]: [number, number],
  colours: Colours,
) {
  const { min, max, time } = plot.scales.x!;
  if (!time || min == null || max == null || t < min || t > max) return;
  const dpr = devicePixelRatio;
  const x = left + plot.valToPos(t, "x", true) / dpr;
  const [from, to] = [top + plot.bbox.top / dpr, top + (plot.bbox.top + plot.bbox.height) / dpr];
  pen.save();
  pen.strokeStyle = colours.ink2;
  pen.setLineDash(label ? [4, 3] : []);
  pen.beginPath();
  pen.moveTo(x, from);
  pen.lineTo(x, to);
  pen.stroke();
  pen.font = '600 11px "Inter Variable", sans-serif';
  pen.fillStyle = colours.ink2;
  pen.fillText(label, x + 4, from + 12);
  pen.restore();
}
